#include <hive/sdk/crash_point.hpp>

#include "base/nonce.hpp"
#include "json_read.hpp"
#include "loop/model.hpp"
#include "loop/turn_loop.hpp"
#include "wake/envelope.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

using turns::TurnState;

constexpr std::chrono::minutes kLongestVendorPause{30};
constexpr std::chrono::seconds kLongestFailurePause{60};
constexpr std::ptrdiff_t kMostUnseen = 1'024;  // of TurnEnd
constexpr std::string_view kNewSession =
    "This is a new session: the conversation before it was dropped. What you wrote down is in /state/notes.md.";

/// The key of each tool call of a run begins with it; two runs of one turn never share one.
std::string call_prefix(std::int64_t turn) {
  return "t" + std::to_string(turn) + "-" + make_nonce() + "-";
}

}  // namespace

RunSetup TurnLoop::setup_for(SessionStart session, const std::string& prefix) {
  RunSetup setup{.config = shop_.config, .session = session, .call_prefix = prefix};
  setup.model = next_model(shop_.options, shop_.config).name;
  if (auto credential = read_credential(shop_.options.config_dir))
    setup.credential = std::move(*credential);
  else
    shop_.log(credential.error().message);
  return setup;
}

/// From messages to an outcome that is recorded and told. The messages are held, and the turn stays open,
/// while it is not their fault that nothing comes of them.
void TurnLoop::run_turn(const Mail& mail) {
  const auto turn = *turn_;
  shop_.reporter.set_turn(turn);
  typed_in_turn_ = mail.last_operator_message;
  if (auto kept = shop_.turns.begin(turn, mail.last_operator_message); !kept) shop_.log(kept.error().message);
  crash_point("harness.turn.begun");
  compactions_ = vendor_failures_ = 0;
  retry_note_.clear();
  received_.clear(), unseen_.clear();
  for (std::int64_t number = 1;; ++number) {
    const auto ran = attempt(mail, number);
    const auto next = next_after(ran);
    if (next == Next::again) continue;
    settle(ran, next);
    break;
  }
  typed_in_turn_ = 0;
  shop_.reporter.set_turn(std::nullopt);
  tell_outcomes();
  if (failures_ == 0 || stopping_) return;
  const auto pause =
      std::min<std::chrono::seconds>(std::chrono::seconds(1) * failures_ * failures_, kLongestFailurePause);
  asker_.wait(Clock::now() + pause, [this] { return attention_; });
}

Ran TurnLoop::attempt(const Mail& mail, std::int64_t number) {
  Wake wake{.nonce = make_nonce(), .messages = mail.messages, .waiting = mail.waiting, .notes = notes(number)};
  for (auto& message : wake.messages)
    if (number > 1) message.redelivered = true;
  const auto new_session = shop_.turns.new_session_since();
  const auto session = new_session ? SessionStart::anew : SessionStart::go_on;
  const auto prefix = call_prefix(*turn_);
  const auto prompt = wake_prompt(wake);
  const auto setup = setup_for(session, prefix);
  shop_.reporter.set_state(TurnState::thinking);
  shop_.bus.publish("turn_start",
                    encode_text(page::TurnStart{*turn_, prompt, setup.model, session == SessionStart::anew}));
  auto ran = run_cli(setup, prompt);
  for (const auto& use : ran.facts.receives()) received_.push_back(prefix + use);
  for (const auto& use : ran.facts.unseen_receives()) unseen_.push_back(prefix + use);
  if (!ran.facts.session().empty() && new_session)
    if (auto kept = shop_.turns.new_session_began(*new_session); !kept) shop_.log(kept.error().message);
  auto stat = stat_of(ran);
  stat.wake_from = mail.messages.front().from;
  for (const auto& message : mail.messages) add_peer(stat.received, message.from);
  stat.inbox_depth = mail.waiting;
  keep_stat(stat);
  shop_.bus.publish("turn_end",
                    encode_text(page::TurnEnd{*turn_, stat.result_kind, ran.verdict.reason, ran.took.count()}));
  if (!ran.verdict.reason.empty()) shop_.log("turn " + std::to_string(*turn_) + ": " + ran.verdict.reason);
  last_turn_ = std::move(stat);
  return ran;
}

Ran TurnLoop::run_cli(const RunSetup& setup, std::string_view prompt) {
  model_of_run_ = setup.model;
  shop_.reporter.set_model(model(), model_of_run_);
  auto ran = shop_.driver.run(setup, prompt);
  tell_model();
  return ran;
}

std::vector<std::string> TurnLoop::notes(std::int64_t attempt) {
  std::vector<std::string> notes;
  if (const auto turn = shop_.turns.cut_off()) {
    const auto activity = shop_.bus.last_activity(*turn);
    notes.push_back("Your last turn was cut off before it ended. " +
                    (activity.empty() ? "What it was doing is not known." : "The last thing was: " + activity + ".") +
                    " Look at what was done before you do it again.");
  }
  if (!last_turn_note_.empty()) notes.push_back(last_turn_note_);
  if (attempt > 1 && !retry_note_.empty()) notes.push_back(retry_note_);
  if (shop_.turns.new_session_since()) notes.emplace_back(kNewSession);
  return notes;
}

