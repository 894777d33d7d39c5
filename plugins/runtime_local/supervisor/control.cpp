#include "control.hpp"

#include <hive/os/unix_socket.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace hive::supervisor {
namespace {

constexpr std::size_t kMostClients = 16;
constexpr std::size_t kMostUnread = 4'096;

}  // namespace

bool is_ready(const std::vector<pollfd>& polled, int fd) {
  return std::any_of(polled.begin(), polled.end(), [&](const pollfd& p) { return p.fd == fd && p.revents != 0; });
}

Result<ControlSocket> ControlSocket::open(int folder, const std::string& name) {
  auto listener = os::listen_in(folder, name);
  if (!listener) return listener.error();
  return ControlSocket(std::move(*listener));
}

void ControlSocket::add_to(std::vector<pollfd>& polled) const {
  polled.push_back({listener_.get(), POLLIN, 0});
  for (const auto& client : clients_) polled.push_back({client.socket.get(), POLLIN, 0});
}

void ControlSocket::serve(const std::vector<pollfd>& polled, const OnRequest& on_request) {
  for (auto& client : clients_)
    if (is_ready(polled, client.socket.get())) hear(client, on_request);
  clients_.remove_if([](const Client& client) { return !client.socket; });
  if (is_ready(polled, listener_.get())) accept_one();
}

void ControlSocket::accept_one() {
  os::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket) return;
  const auto peer = os::peer_of(socket.get());
  if (!peer || peer->uid != ::geteuid()) return;
  Client client{std::move(socket), {}, false};
  if (clients_.size() >= kMostClients)
    return turn_away(client,
                     std::to_string(kMostClients) + " clients are connected, which is the most; try again later");
  clients_.push_back(std::move(client));
}

void ControlSocket::turn_away(Client& client, const std::string& why) {
  tell(client, {.ok = false, .error = why});
  client.socket.reset();
}

void ControlSocket::hear(Client& client, const OnRequest& on_request) {
  char block[kMostUnread];
  const auto got = ::read(client.socket.get(), block, sizeof block);
  if (got <= 0) return client.socket.reset();
  client.unread.append(block, std::size_t(got));
  for (const auto& line : os::take_lines(client.unread)) {
    auto request = decode_text<Request>(line, Unknown::ignore);
    if (request)
      on_request(client, *request);
    else
      tell(client, {.ok = false, .error = request.error().message});
  }
  if (client.unread.size() > kMostUnread)
    turn_away(client, "a request has more than " + std::to_string(kMostUnread) + " bytes; end each with a newline");
}

void ControlSocket::tell(Client& client, const Notice& notice) {
  if (!client.socket) return;
  const auto line = encode_text(notice) + "\n";
  const auto sent = ::send(client.socket.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent != ssize_t(line.size())) client.socket.reset();
}

void ControlSocket::tell_watchers(const Notice& notice) {
  for (auto& client : clients_)
    if (client.watches) tell(client, notice);
  clients_.remove_if([](const Client& client) { return !client.socket; });
}

bool ControlSocket::watched() const {
  return std::any_of(clients_.begin(), clients_.end(), [](const Client& client) { return client.watches; });
}

}  // namespace hive::supervisor
