#pragma once
#include <algorithm>
#include <chrono>
#include <mutex>

namespace hive::rpc {

struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 0;
};

/// A token bucket: `burst` at once, `per_second` in the long run. [any-thread]
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;
  explicit RateLimit(Rate rate) : rate_(rate), tokens_(rate.burst) {}

  /// Whether one more is allowed at `now`; `now` never goes back.
  bool allow(Clock::time_point now) {
    if (rate_.per_second <= 0) return true;
    std::lock_guard lock(mutex_);
    if (last_ != Clock::time_point{}) {
      const std::chrono::duration<double> gone = now - last_;
      tokens_ = std::min(rate_.burst, tokens_ + std::max(0.0, gone.count()) * rate_.per_second);
    }
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  const Rate rate_;
  std::mutex mutex_;
  double tokens_;
  Clock::time_point last_{};
};

}  // namespace hive::rpc
