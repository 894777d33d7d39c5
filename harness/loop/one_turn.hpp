#pragma once
#include "loop/mailbox.hpp"
#include "loop/next_try.hpp"

namespace hive::harness {

/// How a turn came out. `unseen`: keys of the recv calls whose messages go back.
struct Ended {
  Ran ran;
  Next next = Next::settled;
  std::vector<std::string> unseen;
};

/// One turn, from messages to an outcome. The messages are held, and the turn stays open, while it is not their fault
/// that nothing comes of them. One thread.
class OneTurn {
 public:
  /// `last_note`: how the turn before it ended, for the prompt; empty when it ended well.
  OneTurn(const TurnParts& parts, Mail mail, std::string last_note)
      : parts_(parts), mail_(std::move(mail)), last_note_(std::move(last_note)), next_try_(parts, mail_.turn) {}
  OneTurn(const OneTurn&) = delete;

  /// [blocking]
  Ended run();
  /// No attempt follows the one that is under way.
  void cancel() { next_try_.cancel(); }
  const Mail& mail() const { return mail_; }

 private:
  Ran attempt(std::int64_t number);
  std::string prompt(std::int64_t number) const;
  /// What the model is told before the messages.
  std::vector<std::string> notes(std::int64_t number) const;
  void add_receives(const RunFacts& facts, const std::string& call_prefix);
  void tell_end(const Ran& ran);

  const TurnParts parts_;
  const Mail mail_;
  const std::string last_note_;
  NextTry next_try_;
  // Keys of the model's recv calls, and of these the ones whose answer it did not get.
  std::vector<std::string> received_, unseen_;
};

}  // namespace hive::harness
