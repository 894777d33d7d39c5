#pragma once
#include <hive/sdk/time.hpp>

namespace hive::testing {

/// While it lives, wall_time() says what the test says, in the whole process. One at a time. All [any-thread].
class ManualClock {
 public:
  /// Stops the clock at `start`, which is in June 2025.
  explicit ManualClock(Time start = {1'750'000'000'000});
  ~ManualClock();
  ManualClock(const ManualClock&) = delete;

  /// Moves the clock to `time`, which may be earlier. Timers do not see it: they are TestHost::advance's.
  void set(Time time);
  /// Moves the clock by `ms` milliseconds, which may be below 0.
  void advance_ms(std::int64_t ms);
};

}  // namespace hive::testing
