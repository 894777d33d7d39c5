#include "client_socket.hpp"

#include <sys/socket.h>

#include <algorithm>

namespace hive::host {

/// Takes off `text` what the socket takes. False: it takes nothing any more.
bool ClientSocket::write(std::string_view& text) {
  const auto sent = ::send(socket_.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
  text.remove_prefix(std::size_t(std::max<ssize_t>(sent, 0)));
  return true;
}

ClientSocket::Next ClientSocket::send(std::string_view text) {
  std::lock_guard lock(mutex_);
  if (!open_) return Next::nothing;
  if (!writing_ && !write(text)) return Next::close;
  if (text.empty()) return Next::nothing;
  if ((shared_.unsent += text.size()) > shared_.limits.unsent_in_all) {
    shared_.unsent -= text.size();
    return Next::close;
  }
  unsent_ += text;
  return std::exchange(writing_, true) ? Next::nothing : Next::send_rest;
}

ClientSocket::Next ClientSocket::send_rest() {
  std::lock_guard lock(mutex_);
  if (!open_) return Next::nothing;
  std::string_view left = unsent_;
  if (!write(left)) return Next::close;
  const auto gone = unsent_.size() - left.size();
  unsent_.erase(0, gone);
  shared_.unsent -= gone;
  writing_ = !unsent_.empty();
  if (writing_) return Next::send_rest;
  unsent_.shrink_to_fit();
  return Next::nothing;
}

std::size_t ClientSocket::unsent() const {
  std::lock_guard lock(mutex_);
  return unsent_.size();
}

bool ClientSocket::is_open() const {
  std::lock_guard lock(mutex_);
  return open_;
}

bool ClientSocket::close() {
  std::lock_guard lock(mutex_);
  if (!std::exchange(open_, false)) return false;
  boost::system::error_code ignored;  // the descriptor is gone either way
  socket_.close(ignored);
  shared_.unsent -= unsent_.size();
  unsent_ = {};
  return true;
}

}  // namespace hive::host
