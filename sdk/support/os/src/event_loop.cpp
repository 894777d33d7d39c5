#include <hive/os/event_loop.hpp>

#include <cstdio>
#include <vector>

namespace hive::os {
namespace {

constexpr std::chrono::milliseconds kRest{100};  // when the system cannot wait for the descriptors

}  // namespace

void EventLoop::Watch::reset() noexcept {
  if (loop_ != nullptr) std::exchange(loop_, nullptr)->watched_.erase(id_);
  own_.reset();
}

void EventLoop::Watch::set_events(short events) {
  if (loop_ != nullptr) loop_->watched_.at(id_).events = events;
}

void EventLoop::Timer::reset() noexcept {
  if (loop_ != nullptr) std::exchange(loop_, nullptr)->timers_.erase(id_);
}

EventLoop::Watch EventLoop::watch(int fd, short events, Ready ready) {
  const auto id = next_++;
  watched_.emplace(id, Watched{fd, events, std::move(ready)});
  return {*this, id, fd};
}

EventLoop::Watch EventLoop::watch(Fd fd, short events, Ready ready) {
  auto watched = watch(fd.get(), events, std::move(ready));
  watched.own_ = std::move(fd);
  return watched;
}

EventLoop::Timer EventLoop::at(Clock::time_point time, Job due) {
  const TimerId id{time, next_++};
  timers_.emplace(id, std::move(due));
  return {*this, id};
}

void EventLoop::post(Job job) {
  timers_.emplace(TimerId{now(), next_++}, std::move(job));
}

void EventLoop::run_once() {
  std::vector<pollfd> fds;
  std::vector<std::uint64_t> ids;
  for (const auto& [id, watched] : watched_) {
    fds.push_back({watched.fd, watched.events, 0});
    ids.push_back(id);
  }
  const auto waited = time_.wait(fds, timers_.empty() ? Clock::time_point::max() : timers_.begin()->first.first);
  if (waited == Waited::failed) rest();
  for (std::size_t i = 0; waited == Waited::ready && i < fds.size(); ++i) {
    const auto found = watched_.find(ids[i]);  // an earlier one may have let go of it
    if (fds[i].revents == 0 || found == watched_.end()) continue;
    const auto ready = found->second.ready;  // it may let go of itself
    ready(fds[i].revents);
  }
  run_due();
}

/// Waits for no descriptor, so that it does not spin.
void EventLoop::rest() {
  if (!std::exchange(told_, true))
    std::fprintf(stderr, "%s; it is tried again\n", last_error("descriptors cannot be waited for").message.c_str());
  time_.wait({}, now() + kRest);
}

/// Not those that are set meanwhile: descriptors have their turn between the two.
void EventLoop::run_due() {
  const auto now = time_.now();
  std::vector<TimerId> due;
  for (auto timer = timers_.begin(); timer != timers_.end() && timer->first.first <= now; ++timer)
    due.push_back(timer->first);
  for (const auto& id : due)
    if (const auto timer = timers_.extract(id)) timer.mapped()();  // else an earlier one has cancelled it
}

void EventLoop::run_until(const std::function<bool()>& done) {
  while (!done()) run_once();
}

}  // namespace hive::os
