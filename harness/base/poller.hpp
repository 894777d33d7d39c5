#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace hive::harness {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// One thread's wait for descriptors and times. Nothing wakes it but what was asked for, so an idle
/// process sleeps. Handlers may watch, forget and set times; they may not wait. One thread alone.
class Poller {
 public:
  using Ready = std::function<void(short events)>;
  using TimerId = std::pair<Clock::time_point, std::uint64_t>;

  /// Calls `ready` with what poll(2) reports, for as long as `fd` is watched. `fd` is borrowed.
  void watch(int fd, short events, Ready ready);
  void set_events(int fd, short events);
  void forget(int fd);

  /// Calls `due` once. [any time after `at`]
  TimerId at(Clock::time_point at, std::function<void()> due);
  TimerId after(milliseconds delay, std::function<void()> due) { return at(Clock::now() + delay, std::move(due)); }
  void cancel(const TimerId& timer) { timers_.erase(timer); }

  /// Waits for the next thing to happen and handles it. [blocking]
  void run_once();
  /// Handles what comes until `done` says so. [blocking]
  void run_until(const std::function<bool()>& done) {
    while (!done()) run_once();
  }

 private:
  struct Watch {
    short events = 0;
    std::uint64_t serial = 0;  // tells a new watch from an old one with the same number
    Ready ready;
  };
  int wait_ms() const;
  void run_due();

  std::map<int, Watch> watches_;
  std::map<TimerId, std::function<void()>> timers_;
  std::uint64_t next_ = 1;
};

}  // namespace hive::harness
