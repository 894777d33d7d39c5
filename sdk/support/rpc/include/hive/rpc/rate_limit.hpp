#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>

namespace hive::rpc {

/// How much a principal may send.
struct Rate {
  double per_second = 0;  // lines, in the long run; 0: no limit
  double burst = 0;       // lines at once
};

/// How fast one principal is read, over all of its connections: a bucket that time fills and that all it sends
/// empties, whatever is in it. Who reads charges first and looks afterwards, and reads no more while the bucket is
/// empty; nothing is refused for it. Times never go back. [any-thread]
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;
  /// So many cost as much as one line more.
  static constexpr double kBytesALine = 1'024;
  /// What a read costs at least, so that nobody has the reader woken for each byte.
  static constexpr std::size_t kLeastRead = 256;  // bytes
  /// What is owed is forgiven beyond this, so that one large answer silences nobody for minutes.
  static constexpr std::chrono::seconds kLongestPause{10};
  /// So that a bucket that is refilled slowly wakes nobody for each line.
  static constexpr std::chrono::milliseconds kLeastPause{20};

  /// Begins with a full bucket.
  explicit RateLimit(Rate rate) : rate_(rate), left_(rate.burst) {}

  /// Charges for one line and gives 0; or how long it is until the bucket is no longer empty, and charges nothing.
  Clock::duration take_line(Clock::time_point now) {
    if (is_unlimited()) return {};
    std::lock_guard lock(mutex_);
    const auto pause = pause_locked(now);
    if (pause.count() == 0) spend_locked(1, now);
    return pause;
  }
  /// What one read brought.
  void charge_read(std::size_t bytes, Clock::time_point now) { charge(std::max(bytes, kLeastRead), now); }
  /// What was read or written already. The bucket owes at most one burst.
  void charge(std::size_t bytes, Clock::time_point now) {
    if (is_unlimited()) return;
    std::lock_guard lock(mutex_);
    spend_locked(double(bytes) / kBytesALine, now);
  }
  /// How long nothing is to be read; 0: the bucket is not empty.
  Clock::duration pause(Clock::time_point now) const {
    if (is_unlimited()) return {};
    std::lock_guard lock(mutex_);
    return pause_locked(now);
  }
  /// Whether nothing is left of what was charged, so that a new bucket could take the place of this one.
  bool is_full(Clock::time_point now) const {
    std::lock_guard lock(mutex_);
    return left_locked(now) >= rate_.burst;
  }

 private:
  bool is_unlimited() const { return rate_.per_second <= 0; }
  double left_locked(Clock::time_point now) const {
    if (last_ == Clock::time_point{}) return left_;
    const std::chrono::duration<double> gone = now - last_;
    return std::min(rate_.burst, left_ + std::max(0.0, gone.count()) * rate_.per_second);
  }
  Clock::duration pause_locked(Clock::time_point now) const {
    const auto left = left_locked(now);
    if (left > 0) return {};
    const std::chrono::duration<double> until(-left / rate_.per_second);
    return std::max<Clock::duration>(std::chrono::ceil<Clock::duration>(until), kLeastPause);
  }
  void spend_locked(double lines, Clock::time_point now) {
    const auto most_owed = std::min(rate_.burst, rate_.per_second * double(kLongestPause.count()));
    left_ = std::max(-most_owed, left_locked(now) - lines);
    last_ = std::max(last_, now);
  }

  const Rate rate_;
  mutable std::mutex mutex_;
  double left_;  // lines; below 0: what is owed
  Clock::time_point last_{};
};

}  // namespace hive::rpc
