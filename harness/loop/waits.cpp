#include "loop/waits.hpp"

#include <algorithm>

namespace hive::harness {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstErrorPause{500}, kLongestErrorPause{30'000};

/// The wall clock may jump: waits are cut into pieces of this length.
constexpr std::chrono::hours kLongestWait{1};

}  // namespace

void Waits::wait(std::optional<milliseconds> time, const Until& done) {
  bool is_due = false;
  os::EventLoop::Timer timer;
  if (time) timer = shop_.event_loop.after(*time, [&is_due] { is_due = true; });
  shop_.event_loop.run_until([&] { return is_due || done(); });
}

void Waits::wait_visibly(const Reporter::Standing& standing) {
  shop_.reporter.tell(standing);
  std::optional<milliseconds> left;
  if (standing.until)
    left = std::clamp<milliseconds>(milliseconds(standing.until->ms - wall_time().ms), milliseconds(0), kLongestWait);
  wait(left, [this] { return is_interrupted_; });
}

void Waits::wait_after(const Error& failure) {
  if (error_pause_.count() == 0) shop_.log(failure.message);  // not once for each try
  error_pause_ = std::clamp(error_pause_ * 2, kFirstErrorPause, kLongestErrorPause);
  wait(error_pause_, [this] { return is_stopping_; });
}

void Waits::wait_for(milliseconds time) {
  wait(time, [this] { return is_interrupted_; });
}

}  // namespace hive::harness
