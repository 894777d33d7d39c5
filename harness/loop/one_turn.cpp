#include <hive/sdk/crash_point.hpp>

#include "base/call_key.hpp"
#include "base/nonce.hpp"
#include "json_read.hpp"
#include "loop/model.hpp"
#include "loop/turn_loop.hpp"
#include "wake/envelope.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

using turns::TurnState;

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
  setup.session_id = shop_.turns.session();
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
  tries_ = {};
  is_under_way_ = true;
  retry_note_.clear();
  received_.clear(), unseen_.clear();
  for (std::int64_t number = 1;; ++number) {
    auto ran = attempt(mail, number);
    const auto next = next_after(ran.verdict, ran.stopped);
    if (next == Next::again) continue;
    is_under_way_ = false;
    settle(ran, next);
    break;
  }
  tries_ = {};
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
  // Nobody knows any more what the session before it received.
  if (session == SessionStart::anew) unseen_ = received_;
  auto ran = run_cli(setup, prompt);
  if (session == SessionStart::anew && ran.facts.began()) tries_.is_new_session = true;
  for (const auto& use : ran.facts.receives()) received_.push_back(call_key(prefix, use));
  for (const auto& use : ran.facts.unseen_receives()) unseen_.push_back(call_key(prefix, use));
  if (ran.facts.began() && new_session)
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
  Driver::SessionBegan began;
  if (setup.session != SessionStart::apart) began = [this](const std::string& id) { keep_session(id); };
  auto ran = shop_.driver.run(setup, prompt, std::move(began));
  if (setup.session != SessionStart::apart && ran.facts.began() && ran.facts.result())
    if (auto kept = shop_.turns.keep_session_answered(); !kept) shop_.log(kept.error().message);
  tell_model();
  return ran;
}

/// As soon as it is known: whatever ends this run, the next one goes on with it.
void TurnLoop::keep_session(const std::string& id) {
  if (auto kept = shop_.turns.keep_session(id); !kept) shop_.log(kept.error().message);
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

/// Own store first: after a crash the outcome is repeated, never judged anew.
void TurnLoop::settle(const Ran& ran, Next next) {
  const bool put_off = next == Next::put_off;
  const bool ok = !put_off && !ran.verdict.charges_messages();
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
  if (ran.verdict.outcome != Outcome::ok)
    last_turn_note_ = (ran.verdict.outcome == Outcome::unknown ? "How your last turn ended is not known: "
                                                               : "Your last turn did not end by itself: ") +
                      ran.verdict.reason +
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
