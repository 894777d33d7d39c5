#include "link.hpp"

#include <boost/asio/write.hpp>

#include <cstring>

namespace hive::host {
namespace {

struct Header {
  std::uint32_t name, detail, payload, code, bits;
  Verb verb;
  std::uint64_t id, number;
};
constexpr std::size_t kReadAtOnce = 65'536;
constexpr std::size_t kMaxFrame = 4 << 20;  // a payload is at most 1 MiB; more is a broken peer

}  // namespace

Link::Link(const Strand& strand, os::Fd socket)
    : socket_(strand, boost::asio::local::stream_protocol(), socket.release()) {}

void Link::open(std::function<void(const Frame&)> on_frame, std::function<void()> on_closed) {
  on_frame_ = std::move(on_frame);
  on_closed_ = std::move(on_closed);
  read();
}

void Link::send(const Frame& frame) {
  if (!socket_.is_open()) return;
  const auto size = [](std::string_view text) { return std::uint32_t(text.size()); };
  const Header header{size(frame.name), size(frame.detail), size(frame.payload), std::uint32_t(frame.code), frame.bits,
                      frame.verb,       frame.id,           frame.number};
  waiting_.append(reinterpret_cast<const char*>(&header), sizeof header);
  waiting_.append(frame.name).append(frame.detail).append(frame.payload);
  if (writing_.empty()) write();
}

void Link::write() {
  writing_.swap(waiting_);
  boost::asio::async_write(socket_, boost::asio::buffer(writing_),
                           [self = shared_from_this()](auto failure, std::size_t) {
                             if (failure) return self->lost();
                             self->writing_.clear();
                             if (!self->waiting_.empty()) self->write();
                           });
}

void Link::read() {
  const auto used = in_.size();
  in_.resize(used + kReadAtOnce);
  socket_.async_read_some(boost::asio::buffer(in_.data() + used, kReadAtOnce),
                          [self = shared_from_this(), used](auto failure, std::size_t got) {
                            self->in_.resize(used + got);
                            if (failure) return self->lost();
                            self->take_frames();
                            if (self->socket_.is_open()) self->read();
                          });
}

void Link::take_frames() {
  std::size_t at = 0;
  for (Header header; socket_.is_open() && in_.size() - at >= sizeof header;) {
    std::memcpy(&header, in_.data() + at, sizeof header);
    const auto size = sizeof header + std::size_t{header.name} + header.detail + header.payload;
    if (size > kMaxFrame) return lost();
    if (in_.size() - at < size) break;
    const auto rest = std::string_view(in_).substr(at + sizeof header);
    on_frame_({header.verb, abi::Code(header.code), header.id, header.number, header.bits, rest.substr(0, header.name),
               rest.substr(header.name, header.detail), rest.substr(header.name + header.detail, header.payload)});
    at += size;
  }
  in_.erase(0, at);
}

void Link::lost() {
  if (!socket_.is_open()) return;
  close();
  on_closed_();
}

void Link::close() {
  boost::system::error_code ignored;  // the descriptor is gone either way
  if (socket_.is_open()) socket_.close(ignored);
}

}  // namespace hive::host
