#include "work_queue.hpp"

namespace hive::host {

WorkQueue::~WorkQueue() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void WorkQueue::post(std::function<void()> job) {
  std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  if (jobs_.size() > idle_ && threads_.size() < most_threads_) threads_.emplace_back([this] { run(); });
  wake_.notify_one();
}

void WorkQueue::run() {
  for (std::unique_lock lock(mutex_);;) {
    ++idle_;
    wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    --idle_;
    if (jobs_.empty()) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = {};  // what it holds goes outside the lock
    lock.lock();
  }
}

}  // namespace hive::host
