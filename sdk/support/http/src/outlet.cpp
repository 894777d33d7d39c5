#include "outlet.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core.hpp"

namespace hive::http {
namespace {

constexpr std::size_t kMostAtOnce = 1u << 20;  // written before others have their turn

}  // namespace

Outlet::Outlet(Core& core, os::Fd socket) : core_(core), own_(std::move(socket)), socket_(own_.get()) {}

bool Outlet::put(Bytes frame) {
  if (frames_.empty()) progress_ = Clock::now();
  const bool room = core_.hold(frame->size());
  waiting_ += frame->size();
  frames_.push_back(std::move(frame));
  return room;
}

Outlet::Written Outlet::write() {
  for (std::size_t budget = kMostAtOnce; !frames_.empty();) {
    const auto sent = send_some();
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) return Written::gone;
    if (sent > 0) take_written(std::size_t(sent));
    budget -= std::min(budget, std::size_t(std::max<ssize_t>(sent, 0)));
    if (sent <= 0 || budget == 0) break;
  }
  return frames_.empty() ? Written::all : Written::waits;
}

/// One system call for up to 64 frames: what sendmsg(2) returns.
ssize_t Outlet::send_some() const {
  std::array<iovec, 64> parts;
  std::size_t count = 0;
  for (std::size_t skip = begin_; count < parts.size() && count < frames_.size(); skip = 0, ++count) {
    const auto& frame = *frames_[count];
    parts[count] = {const_cast<char*>(frame.data()) + skip, frame.size() - skip};
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  return ::sendmsg(socket_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void Outlet::take_written(std::size_t count) {
  progress_ = Clock::now();
  waiting_ -= count;
  core_.release(count);
  while (count > 0) {
    const auto left = frames_.front()->size() - begin_;
    if (count < left) {
      begin_ += count;
      return;
    }
    count -= left;
    begin_ = 0;
    frames_.pop_front();
  }
}

Status Outlet::await(std::function<void()> then) {
  if (!writable_) {
    auto watched = Writable::watch(core_.loop(), own_);
    if (!watched) return watched.error();
    writable_ = std::move(*watched);
  }
  awaiting_ = true;
  writable_->wait(std::move(then));
  return {};
}

bool Outlet::is_stalled(Clock::time_point now, Clock::duration most) const {
  return !frames_.empty() && now - progress_ > most;
}

void Outlet::end_sending() const {
  ::shutdown(socket_, SHUT_WR);
}

void Outlet::close() {
  // Pistache sees the end of its own descriptor, and closes it.
  ::shutdown(socket_, SHUT_RDWR);
  core_.release(waiting_);
  frames_.clear();
  waiting_ = 0;
  writable_.reset();
  own_.reset();
}

}  // namespace hive::http
