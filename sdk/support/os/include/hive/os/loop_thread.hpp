#pragma once
#include <hive/os/event_loop.hpp>

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace hive::os {

/// A thread that runs an event loop, and the way to it from other threads. Whoever owns it makes, starts and ends it.
class LoopThread {
 public:
  using Job = EventLoop::Job;

  /// Makes the loop; the thread does not run yet. Errors: unavailable. [any-thread]
  static Result<std::unique_ptr<LoopThread>> create();
  /// As stop().
  ~LoopThread() { stop(); }
  LoopThread(const LoopThread&) = delete;

  /// Its loop: for what runs on the thread, and before start() for whoever made this.
  EventLoop& loop() { return loop_; }
  /// Runs the loop on a thread from here on; once.
  void start();
  /// Runs `job` on the thread, after those that were posted before. After stop() it is dropped. [any-thread]
  void post(Job job);
  /// Returns when what was posted before has run and the thread has ended; at once when it was never started. Not from
  /// the thread itself. [blocking]
  void stop();

 private:
  explicit LoopThread(Fd wake);
  void take_jobs();

  EventLoop loop_;
  const Fd wake_;
  EventLoop::Watch woken_;
  bool leaving_ = false;  // the thread's own
  std::mutex mutex_;
  std::vector<Job> jobs_;
  std::thread thread_;
};

}  // namespace hive::os
