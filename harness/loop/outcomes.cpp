#include "loop/outcomes.hpp"

#include <hive/sdk/crash_point.hpp>

namespace hive::harness {
namespace {

constexpr std::ptrdiff_t kMostUnseen = 1'024;  // of TurnEnd
constexpr std::int64_t kMostTries = 5;
constexpr std::chrono::milliseconds kStopPatience{3'000};

}  // namespace

bool Outcomes::is_ok(const Ended& ended) {
  return ended.next != Next::put_off && !ended.ran.verdict.charges_messages();
}

void Outcomes::record(std::int64_t turn, Ended ended) {
  using Messages = TurnStore::Messages;
  const bool was_put_off = ended.next == Next::put_off;
  const bool was_cut_off = was_put_off && ended.ran.verdict.outcome == Outcome::cancelled;
  const bool ok = is_ok(ended);
  if (!was_put_off || was_cut_off) shop_.log_failure(shop_.turns.forget_cut_off(turn));
  if (was_cut_off) shop_.log_failure(shop_.turns.keep_cut_off(turn));
  finish({.turn = turn, .ok = ok, .unseen = std::move(ended.unseen)}, was_put_off ? Messages::put_off
                                                                      : ok        ? Messages::settled
                                                                                  : Messages::tried);
  crash_point("harness.outcome.recorded");
  if (!was_put_off) give_up_messages();
}

void Outcomes::record_nothing(std::int64_t turn, const std::string& wake_key) {
  finish({.turn = turn, .ok = false, .unseen = {wake_key}}, TurnStore::Messages::put_off);
}

void Outcomes::finish(TurnOutcome outcome, TurnStore::Messages messages) {
  // As many as the host takes; the key of the wake is the last.
  auto& unseen = outcome.unseen;
  if (std::ssize(unseen) > kMostUnseen) unseen.erase(unseen.begin(), unseen.end() - kMostUnseen);
  shop_.log_failure(shop_.turns.finish(outcome, messages));
}

void Outcomes::tell() {
  bool is_late = false;
  os::EventLoop::Timer timer;
  if (waits_.is_stopping()) timer = shop_.event_loop.after(kStopPatience, [&is_late] { is_late = true; });
  const auto give_up = [&] { return is_late || (waits_.is_stopping() && !timer.is_set()); };
  for (const auto& outcome : shop_.turns.untold())
    if (!tell_one(outcome, give_up) && give_up()) break;
}

bool Outcomes::tell_one(const TurnOutcome& outcome, const Waits::Until& give_up) {
  const broker::TurnEnd end{.turn = outcome.turn, .ok = outcome.ok, .unseen = outcome.unseen};
  const auto told = waits_.ask(broker::kTurnEnd, end, give_up);
  const bool is_refused = !told && (told.error().code == Code::not_found || told.error().code == Code::invalid_params);
  if (!told && !is_refused) {
    if (!give_up()) waits_.wait_after(told.error());
    return false;
  }
  crash_point("harness.turn_end.answered");
  if (!told) shop_.log("turn_end: " + told.error().message);
  shop_.log_failure(shop_.turns.told(outcome.turn));
  return true;
}

void Outcomes::give_up_messages() {
  const auto given_up = shop_.turns.give_up_messages(kMostTries);
  if (!given_up) return shop_.log(given_up.error().message);
  if (*given_up > 0)
    shop_.bus.note(std::to_string(*given_up) +
                   " of the operator's messages were given up: five turns that had them failed or were cut off.");
}

}  // namespace hive::harness
