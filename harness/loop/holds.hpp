#pragma once
#include "loop/waits.hpp"

namespace hive::harness {

/// What keeps turns from going on: a pause, parking, a login that is missing, a time that somebody named. One thread.
class Holds {
 public:
  Holds(const Workshop& shop, Waits& waits) : shop_(shop), waits_(waits) {}
  Holds(const Holds&) = delete;

  void pause() { is_paused_ = true; }
  void park(std::optional<Time> until) { parked_until_ = until; }
  /// Ends all of them, and has a credential that was refused tried again as it is.
  void resume();
  /// The host may have decided something else about pauses.
  void forget_gate() { is_gate_known_ = false; }

  /// Waits while a turn may not begin. False: something came up meanwhile, so look at everything again. [blocking]
  bool wait_until_allowed();
  /// Waits until the time of `standing`, if there is one, and until turns may go on. Ends early at a stop, and when
  /// `give_up` became true. [blocking]
  void wait_out(const std::optional<Reporter::Standing>& standing, const Waits::Until& give_up);
  /// Ends early at a stop, and when `give_up` became true. [blocking]
  void wait_for_login(const Waits::Until& give_up);

 private:
  bool is_parked() const { return parked_until_ && *parked_until_ > wall_time(); }
  /// What holds turns now, of pause and parking.
  std::optional<Reporter::Standing> standing() const;
  /// Asks the host whether the agent is paused.
  Status ask_gate();

  const Workshop& shop_;
  Waits& waits_;
  bool is_paused_ = false, is_gate_known_ = false;
  std::optional<Time> parked_until_;  // no turn begins before
  std::optional<Time> try_at_;        // of the next attempt at the turn that is under way
};

}  // namespace hive::harness