/// A stop is no failure of the messages, whether it cut the run off or came while they waited for another.
TurnLoop::Next TurnLoop::next_after(const Ran& ran) {
  if (ran.stopped == StopReason::shutdown && ran.verdict.outcome == Outcome::cancelled) return Next::put_off;
  if (!may_try_again(ran)) return Next::settled;
  return stopping_ ? Next::put_off : Next::again;
}

/// Whether it was not the messages' fault; waits until another try makes sense, or until a stop.
bool TurnLoop::may_try_again(const Ran& ran) {
  const auto& verdict = ran.verdict;
  retry_note_ =
      "You may have seen these messages before: the last attempt at them ended early, " + verdict.reason + ".";
  if (verdict.outcome == Outcome::prompt_too_long) {
    if (++compactions_ > 2) return false;
    if (stopping_) return true;
    if (compactions_ == 1) return compact(), true;
    if (auto kept = shop_.turns.want_new_session(); !kept) shop_.log(kept.error().message);
    shop_.bus.note("The session was too long even after it was compacted; a new one begins.");
    tell_manager_of_reset();
    return true;
  }
  if (verdict.outcome == Outcome::needs_login) {
    shop_.login.refused();
    while (!stopping_ && !shop_.login.is_logged_in()) wait_for_login();
    return true;
  }
  const bool is_limit = verdict.outcome == Outcome::rate_limited;
  const bool is_vendor = is_limit || verdict.outcome == Outcome::vendor_down;
  if (!is_vendor && verdict.outcome != Outcome::not_begun) return false;
  // A vendor is spared; what hinders the machine may be mended at any moment.
  const auto doublings = is_vendor ? std::min<std::int64_t>(vendor_failures_++, 16) : 0;
  const auto pause = std::min<std::chrono::seconds>(shop_.options.vendor_pause * (1 << doublings), kLongestVendorPause);
  parked_until_ = verdict.again_at.value_or(Time{wall_time().ms + milliseconds(pause).count()});
  const auto state = is_limit ? TurnState::rate_limited : TurnState::retrying;
  while (!stopping_ && parked_until_ && *parked_until_ > wall_time()) {
    attention_ = false;
    wait_visibly({state, parked_until_, verdict.reason}, [this] { return !parked_until_; });
  }
  parked_until_.reset();
  return true;
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

/// Own store first: after a crash the outcome is repeated, never judged anew.
void TurnLoop::settle(const Ran& ran, Next next) {
  const bool put_off = next == Next::put_off;
  const bool by_operator = ran.stopped == StopReason::operators && ran.verdict.outcome == Outcome::cancelled;
  const bool ok = ran.verdict.outcome == Outcome::ok || by_operator;
  auto unseen = put_off ? std::move(received_) : std::move(unseen_);
  if (put_off) unseen.push_back(wake_key_);
  const bool was_cut_off = put_off && ran.verdict.outcome == Outcome::cancelled;
  if (!put_off || was_cut_off)
    if (auto kept = shop_.turns.forget_cut_off(*turn_); !kept) shop_.log(kept.error().message);
  if (was_cut_off)
    if (auto kept = shop_.turns.keep_cut_off(*turn_); !kept) shop_.log(kept.error().message);
  using Messages = TurnStore::Messages;
  record(ok, std::move(unseen), put_off ? Messages::put_off : ok ? Messages::settled : Messages::tried);
  crash_point("harness.outcome.recorded");
  if (put_off) return;
  give_up_messages();
  failures_ = ok ? 0 : failures_ + 1;
  last_turn_note_.clear();
  if (!ok || by_operator)
    last_turn_note_ = "Your last turn did not end by itself: " + ran.verdict.reason +
                      (ran.facts.activity().empty() ? "." : ". The last thing was: " + ran.facts.activity() + ".");
}

/// The broker counts the turns of its messages; of those from the page the harness does.
void TurnLoop::give_up_messages() {
  constexpr std::int64_t kMostTries = 5;
  const auto given_up = shop_.turns.give_up_messages(kMostTries);
  if (!given_up) return shop_.log(given_up.error().message);
  if (*given_up > 0)
    shop_.bus.note(std::to_string(*given_up) +
                   " of the operator's messages were given up: five turns that had them failed or were cut off.");
}

void TurnLoop::record(bool ok, std::vector<std::string> unseen, TurnStore::Messages messages) {
  // As many as the host takes; the key of the wake is the last.
  if (std::ssize(unseen) > kMostUnseen) unseen.erase(unseen.begin(), unseen.end() - kMostUnseen);
  if (auto kept = shop_.turns.finish({.turn = *turn_, .ok = ok, .unseen = std::move(unseen)}, messages); !kept)
    shop_.log(kept.error().message);
  turn_.reset();
}

page::TurnStat TurnLoop::stat_of(const Ran& ran) const {
  page::TurnStat stat{.started_at = ran.began, .ended_at = ran.ended, .duration_ms = ran.took.count()};
  add_facts(stat, ran.facts);
  stat.model = ran.facts.model().empty() ? model_of_run_ : ran.facts.model();
  stat.result_kind = result_kind(ran.verdict.outcome);
  stat.note = ran.verdict.reason;
  return stat;
}

void TurnLoop::keep_stat(const page::TurnStat& stat) {
  if (auto kept = shop_.stats.add(shop_.config.name, stat); !kept) shop_.log(kept.error().message);
}

}  // namespace hive::harness
