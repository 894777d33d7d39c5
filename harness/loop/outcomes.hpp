#pragma once
#include "loop/one_turn.hpp"

namespace hive::harness {

/// How turns came out: recorded in the own store first, then told to the host, so that after a crash an outcome is
/// repeated and never judged anew. One thread.
class Outcomes {
 public:
  Outcomes(const Workshop& shop, Waits& waits) : shop_(shop), waits_(waits) {}
  Outcomes(const Outcomes&) = delete;

  /// Whether the messages were dealt with.
  static bool is_ok(const Ended& ended);
  void record(std::int64_t turn, Ended ended);
  /// Of a turn that had no attempt: what the call `wake_key` may have leased is queued again.
  void record_nothing(std::int64_t turn, const std::string& wake_key);
  /// The host has not heard all of them.
  bool are_untold() const { return !shop_.turns.untold().empty(); }
  /// Repeats `turn_end` until the host has taken each, or says that it never will. At a stop for a moment only; the
  /// next start goes on with it. [blocking]
  void tell();
  /// Gives up the operator's messages that too many turns had in vain; the broker does the same with its own.
  void give_up_messages();

 private:
  void finish(TurnOutcome outcome, TurnStore::Messages messages);
  /// False: it is to be told again.
  bool tell_one(const TurnOutcome& outcome, const Waits::Until& give_up);

  const Workshop& shop_;
  Waits& waits_;
};

}  // namespace hive::harness
