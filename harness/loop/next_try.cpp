#include "loop/next_try.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

using turns::TurnState;

constexpr std::chrono::minutes kLongestVendorPause{30};
constexpr std::int64_t kMostDoublings = 16;
constexpr std::int64_t kTriesOfASession = 2, kTriesOfALogin = 2;

/// In the words of the CLI, on standard error and in its result.
bool is_session_gone(const Verdict& verdict) {
  return verdict.outcome == Outcome::no_session && verdict.reason.find("No conversation found") != std::string::npos;
}

Time from_now(std::chrono::milliseconds time) {
  return {wall_time().ms + time.count()};
}

}  // namespace

/// A stop is no failure of the messages, whether it cut the run off or came while they waited for another.
Next NextTry::after(Verdict& verdict, StopReason stopped) {
  if (stopped == StopReason::shutdown && verdict.outcome == Outcome::cancelled) return Next::put_off;
  note_ = "You may have seen these messages before: the last attempt at them ended early, " + verdict.reason + ".";
  if (!wait_for_another(verdict)) return Next::settled;
  wait_out(std::nullopt);
  if (is_cancelled_) {
    verdict = {.outcome = Outcome::cancelled, .reason = "the operator cancelled it"};
    return Next::settled;
  }
  return parts_.waits.is_stopping() ? Next::put_off : Next::again;
}

bool NextTry::wait_for_another(Verdict& verdict) {
  switch (verdict.fault) {
    case Fault::nobody:
    case Fault::messages: return false;
    case Fault::session: return prepare_session(verdict);
    case Fault::vendor: wait_for_vendor(verdict); return true;
    case Fault::machine: wait_for_machine(verdict); return true;
    case Fault::login: wait_for_login(verdict); return true;
  }
  return false;
}

/// What a new session cannot hold either is the messages' fault, unless the vendor takes no prompt at all.
bool NextTry::prepare_session(Verdict& verdict) {
  if (parts_.waits.is_stopping()) return true;
  if (verdict.outcome == Outcome::prompt_too_long && tries_.compactions == 0) return compact_first(), true;
  if (verdict.outcome == Outcome::prompt_too_long && !tries_.is_session_dropped)
    return drop_session("The session was too long even after it was compacted"), true;
  if (verdict.outcome == Outcome::refused && !tries_.is_new_session) {
    if (++tries_.refusals >= kTriesOfASession) drop_session("The vendor refused the session twice: " + verdict.reason);
    return true;
  }
  // One that was cut off says nothing against the messages.
  if (verdict.outcome == Outcome::refused && parts_.cli.probe() != Outcome::ok) return wait_for_vendor(verdict), true;
  verdict.fault = Fault::messages;
  return false;
}

/// One that could not be done through no fault of the session is tried again, when that makes sense.
void NextTry::compact_first() {
  auto verdict = parts_.cli.compact();
  const bool is_sessions = verdict.fault == Fault::session || verdict.fault == Fault::messages;
  if (verdict.fault == Fault::nobody || is_sessions)
    ++tries_.compactions;
  else
    wait_for_another(verdict);
}

void NextTry::drop_session(const std::string& why) {
  tries_.is_session_dropped = true;
  parts_.session.drop(turn_, why);
}

void NextTry::wait_for_vendor(const Verdict& verdict) {
  const auto doublings = std::min(tries_.vendor_failures++, kMostDoublings);
  const auto pause =
      std::min<std::chrono::seconds>(parts_.shop.options.vendor_pause * (1 << doublings), kLongestVendorPause);
  const auto state = verdict.outcome == Outcome::rate_limited ? TurnState::rate_limited : TurnState::retrying;
  const auto paused = from_now(pause);
  // Its own time is taken once: where clocks differ, or it refuses still, it may be over already.
  const auto again_at = !verdict.again_at            ? paused
                        : tries_.vendor_failures > 1 ? std::max(*verdict.again_at, paused)
                                                     : *verdict.again_at;
  wait_out(Reporter::Standing{state, again_at, verdict.reason});
}

/// What hinders the machine may be mended at any moment, so the pause stays short. What hinders the CLI twice may be
/// the session that it is to go on with.
void NextTry::wait_for_machine(const Verdict& verdict) {
  if (is_session_gone(verdict)) {
    if (parts_.session.drop_gone(turn_, verdict)) tries_.is_session_dropped = true;
    return;
  }
  if (verdict.outcome == Outcome::no_session && ++tries_.starts_failed == kTriesOfASession)
    drop_session("The CLI could not go on with the session twice: " + verdict.reason);
  wait_out(Reporter::Standing{TurnState::retrying, from_now(parts_.shop.options.vendor_pause), verdict.reason});
}

/// Vendors refuse a good key for a moment now and then: only who is refused twice needs another one.
void NextTry::wait_for_login(const Verdict& verdict) {
  if (++tries_.logins_refused < kTriesOfALogin) return wait_for_vendor(verdict);
  parts_.shop.login.refused();
  parts_.holds.wait_for_login([this] { return is_cancelled_; });
}

void NextTry::wait_out(const std::optional<Reporter::Standing>& standing) {
  parts_.holds.wait_out(standing, [this] { return is_cancelled_; });
}

}  // namespace hive::harness
