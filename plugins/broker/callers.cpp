#include "callers.hpp"

namespace hive::broker {
namespace {

constexpr milliseconds kStoreAgain{1'000};

}  // namespace

Task<Party> Callers::identify(Caller who) {
  std::string name(who.name());
  if (who.who() != Who::agents && who.who() != Who::manager) co_return Party(std::move(name));
  // It may be another one than the mailboxes know, its event still on the way; while lifecycle is away, that must do.
  if (!uses_.roster.complete() || !uses_.roster.knows(name)) {
    auto asking = uses_.roster.refresh();
    auto asked = co_await std::move(asking);
    static_cast<void>(asked);
  }
  if (lives_begun_ > 0) {
    // What is read beside the writer must know of them too.
    auto nothing = [](Exchange&) { return Status{}; };
    auto heard = co_await uses_.writer.run(nothing);
    static_cast<void>(heard);
  }
  co_return uses_.holders.party(name);
}

Task<> Callers::begin_life(Party party) {
  const auto now = wall_time();
  ++lives_begun_;
  for (bool said = false;;) {
    auto begin = [&](Exchange& exchange) { return exchange.upkeep().begin_life(party, now); };
    auto begun = co_await uses_.writer.run(begin);
    if (begun) break;
    if (!std::exchange(said, true))
      host_.warn("for whom the name " + party.name + " stands cannot be stored: " + begun.error().message);
    auto slept = co_await host_.sleep(kStoreAgain);
    if (!slept || uses_.holders.party(party.name).incarnation != party.incarnation) break;
  }
  --lives_begun_;
}

}  // namespace hive::broker
