#include "readers.hpp"

#include "figures.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace hive::bench {

Readers::Readers() : poll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC)) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = -1}};
  ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  thread_ = std::thread([this] { run(); });
}

Readers::~Readers() {
  done_ = true;
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
  thread_.join();
}

bool Readers::connect(std::uint16_t port, std::string_view request) {
  os::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) return false;
  if (!request.empty() && ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return false;
  epoll_event event{.events = EPOLLIN, .data = {.fd = socket.get()}};
  ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, socket.get(), &event);
  sockets_.push_back(std::move(socket));
  return true;
}

void Readers::run() {
  stay_on(Processor::last);
  std::array<epoll_event, 256> events;
  std::vector<char> buffer(1u << 16);
  while (!done_) {
    const int count = ::epoll_wait(poll_.get(), events.data(), int(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      if (events[std::size_t(i)].data.fd < 0) continue;
      const auto got = ::recv(events[std::size_t(i)].data.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got > 0) read_ += std::uint64_t(got);
    }
    if (read_ >= wanted_ && !reached_.exchange(true)) reached_.notify_one();
  }
}

void Readers::reset() {
  wanted_ = UINT64_MAX;
  reached_ = false;
  read_ = 0;
}

void Readers::wait_for(std::uint64_t bytes) {
  wanted_ = bytes;
  // Set before the last bytes came, or else they are there.
  while (read_ < bytes) reached_.wait(false);
}

}  // namespace hive::bench
