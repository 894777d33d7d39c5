#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace hive::host {

/// Threads for blocking work. They are made when they are first needed and live as long as the queue.
/// With one thread the jobs run in order.
class WorkQueue {
 public:
  explicit WorkQueue(unsigned most_threads) : most_threads_(most_threads) {}
  WorkQueue(const WorkQueue&) = delete;
  /// Waits for what was posted. [blocking]
  ~WorkQueue();

  void post(std::function<void()> job);  // [any-thread]

 private:
  void run();

  const unsigned most_threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  unsigned idle_ = 0;
  bool ending_ = false;
};

}  // namespace hive::host
