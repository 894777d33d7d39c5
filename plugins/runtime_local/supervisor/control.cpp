#include "control.hpp"

#include <hive/os/unix_socket.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace hive::supervisor {
namespace {

constexpr std::size_t kMostClients = 16;
constexpr std::size_t kMostUnread = 4'096;
constexpr std::chrono::milliseconds kAcceptPause{100};  // when descriptors or memory have run out

}  // namespace

ControlSocket::ControlSocket(os::EventLoop& loop, os::Fd listener, Hearer hearer)
    : loop_(loop),
      hearer_(std::move(hearer)),
      listener_(loop_.watch(std::move(listener), POLLIN, [this](short) { accept_later(); })) {}

/// Once those have been heard whose hang-up came at the same time: their places are free.
void ControlSocket::accept_later() {
  accepting_ = loop_.after({}, [this] { accept_one(); });
}

void ControlSocket::accept_one() {
  os::Fd socket(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket && (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)) return;
  if (!socket) return rest();
  troubled_ = false;
  const auto peer = os::peer_of(socket.get());
  if (!peer || peer->uid != ::geteuid()) return;
  auto& client = clients_.emplace_back();
  client.socket = loop_.watch(std::move(socket), POLLIN, [this, &client](short) { hear(client); });
  if (clients_.size() > kMostClients)
    turn_away(client, std::to_string(kMostClients) + " clients are connected, which is the most; try again later");
  remove_gone();
}

/// Accepts nobody for a moment: who waits stays ready, so that the loop would spin.
void ControlSocket::rest() {
  const auto why = os::last_error("a client cannot be accepted");
  if (!std::exchange(troubled_, true)) hearer_.on_trouble(why.message + "; it is tried again");
  listener_.set_events(0);
  accepting_ = loop_.after(kAcceptPause, [this] { listener_.set_events(POLLIN); });
}

void ControlSocket::turn_away(Client& client, const std::string& why) {
  tell(client, {.ok = false, .error = why});
  client.socket.reset();
}

void ControlSocket::hear(Client& client) {
  char block[kMostUnread];
  const auto got = ::read(client.socket.fd(), block, sizeof block);
  if (got <= 0) {
    client.socket.reset();
  } else {
    client.unread.append(block, std::size_t(got));
    take_lines(client);
  }
  remove_gone();
}

void ControlSocket::take_lines(Client& client) {
  for (const auto& line : os::take_lines(client.unread)) {
    auto request = decode_text<Request>(line, Unknown::ignore);
    if (request)
      hearer_.on_request(client, *request);
    else
      tell(client, {.ok = false, .error = request.error().message});
  }
  if (client.unread.size() > kMostUnread)
    turn_away(client, "a request has more than " + std::to_string(kMostUnread) + " bytes; end each with a newline");
}

void ControlSocket::tell(Client& client, const Notice& notice) {
  if (!client.socket) return;
  const auto line = encode_text(notice) + "\n";
  const auto sent = ::send(client.socket.fd(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent != ssize_t(line.size())) client.socket.reset();
}

void ControlSocket::tell_watchers(const Notice& notice) {
  for (auto& client : clients_)
    if (client.watches) tell(client, notice);
  remove_gone();
}

void ControlSocket::remove_gone() {
  clients_.remove_if([](const Client& client) { return !client.socket; });
}

bool ControlSocket::watched() const {
  return std::any_of(clients_.begin(), clients_.end(), [](const Client& client) { return client.watches; });
}

}  // namespace hive::supervisor
