#pragma once
#include <hive/sdk/time.hpp>

namespace hive::testing {

/// While it lives, wall_time() says what the test says. One at a time.
class ManualClock {
 public:
  explicit ManualClock(Time start = {1'750'000'000'000});
  ~ManualClock();
  ManualClock(const ManualClock&) = delete;

  void set(Time time);
  void advance_ms(std::int64_t ms);
};

}  // namespace hive::testing
