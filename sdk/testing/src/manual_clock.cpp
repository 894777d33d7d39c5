#include <hive/testing/manual_clock.hpp>

#include <atomic>

namespace hive::testing {
namespace {

std::atomic<std::int64_t> manual_ms{0};

Time manual_time() {
  return {manual_ms.load()};
}

}  // namespace

ManualClock::ManualClock(Time start) {
  set(start);
  set_wall_clock(&manual_time);
}

ManualClock::~ManualClock() {
  set_wall_clock(nullptr);
}

void ManualClock::set(Time time) {
  manual_ms = time.ms;
}

void ManualClock::advance_ms(std::int64_t ms) {
  manual_ms += ms;
}

}  // namespace hive::testing
