#include "base/line_stream.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace hive::harness {
namespace {

constexpr std::size_t kBlock = 65'536;

/// An idle stream keeps no memory of its longest line.
void free_when_empty(std::string& text) {
  if (text.empty() && text.capacity() > kBlock) text.shrink_to_fit();
}

}  // namespace

LineStream::LineStream(os::EventLoop& event_loop, os::Fd in, os::Fd out, Limits limits, Handlers handlers)
    : event_loop_(event_loop),
      in_(std::move(in)),
      out_(std::move(out)),
      limits_(limits),
      handlers_(std::move(handlers)) {
  for (const int fd : {in_.get(), out_.get()}) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  reading_ = event_loop_.watch(in_.get(), POLLIN, [this](short events) { read_some(events); });
}

/// One read each time, so that whoever writes without end leaves others their turn.
void LineStream::read_some(short events) {
  if (is_full()) {
    if ((events & (POLLHUP | POLLERR)) != 0) end();
    return;
  }
  std::array<char, kBlock> block;
  const auto got = ::read(in_.get(), block.data(), block.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) return end();
  unread_.append(block.data(), std::size_t(got));
  take_lines();
}

void LineStream::take_lines() {
  if (taking_) return;  // the answer to a line was written, and the loop below goes on
  taking_ = true;
  std::size_t taken = 0;
  while (!ended_ && !is_full()) {
    const auto end = unread_.find('\n', std::max(taken, searched_));
    if (end == unread_.npos) {
      searched_ = unread_.size();
      break;
    }
    take(std::string_view(unread_).substr(taken, end - taken));
    taken = searched_ = end + 1;
  }
  taking_ = false;
  unread_.erase(0, taken);
  searched_ -= taken;
  if (searched_ == unread_.size() && (skipping_ || unread_.size() > limits_.line)) {
    skipping_ = true;
    skip(std::exchange(unread_, {}));
    searched_ = 0;
  }
  free_when_empty(unread_);
}

void LineStream::take(std::string_view line) {
  if (!skipping_ && line.size() <= limits_.line) return handlers_.line(line);
  skip(line);
  skipping_ = false;
  handlers_.too_long();
}

/// A line that is too long is not kept while it comes.
void LineStream::skip(std::string_view part) {
  if (handlers_.skipped) handlers_.skipped(part);
}

void LineStream::write(std::string_view lines) {
  if (ended_) return;
  unsent_ += lines;
  write_some();
}

void LineStream::written() {
  write_some();
  take_lines();
  if (!ended_ && handlers_.written) handlers_.written();
}

void LineStream::write_some() {
  while (unsent() > 0 && !ended_) {
    const auto sent = ::write(out_.get(), unsent_.data() + sent_, unsent());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) return end();
    sent_ += std::size_t(sent);
  }
  if (unsent() == 0 || sent_ > limits_.unsent) {
    unsent_.erase(0, sent_);
    sent_ = 0;
    free_when_empty(unsent_);
  }
  watch();
}

void LineStream::watch() {
  if (ended_) return;
  reading_.set_events(is_full() ? 0 : POLLIN);
  if (unsent() == 0)
    writing_.reset();
  else if (!writing_)
    writing_ = event_loop_.watch(out_.get(), POLLOUT, [this](short) { written(); });
}

void LineStream::end() {
  if (std::exchange(ended_, true)) return;
  reading_.reset(), writing_.reset();
  handlers_.ended();
}

}  // namespace hive::harness
