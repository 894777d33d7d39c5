#include "mcp/stdio.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace hive::harness {
namespace {

/// A tool call's parameters are at most 1 MiB for the host; escaping may make that longer here.
constexpr std::size_t kLongestLine = 4u << 20;

}  // namespace

LineStream::LineStream(Poller& poller, os::Fd in, os::Fd out, Handlers handlers)
    : poller_(poller), in_(std::move(in)), out_(std::move(out)), handlers_(std::move(handlers)) {
  for (const int fd : {in_.get(), out_.get()}) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  poller_.watch(in_.get(), POLLIN, [this](short) { read_some(); });
}

LineStream::~LineStream() {
  poller_.forget(in_.get());
  poller_.forget(out_.get());
}

void LineStream::read_some() {
  std::array<char, 65'536> buffer;
  while (!ended_) {
    const auto got = ::read(in_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return end();
    take(std::string_view(buffer.data(), std::size_t(got)));
    if (std::size_t(got) < buffer.size()) return;  // all there was; asking again costs a call each line
  }
}

void LineStream::take(std::string_view bytes) {
  for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
    const auto whole = std::exchange(partial_, {}).append(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    if (std::exchange(skipping_, false)) continue;
    handlers_.line(whole);
  }
  if (skipping_) return;
  partial_ += bytes;
  if (partial_.size() <= kLongestLine) return;
  partial_.clear();
  partial_.shrink_to_fit();
  skipping_ = true;
  handlers_.too_long();
}

void LineStream::write(std::string line) {
  unsent_ += line;
  unsent_ += '\n';
  write_some();
}

void LineStream::write_some() {
  while (!unsent_.empty() && !ended_) {
    const auto sent = ::write(out_.get(), unsent_.data(), unsent_.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) return end();
    unsent_.erase(0, std::size_t(sent));
  }
  if (unsent_.empty() == !writing_) return;
  writing_ = !unsent_.empty();
  if (writing_)
    poller_.watch(out_.get(), POLLOUT, [this](short) { write_some(); });
  else
    poller_.forget(out_.get());
}

void LineStream::end() {
  if (std::exchange(ended_, true)) return;
  poller_.forget(in_.get());
  poller_.forget(out_.get());
  handlers_.ended();
}

}  // namespace hive::harness
