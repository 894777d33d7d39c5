#include "loop/turn_loop.hpp"

#include "loop/page_state.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

constexpr std::chrono::seconds kLongestFailurePause{60};

/// For the next prompt; empty when it ended well.
std::string note_of(const Ran& ran) {
  if (ran.verdict.outcome == Outcome::ok) return {};
  const std::string beginning = ran.verdict.outcome == Outcome::unknown ? "How your last turn ended is not known: "
                                                                        : "Your last turn did not end by itself: ";
  const auto& activity = ran.facts.activity;
  return beginning + ran.verdict.reason + (activity.empty() ? "." : ". The last thing was: " + activity + ".");
}

}  // namespace

void TurnLoop::run() {
  outcomes_.give_up_messages();
  cli_.tell_model();
  outcomes_.tell();
  while (!waits_.is_stopping()) {
    waits_.look();
    if (outcomes_.are_untold()) {
      outcomes_.tell();
      continue;
    }
    if (!holds_.wait_until_allowed()) continue;
    if (shop_.turns.compact_since() && !waits_.is_stopping()) cli_.compact();
    shop_.reporter.tell(turns::TurnState::idle);
    auto mail = mailbox_.take();
    if (!mail) continue;
    // A pause that came with the messages: they are leased and wait here.
    holds_.wait_out(std::nullopt, [] { return false; });
    if (!waits_.is_stopping()) run_turn(std::move(*mail));
  }
  shop_.reporter.tell(turns::TurnState::stopping);
  // A recv that was given up may have leased something.
  if (const auto turn = mailbox_.open_turn()) outcomes_.record_nothing(*turn, mailbox_.wake_key());
  outcomes_.tell();
}

void TurnLoop::run_turn(Mail mail) {
  OneTurn turn({shop_, waits_, holds_, cli_, session_}, std::move(mail), last_note_);
  turn_ = &turn;
  auto ended = turn.run();
  turn_ = nullptr;
  if (ended.next != Next::put_off) {
    failures_ = Outcomes::is_ok(ended) ? 0 : failures_ + 1;
    last_note_ = note_of(ended.ran);
  }
  outcomes_.record(turn.mail().turn, std::move(ended));
  mailbox_.close_turn();
  shop_.reporter.end_turn();
  outcomes_.tell();
  if (failures_ == 0 || waits_.is_stopping()) return;
  waits_.wait_for(std::min<std::chrono::seconds>(std::chrono::seconds(failures_ * failures_), kLongestFailurePause));
}

void TurnLoop::act(const turns::Command& command) {
  waits_.interrupt();
  executor_.execute(command, turn_);
}

page::State TurnLoop::page_state() {
  auto state = harness::page_state(shop_);
  state.model = cli_.model();
  state.queue = queue_of(shop_.turns, turn_ != nullptr ? turn_->mail().last_operator_message : 0);
  state.queue.mail = mailbox_.left();
  return state;
}

void TurnLoop::stop() {
  waits_.stop();
  shop_.driver.stop_later(shop_.options.grace, StopReason::shutdown);
}

void TurnLoop::host_came() {
  holds_.forget_gate();
  waits_.interrupt();
}

}  // namespace hive::harness
