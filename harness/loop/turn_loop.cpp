#include "loop/turn_loop.hpp"

#include <hive/sdk/crash_point.hpp>

#include "loop/model.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

using turns::CommandKind;
using turns::TurnState;

constexpr std::int64_t kRecvSeconds = 180;
constexpr milliseconds kFirstErrorPause{500};
constexpr milliseconds kLongestErrorPause{30'000};
constexpr std::size_t kMostTyped = 128 << 10;  // bytes of the operator's messages in a prompt
constexpr std::int64_t kKeepDays = 7, kKeepRows = 2'000, kKeepStatDays = 180;

/// The wall clock may jump: waits are cut into pieces of this length.
constexpr std::chrono::hours kLongestWait{1};

}  // namespace

void TurnLoop::run() {
  load_last_turn();
  give_up_messages();
  tell_model();
  tell_outcomes();
  while (!stopping_) {
    attention_ = false;
    if (!wait_until_allowed()) continue;
    if (shop_.turns.compact_since() && !stopping_) compact();
    shop_.reporter.set_state(TurnState::idle);
    const auto mail = next_mail();
    if (mail.is_empty()) continue;
    hold(std::nullopt);  // a pause that came with the messages: they are leased and wait here
    if (!stopping_) run_turn(mail);
  }
  shop_.reporter.set_state(TurnState::stopping);
  if (turn_)
    record(false, {wake_key_}, TurnStore::Messages::put_off);  // a recv that was given up may have leased something
  tell_outcomes();
}

void TurnLoop::stop() {
  stopping_ = attention_ = true;
  shop_.driver.stop_later(shop_.options.grace, StopReason::shutdown);
}

void TurnLoop::act(const turns::Command& command) {
  attention_ = true;
  const auto done = carry_out(command);
  page::Note note{.text = done ? *done : std::string(name_of(command.kind)) + ": " + done.error().message};
  if (!done) shop_.log(note.text);
  if (note.text.empty()) return;
  note.command = command.kind;
  note.id = command.id;
  if (command.kind == CommandKind::operator_message) note.typed = command.text;
  shop_.bus.publish("note", encode_text(note));
}

/// Gives what to say of it; nothing: it is of no interest to people.
Result<std::string> TurnLoop::carry_out(const turns::Command& command) {
  Status done;
  std::string said;
  switch (command.kind) {
    case CommandKind::cancel: said = cancel(command); break;
    case CommandKind::compact:
      done = shop_.turns.set_compact(wall_time());
      said = "The session is compacted as soon as no turn runs.";
      break;
    case CommandKind::new_session:
      done = shop_.turns.want_new_session();
      said = "The next turn begins a new session.";
      break;
    case CommandKind::model:
      done = choose_model(shop_.options, command.model);
      tell_model();
      said = "The next turn uses " + model().name + ".";
      break;
    case CommandKind::pause:
    case CommandKind::resume:
    case CommandKind::park: said = hold_turns(command); break;
    case CommandKind::sweep:
      done = shop_.bus.sweep(command.keep_days.value_or(kKeepDays), command.keep_rows.value_or(kKeepRows));
      if (done) done = shop_.stats.sweep(kKeepStatDays);
      break;
    case CommandKind::operator_message: said = "The operator wrote a message."; break;  // the next mail has it
  }
  if (!done) return done.error();
  return said;
}

/// Of the turn that it names, whatever that does now; one that names none is for what runs.
std::string TurnLoop::cancel(const turns::Command& command) {
  const bool is_meant = !command.turn || (is_under_way_ && turn_ == command.turn);
  if (!is_meant) return "Turn " + std::to_string(*command.turn) + " is not under way; nothing was cancelled.";
  if (!is_under_way_ && !shop_.driver.is_running()) return "There is no turn to cancel.";
  tries_.is_cancelled = is_under_way_;
  shop_.driver.stop(StopReason::operators);
  return is_under_way_ ? "The operator cancels the turn." : "The operator cancels the compaction.";
}

