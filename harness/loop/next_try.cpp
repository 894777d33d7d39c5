// What follows an attempt that came to nothing: whose fault it was decides.
#include "json_read.hpp"
#include "loop/turn_loop.hpp"

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

}  // namespace

/// A stop is no failure of the messages, whether it cut the run off or came while they waited for another. The
/// verdict is the turn's in the end.
TurnLoop::Next TurnLoop::next_after(Verdict& verdict, StopReason stopped) {
  if (stopped == StopReason::shutdown && verdict.outcome == Outcome::cancelled) return Next::put_off;
  if (!may_try_again(verdict)) return Next::settled;
  hold(std::nullopt);
  if (tries_.is_cancelled) {
    verdict = {.outcome = Outcome::cancelled, .reason = "the operator cancelled it"};
    return Next::settled;
  }
  return stopping_ ? Next::put_off : Next::again;
}

/// Waits until another try makes sense, until a stop, or until the turn is cancelled. False: there is none.
bool TurnLoop::may_try_again(Verdict& verdict) {
  retry_note_ =
      "You may have seen these messages before: the last attempt at them ended early, " + verdict.reason + ".";
  switch (verdict.fault) {
    case Fault::nobody:
    case Fault::messages: return false;
    case Fault::session: return may_try_another_session(verdict);
    case Fault::vendor: return wait_for_vendor(verdict), true;
    case Fault::machine:
      if (is_session_gone(verdict))
        begin_without_session(verdict);
      else
        wait_for_machine(verdict);
      return true;
    case Fault::login: return wait_out_refused_login(verdict), true;
  }
  return false;
}

/// What a new session cannot hold either is the messages' fault, unless the vendor takes no prompt at all.
bool TurnLoop::may_try_another_session(Verdict& verdict) {
  if (stopping_) return true;
  if (verdict.outcome == Outcome::prompt_too_long && tries_.compactions == 0) return compact_first(), true;
  if (verdict.outcome == Outcome::prompt_too_long && !tries_.is_session_dropped)
    return drop_session("The session was too long even after it was compacted"), true;
  if (verdict.outcome == Outcome::refused && !tries_.is_new_session) {
    if (++tries_.refusals >= kTriesOfASession) drop_session("The vendor refused the session twice: " + verdict.reason);
    return true;
  }
  if (verdict.outcome == Outcome::refused && is_any_prompt_refused()) return wait_for_vendor(verdict), true;
  verdict.fault = Fault::messages;
  return false;
}

/// One that could not be done through no fault of the session is tried again, when that makes sense.
void TurnLoop::compact_first() {
  auto verdict = compact();
  const bool is_sessions = verdict.fault == Fault::session || verdict.fault == Fault::messages;
  if (verdict.fault == Fault::nobody || is_sessions)
    ++tries_.compactions;
  else
    may_try_again(verdict);
}

/// Asks for next to nothing in a session of its own. One that was cut off says nothing against the messages.
bool TurnLoop::is_any_prompt_refused() {
  const auto ran = run_cli(setup_for(SessionStart::apart, "probe-"), "Answer with the word yes.");
  keep_stat(stat_of(ran));
  return ran.verdict.outcome != Outcome::ok;
}

void TurnLoop::drop_session(const std::string& why) {
  tries_.is_session_dropped = true;
  if (auto kept = shop_.turns.want_new_session(); !kept) shop_.log(kept.error().message);
  shop_.bus.note(why + "; a new one begins.");
  tell_manager_of_reset();
}

/// One that was killed before the CLI wrote anything of it is no loss, and nobody is told.
void TurnLoop::begin_without_session(const Verdict& verdict) {
  if (shop_.turns.session_has_answered()) return drop_session("The session is gone: " + verdict.reason);
  if (auto kept = shop_.turns.want_new_session(); !kept) shop_.log(kept.error().message);
}

void TurnLoop::wait_for_vendor(const Verdict& verdict) {
  const auto doublings = std::min(tries_.vendor_failures++, kMostDoublings);
  const auto pause = std::min<std::chrono::seconds>(shop_.options.vendor_pause * (1 << doublings), kLongestVendorPause);
  const auto state = verdict.outcome == Outcome::rate_limited ? TurnState::rate_limited : TurnState::retrying;
  const Time paused{wall_time().ms + milliseconds(pause).count()};
  // Its own time is taken once: where clocks differ, or it refuses still, it may be over already.
  const auto again_at = !verdict.again_at            ? paused
                        : tries_.vendor_failures > 1 ? std::max(*verdict.again_at, paused)
                                                     : *verdict.again_at;
  hold(Reporter::Standing{state, again_at, verdict.reason});
}

/// What hinders the machine may be mended at any moment, so the pause stays short. What hinders the CLI twice may be
/// the session that it is to go on with.
void TurnLoop::wait_for_machine(const Verdict& verdict) {
  if (verdict.outcome == Outcome::no_session && ++tries_.starts_failed == kTriesOfASession)
    drop_session("The CLI could not go on with the session twice: " + verdict.reason);
  const Time again_at{wall_time().ms + milliseconds(shop_.options.vendor_pause).count()};
  hold(Reporter::Standing{TurnState::retrying, again_at, verdict.reason});
}

/// Vendors refuse a good key for a moment now and then: only who is refused twice needs another one.
void TurnLoop::wait_out_refused_login(const Verdict& verdict) {
  if (++tries_.logins_refused < kTriesOfALogin) return wait_for_vendor(verdict);
  shop_.login.refused();
  while (goes_on() && !shop_.login.is_logged_in()) wait_for_login();
}

/// Best effort: the manager may want to remind this agent of its task.
void TurnLoop::tell_manager_of_reset() {
  if (shop_.options.role == Who::manager) return;
  broker::Send letter{.to = "manager"};
  letter.body = json::serialize(json::object{{"event", "session_reset"}, {"agent", shop_.config.name}});
  letter.key = "session-reset-" + std::to_string(*turn_);
  const auto sent = asker_.ask(broker::kSend, letter, Repeat::safe, [this] { return stopping_; });
  if (!sent) shop_.log("session_reset: " + sent.error().message);
}

}  // namespace hive::harness
