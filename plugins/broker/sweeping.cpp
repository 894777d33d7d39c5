#include "sweeping.hpp"

namespace hive::broker {
namespace {

constexpr milliseconds kPause{20};

}  // namespace

Task<Status> Sweeping::sweep_all(Time now, std::size_t& count) {
  Retention::Range range{.from = 0, .oldest = Time{now.ms - kept_ms_}, .now = now};
  for (;;) {
    auto step = [&](Exchange& exchange) { return exchange.upkeep().sweep(range); };
    auto swept = co_await uses_.writer.run(step);
    if (!swept) co_return swept.error();
    count += swept->removed.size();
    uses_.indexing.forget(swept->removed);
    if (swept->next == 0) co_return Status{};
    range.from = swept->next;
    auto slept = co_await host_.sleep(kPause);  // senders go first
    if (!slept) co_return slept;
  }
}

Task<> Sweeping::sweep() {
  const auto now = wall_time();
  std::size_t count = 0;
  auto sweeping = sweep_all(now, count);
  auto swept = co_await std::move(sweeping);
  if (!swept && swept.error().code != Code::cancelled) host_.warn("retention: " + swept.error().message);
  if (count == 0) co_return;
  host_.info("retention: removed " + std::to_string(count) + (count == 1 ? " message" : " messages") +
             " that had been settled before " + to_text(Time{now.ms - kept_ms_}));
  uses_.indexing.wake();
}

}  // namespace hive::broker
