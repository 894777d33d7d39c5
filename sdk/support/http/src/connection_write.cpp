#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "connection.hpp"
#include "core.hpp"

namespace hive::http {
namespace {

constexpr std::size_t kMostAtOnce = 1u << 20;  // written before others have their turn

}  // namespace

void Connection::put(Bytes frame) {
  if (phase_ == Phase::gone || frame->empty()) return;
  if (out_.empty()) progress_ = Clock::now();
  const bool room = core_->hold(frame->size());
  out_bytes_ += frame->size();
  out_.push_back(std::move(frame));
  if (!room) cut("all clients together take their answers too slowly");
}

void Connection::flush() {
  std::size_t budget = kMostAtOnce;
  while (phase_ != Phase::gone && !out_.empty())
    if (!write_some(budget)) return;
  if (phase_ != Phase::gone && closing_) linger();
}

/// One system call for up to 64 frames. False: the rest must wait, or nobody is there to take it.
bool Connection::write_some(std::size_t& budget) {
  std::array<iovec, 64> parts;
  std::size_t count = 0;
  for (std::size_t skip = out_begin_; count < parts.size() && count < out_.size(); skip = 0, ++count) {
    const auto& frame = *out_[count];
    parts[count] = {const_cast<char*>(frame.data()) + skip, frame.size() - skip};
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  const auto sent = ::sendmsg(socket_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno == EINTR) return true;
  if (sent < 0 && errno != EAGAIN) {
    leave();
    return false;
  }
  if (sent > 0) take_written(std::size_t(sent));
  budget -= std::min(budget, std::size_t(std::max<ssize_t>(sent, 0)));
  if (sent > 0 && budget > 0) return true;
  if (!out_.empty()) await_writable();
  return out_.empty();
}

void Connection::take_written(std::size_t count) {
  progress_ = Clock::now();
  out_bytes_ -= count;
  core_->release(count);
  while (count > 0) {
    const auto left = out_.front()->size() - out_begin_;
    if (count < left) {
      out_begin_ += count;
      return;
    }
    count -= left;
    out_begin_ = 0;
    out_.pop_front();
  }
}

void Connection::await_writable() {
  if (awaiting_) return;
  if (!writable_) {
    auto watched = Writable::watch(core_->loop(), own_);
    if (!watched) return cut(watched.error().message);
    writable_ = std::move(*watched);
  }
  awaiting_ = true;
  writable_->wait([self = shared_from_this()] { self->on_writable(); });
}

void Connection::on_writable() {
  Lock lock(mutex_);
  awaiting_ = false;
  flush();
  advance(lock);
}

}  // namespace hive::http
