#include <hive/os/loop_thread.hpp>

#include <sys/eventfd.h>

namespace hive::os {

Result<std::unique_ptr<LoopThread>> LoopThread::create() {
  Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return last_error("eventfd");
  return std::unique_ptr<LoopThread>(new LoopThread(std::move(wake)));
}

LoopThread::LoopThread(Fd wake)
    : wake_(std::move(wake)), woken_(loop_.watch(wake_.get(), POLLIN, [this](short) { take_jobs(); })) {}

void LoopThread::start() {
  thread_ = std::thread([this] { loop_.run_until([this] { return leaving_; }); });
}

void LoopThread::post(Job job) {
  {
    const std::lock_guard hold(mutex_);
    jobs_.push_back(std::move(job));
  }
  (void)::eventfd_write(wake_.get(), 1);  // fails only when it is set already
}

void LoopThread::take_jobs() {
  eventfd_t ignored = 0;
  (void)::eventfd_read(wake_.get(), &ignored);
  std::vector<Job> jobs;
  {
    const std::lock_guard hold(mutex_);
    jobs.swap(jobs_);
  }
  for (const auto& job : jobs) job();
}

void LoopThread::stop() {
  if (!thread_.joinable()) return;
  post([this] { leaving_ = true; });
  thread_.join();
}

}  // namespace hive::os
