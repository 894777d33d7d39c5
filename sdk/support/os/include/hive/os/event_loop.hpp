#pragma once
#include <hive/os/wait.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace hive::os {

/// The steady clock and waiting by it: the one seam between an event loop and the system. A test puts a
/// ManualTime (hive/os/testing/manual_time.hpp) in its place. One thread.
class SteadyTime {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~SteadyTime() = default;
  /// The moment that timers and deadlines are compared with.
  virtual Clock::time_point now() const { return Clock::now(); }
  /// As wait_for_any(): until one of `fds` has something to tell, or until `until`. [blocking]
  virtual Waited wait(std::span<pollfd> fds, Clock::time_point until) { return wait_for_any(fds, until); }
};

/// One thread's wait for descriptors and times: what a program outside the host does everything with. Nothing wakes
/// it but what was asked for, so an idle process sleeps.
///
/// Its owner runs it. Every call is made on one thread, which need not be the one that made the loop; LoopThread
/// passes jobs between threads. What the loop calls may watch, set timers and let go of both, its own included, and
/// may end what run_until() waits for; it may not throw or wait, and may run the loop again only from where
/// nothing that it destroys is under way. The loop outlives every Watch and every Timer of it. Where the system cannot
/// wait, standard error says so once, and the loop goes on with its timers and tries again a little later.
class EventLoop {
 public:
  using Clock = SteadyTime::Clock;
  using Ready = std::function<void(short events)>;
  using Job = std::function<void()>;
  using TimerId = std::pair<Clock::time_point, std::uint64_t>;

  /// Keeps a descriptor watched, and open when it was given to it.
  class Watch {
   public:
    Watch() = default;
    Watch(Watch&& other) noexcept
        : loop_(std::exchange(other.loop_, nullptr)), id_(other.id_), fd_(other.fd_), own_(std::move(other.own_)) {}
    Watch& operator=(Watch other) noexcept {
      std::swap(loop_, other.loop_);
      std::swap(id_, other.id_);
      std::swap(fd_, other.fd_);
      std::swap(own_, other.own_);
      return *this;
    }
    ~Watch() { reset(); }
    /// Watched no more, and closed when it was given; nothing when there was none.
    void reset() noexcept;
    /// The descriptor that is watched; -1: none. It stays this object's where it was given.
    int fd() const noexcept { return loop_ == nullptr ? -1 : fd_; }
    /// Asks for other events from now on; does nothing where nothing is watched. A hang-up is told also to who asks for
    /// none: let go instead.
    void set_events(short events);
    explicit operator bool() const noexcept { return loop_ != nullptr; }

   private:
    friend EventLoop;
    Watch(EventLoop& loop, std::uint64_t id, int fd) : loop_(&loop), id_(id), fd_(fd) {}
    EventLoop* loop_ = nullptr;
    std::uint64_t id_ = 0;
    int fd_ = -1;
    Fd own_;
  };

  /// Keeps a job set for a time; it runs once. Setting another in its place cancels it.
  class Timer {
   public:
    Timer() = default;
    Timer(Timer&& other) noexcept : loop_(std::exchange(other.loop_, nullptr)), id_(std::move(other.id_)) {}
    Timer& operator=(Timer other) noexcept {
      std::swap(loop_, other.loop_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Timer() { reset(); }
    /// Cancels the job; nothing when it has run.
    void reset() noexcept;
    /// False also while its job runs.
    bool is_set() const { return loop_ != nullptr && loop_->timers_.contains(id_); }

   private:
    friend EventLoop;
    Timer(EventLoop& loop, TimerId id) : loop_(&loop), id_(id) {}
    EventLoop* loop_ = nullptr;
    TimerId id_{};
  };

  /// By the system's time.
  EventLoop() : time_(system_) {}
  /// By `time`, which outlives it.
  explicit EventLoop(SteadyTime& time) : time_(time) {}
  EventLoop(const EventLoop&) = delete;

  /// The moment by the loop's own time, which every deadline of it is made from.
  Clock::time_point now() const { return time_.now(); }

  /// Calls `ready` with what poll(2) reports for as long as the answer is kept; those that are ready at the same time
  /// are called in the order in which they came to be watched. `fd` is borrowed: let go before it is closed.
  [[nodiscard]] Watch watch(int fd, short events, Ready ready);
  /// The same for a descriptor that is given: the answer owns `fd` and closes it.
  [[nodiscard]] Watch watch(Fd fd, short events, Ready ready);
  /// Calls `due` once, at `time` or as soon after it as the loop runs, after the descriptors that are ready then.
  [[nodiscard]] Timer at(Clock::time_point time, Job due);
  /// The same, `delay` from now.
  [[nodiscard]] Timer after(Clock::duration delay, Job due) { return at(now() + delay, std::move(due)); }
  /// Calls `job` once and soon, but not from here; nothing cancels it.
  void post(Job job);

  /// Waits for the next thing to happen and handles all that has. [blocking]
  void run_once();
  /// Handles what comes until `done` says so, which is asked before each wait. [blocking]
  void run_until(const std::function<bool()>& done);

 private:
  struct Watched {
    int fd = -1;
    short events = 0;
    Ready ready;
  };
  void rest();
  void run_due();

  SteadyTime system_;
  SteadyTime& time_;
  std::map<std::uint64_t, Watched> watched_;
  std::map<TimerId, Job> timers_;
  std::uint64_t next_ = 1;  // number of the next watch or timer
  bool told_ = false;       // that the system cannot wait
};

}  // namespace hive::os
