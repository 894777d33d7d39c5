#include "loop/one_turn.hpp"

#include <hive/sdk/crash_point.hpp>

#include "base/call_key.hpp"
#include "base/nonce.hpp"
#include "wake/envelope.hpp"

namespace hive::harness {
namespace {

constexpr std::string_view kNewSession =
    "This is a new session: the conversation before it was dropped. What you wrote down is in /state/notes.md.";

/// The key of each tool call of a run begins with it; two runs of one turn never share one.
std::string call_prefix(std::int64_t turn) {
  return "t" + std::to_string(turn) + "-" + make_nonce() + "-";
}

}  // namespace

Ended OneTurn::run() {
  parts_.shop.reporter.begin_turn(mail_.turn);
  parts_.shop.log_failure(parts_.shop.turns.begin(mail_.turn, mail_.last_operator_message));
  crash_point("harness.turn.begun");
  for (std::int64_t number = 1;; ++number) {
    auto ran = attempt(number);
    const auto next = next_try_.after(ran.verdict, ran.stopped);
    if (next == Next::again) continue;
    auto unseen = next == Next::put_off ? std::move(received_) : std::move(unseen_);
    if (next == Next::put_off) unseen.push_back(mail_.wake_key);
    return {std::move(ran), next, std::move(unseen)};
  }
}

Ran OneTurn::attempt(std::int64_t number) {
  const auto& shop = parts_.shop;
  const auto new_session = shop.turns.new_session_since();
  const auto prefix = call_prefix(mail_.turn);
  const auto text = prompt(number);
  const auto setup = parts_.cli.setup_for(new_session ? SessionStart::anew : SessionStart::go_on, prefix);
  shop.reporter.tell(turns::TurnState::thinking);
  shop.bus.publish("turn_start", encode_text(page::TurnStart{mail_.turn, text, setup.model, new_session.has_value()}));
  // Nobody knows any more what the session before it received.
  if (new_session) unseen_ = received_;
  auto ran = parts_.cli.run(setup, text);
  if (new_session && ran.facts.began) {
    next_try_.session_began();
    shop.log_failure(shop.turns.new_session_began(*new_session));
  }
  add_receives(ran.facts, prefix);
  tell_end(ran);
  return ran;
}

std::string OneTurn::prompt(std::int64_t number) const {
  Wake wake{.nonce = make_nonce(), .messages = mail_.messages, .waiting = mail_.waiting, .notes = notes(number)};
  for (auto& message : wake.messages)
    if (number > 1) message.redelivered = true;
  return wake_prompt(wake);
}

std::vector<std::string> OneTurn::notes(std::int64_t number) const {
  std::vector<std::string> notes;
  if (const auto turn = parts_.shop.turns.cut_off()) {
    const auto activity = parts_.shop.bus.last_activity(*turn);
    notes.push_back("Your last turn was cut off before it ended. " +
                    (activity.empty() ? "What it was doing is not known." : "The last thing was: " + activity + ".") +
                    " Look at what was done before you do it again.");
  }
  if (!last_note_.empty()) notes.push_back(last_note_);
  if (number > 1 && !next_try_.note().empty()) notes.push_back(next_try_.note());
  if (parts_.shop.turns.new_session_since()) notes.emplace_back(kNewSession);
  return notes;
}

void OneTurn::add_receives(const RunFacts& facts, const std::string& call_prefix) {
  for (const auto& use : facts.receives()) received_.push_back(call_key(call_prefix, use));
  for (const auto& use : facts.unseen_receives()) unseen_.push_back(call_key(call_prefix, use));
}

/// To the statistics, to the page and to the log.
void OneTurn::tell_end(const Ran& ran) {
  auto stat = parts_.cli.stat_of(ran);
  stat.wake_from = mail_.messages.front().from;
  for (const auto& message : mail_.messages) add_peer(stat.received, message.from);
  stat.inbox_depth = mail_.waiting;
  parts_.cli.tell(stat);
  parts_.shop.bus.publish("turn_end",
                          encode_text(page::TurnEnd{mail_.turn, stat.result_kind, stat.note, stat.duration_ms, stat}));
  if (!stat.note.empty()) parts_.shop.log("turn " + std::to_string(mail_.turn) + ": " + stat.note);
}

}  // namespace hive::harness