/// Whether turns begin.
std::string TurnLoop::hold_turns(const turns::Command& command) {
  if (command.kind == CommandKind::pause) {
    paused_ = true;
    return "Turns are paused.";
  }
  if (command.kind == CommandKind::park) {
    parked_until_ = command.until;
    return "No turn begins before " + to_text(command.until.value_or(wall_time())) + ".";
  }
  paused_ = false;
  parked_until_.reset(), try_at_.reset();
  shop_.login.forget_refusal();
  return "Turns begin again.";
}

/// Repeats `turn_end` until the host has taken each, or says that it never will; at a stop for a moment
/// only, the next start goes on with it.
void TurnLoop::tell_outcomes() {
  const auto until = shop_.event_loop.now() + milliseconds(3'000);
  bool late = false;
  EventLoop::Timer timer;
  if (stopping_) timer = shop_.event_loop.at(until, [&late] { late = true; });
  const auto give_up = [&] { return late || (stopping_ && !timer.is_set()); };
  for (const auto& outcome : shop_.turns.untold()) {
    const broker::TurnEnd end{.turn = outcome.turn, .ok = outcome.ok, .unseen = outcome.unseen};
    auto told = asker_.ask(broker::kTurnEnd, end, Repeat::safe, give_up);
    const bool refused = !told && (told.error().code == Code::not_found || told.error().code == Code::invalid_params);
    if (!told && !refused) {
      if (give_up()) break;
      pause_after_error(told.error());
      continue;  // the outer loop comes here again before the next turn
    }
    crash_point("harness.turn_end.answered");
    if (!told) shop_.log("turn_end: " + told.error().message);
    if (auto kept = shop_.turns.told(outcome.turn); !kept) shop_.log(kept.error().message);
  }
}

/// False: something came up, look again.
bool TurnLoop::wait_until_allowed() {
  if (!shop_.turns.untold().empty()) return tell_outcomes(), false;
  if (!shop_.login.is_logged_in()) return wait_for_login(), false;
  if (!gate_is_known_ && !gate_is_open()) return false;
  if (paused_) {
    wait_visibly({.state = TurnState::paused}, [this] { return !paused_; });
    return false;
  }
  if (is_parked()) {
    wait_visibly({.state = TurnState::rate_limited, .until = parked_until_}, [this] { return !parked_until_; });
    return false;
  }
  return true;
}

bool TurnLoop::gate_is_open() {
  const auto gate = asker_.ask(turns::kGate, None{}, Repeat::safe, [this] { return stopping_; });
  if (!gate && gate.error().code == Code::method_not_found) return gate_is_known_ = true;  // nobody holds gates
  if (!gate) {
    if (!stopping_) pause_after_error(gate.error());
    return false;
  }
  gate_is_known_ = true;
  paused_ = gate->paused;
  return true;
}

void TurnLoop::wait_for_login() {
  shop_.log("not logged in; waiting for a login or a configured key");
  bool changed = false;
  if (auto watching = shop_.login.watch([&changed] { changed = true; }); !watching) {
    shop_.log(watching.error().message);
    return pause_after_error(watching.error());
  }
  // Watched first, then looked: a login between the two would be missed the other way round.
  while (goes_on() && !shop_.login.is_logged_in()) {
    changed = attention_ = false;
    wait_visibly({.state = TurnState::needs_login}, [&changed] { return changed; });
  }
  shop_.login.unwatch();
}

/// Until the time of `wait`, if there is one, and until turns may go on. Ends early at a stop, and when the turn under
/// way is cancelled.
void TurnLoop::hold(const std::optional<Reporter::Standing>& wait) {
  const auto whenever = [] { return false; };
  try_at_ = wait ? wait->until : std::nullopt;
  while (goes_on()) {
    attention_ = false;
    if (paused_)
      wait_visibly({.state = TurnState::paused}, whenever);
    else if (is_parked())
      wait_visibly({.state = TurnState::rate_limited, .until = parked_until_}, whenever);
    else if (try_at_ && *try_at_ > wall_time())
      wait_visibly({wait->state, try_at_, wait->reason}, whenever);
    else
      break;
  }
  try_at_.reset();
}

/// Ends early when a command came, the host came back or the loop is to stop.
void TurnLoop::wait_visibly(const Reporter::Standing& standing, const std::function<bool()>& done) {
  shop_.reporter.set_state(standing);
  std::optional<Clock::time_point> time;
  if (standing.until) {
    const auto left = milliseconds(std::max<std::int64_t>(standing.until->ms - wall_time().ms, 0));
    time = shop_.event_loop.now() + std::min<milliseconds>(left, kLongestWait);
  }
  asker_.wait(time, [&] { return stopping_ || attention_ || done(); });
}

void TurnLoop::pause_after_error(const Error& failure) {
  if (error_pause_.count() == 0) shop_.log(failure.message);  // not once for each try
  error_pause_ = std::clamp(error_pause_ * 2, kFirstErrorPause, kLongestErrorPause);
  asker_.wait(shop_.event_loop.now() + error_pause_, [this] { return stopping_; });
}

TurnLoop::Mail TurnLoop::next_mail() {
  Mail mail;
  const auto give_up = [this] { return attention_; };
  if (!turn_) {
    const auto begun = asker_.ask(broker::kTurnBegin, None{}, Repeat::safe, [this] { return stopping_; });
    if (!begun && !stopping_) pause_after_error(begun.error());
    if (!begun) return mail;
    turn_ = begun->turn;
    wake_key_.clear();
  }
  broker::Recv recv{.wait_seconds = shop_.turns.operator_messages().empty() ? kRecvSeconds : 0};
  recv.key = wake_key_ = "wake-" + std::to_string(*turn_) + "-" + std::to_string(receives_);
  auto received = asker_.ask(broker::kRecv, recv, Repeat::safe, give_up);
  if (!received) {
    // Given up: the same key is used again, so what it may have leased comes then.
    if (received.error().code == Code::conflict) turn_.reset();
    if (received.error().code != Code::cancelled && received.error().code != Code::timeout)
      pause_after_error(received.error());
    return mail;
  }
  ++receives_;
  error_pause_ = milliseconds(0);
  crash_point("harness.received");
  mail.messages = std::move(received->messages);
  mail.waiting = mail_left_ = received->waiting;
  add_operator_messages(mail);
  return mail;
}

/// What the operator typed on the agent's page, as much as fits into one prompt; the rest is for the next turn. It has
/// no id that could be replied to.
void TurnLoop::add_operator_messages(Mail& mail) {
  std::size_t bytes = 0;
  for (const auto& typed : shop_.turns.operator_messages()) {
    bytes += typed.text.size();
    if (mail.last_operator_message != 0 && bytes > kMostTyped) break;
    broker::Message message;
    message.from = "operator";
    message.to = shop_.config.name;
    message.kind = broker::Kind::operator_;
    message.body = typed.text;
    message.sent_at = typed.at;
    if (typed.was_shown) message.redelivered = true;
    mail.messages.push_back(std::move(message));
    mail.last_operator_message = typed.id;
  }
}

Verdict TurnLoop::compact() {
  shop_.reporter.set_state(TurnState::compacting);
  auto ran = run_cli(setup_for(SessionStart::go_on, "compact-"), "/compact");
  keep_stat(stat_of(ran));
  // One that a stop cut off is wanted still.
  if (ran.stopped != StopReason::shutdown)
    if (auto kept = shop_.turns.set_compact(std::nullopt); !kept) shop_.log(kept.error().message);
  // The CLI's own line says of one that was done how much is left.
  if (!ran.facts.compacted())
    shop_.bus.note("The session could not be compacted: " +
                   (ran.verdict.outcome == Outcome::ok ? "the CLI ended without doing it" : ran.verdict.reason));
  return std::move(ran.verdict);
}

}  // namespace hive::harness
