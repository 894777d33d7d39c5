#pragma once
#include <hive/os/event_loop.hpp>

namespace hive::os::testing {

/// Time that passes only when a loop would have slept: it jumps to the next timer when no descriptor is ready. For a
/// loop both ends of whose descriptors are in the test; with children or threads at the other end it would run ahead
/// of them. Without a timer a wait is a real one.
class ManualTime : public SteadyTime {
 public:
  Clock::time_point now() const override { return now_; }
  Waited wait(std::span<pollfd> fds, Clock::time_point until) override {
    const auto waited = wait_for_any(fds, until == Clock::time_point::max() ? until : Clock::time_point{});
    if (waited == Waited::late) now_ = std::max(now_, until);
    return waited;
  }
  /// Time passes for the test itself; timers that come due run when the loop does.
  void advance(Clock::duration time) { now_ += time; }

 private:
  Clock::time_point now_{std::chrono::hours(1)};
};

}  // namespace hive::os::testing
