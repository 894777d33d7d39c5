#include "base/poller.hpp"

#include <poll.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace hive::harness {

void Poller::watch(int fd, short events, Ready ready) {
  watches_[fd] = Watch{events, next_++, std::move(ready)};
}

void Poller::set_events(int fd, short events) {
  if (const auto found = watches_.find(fd); found != watches_.end()) found->second.events = events;
}

void Poller::forget(int fd) {
  watches_.erase(fd);
}

Poller::TimerId Poller::at(Clock::time_point at, std::function<void()> due) {
  const TimerId id{at, next_++};
  timers_.emplace(id, std::move(due));
  return id;
}

/// Rounded up, so that it does not spin through the last part of a millisecond.
int Poller::wait_ms() const {
  if (timers_.empty()) return -1;
  const auto left = std::chrono::ceil<milliseconds>(timers_.begin()->first.first - Clock::now()).count();
  return int(std::clamp<milliseconds::rep>(left, 0, std::numeric_limits<int>::max()));
}

void Poller::run_due() {
  const auto now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    const auto due = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    due();
  }
}

void Poller::run_once() {
  std::vector<pollfd> fds;
  std::vector<std::uint64_t> serials;
  for (const auto& [fd, watch] : watches_) {
    fds.push_back({fd, watch.events, 0});
    serials.push_back(watch.serial);
  }
  const int ready = ::poll(fds.data(), fds.size(), wait_ms());
  for (std::size_t i = 0; ready > 0 && i < fds.size(); ++i) {
    if (fds[i].revents == 0) continue;
    const auto found = watches_.find(fds[i].fd);
    if (found == watches_.end() || found->second.serial != serials[i]) continue;
    const auto handler = found->second.ready;
    handler(fds[i].revents);
  }
  run_due();
}

}  // namespace hive::harness
