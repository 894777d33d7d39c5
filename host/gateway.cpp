#include "gateway.hpp"

#include <hive/os/unix_socket.hpp>

#include <sys/socket.h>

#include <algorithm>

namespace hive::host {

using Stream = boost::asio::local::stream_protocol;

constexpr std::chrono::milliseconds kAcceptPause{100};  // when descriptors or memory have run out

/// The accept loop. On its own strand.
struct Gateway::Listener : std::enable_shared_from_this<Gateway::Listener> {
  Listener(boost::asio::io_context& context, Door of, std::shared_ptr<GatewayShared> with)
      : io(context),
        door(std::move(of)),
        shared(std::move(with)),
        acceptor(boost::asio::make_strand(context)),
        pause(acceptor.get_executor()) {}

  void accept() {
    acceptor.async_accept(boost::asio::make_strand(io), [self = shared_from_this()](auto failure, auto socket) {
      if (!self->acceptor.is_open()) return;
      if (failure) return self->rest(kAcceptPause);
      self->admit(std::move(socket));
      self->go_on();
    });
  }
  /// Who connects without end is read more slowly too.
  void go_on() {
    const auto time = shared->rate.take_line(rpc::RateLimit::Clock::now());
    if (time.count() > 0) return rest(time);
    accept();
  }
  void rest(rpc::RateLimit::Clock::duration time) {
    pause.expires_after(time);
    pause.async_wait([self = shared_from_this()](auto failure) {
      if (!failure && self->acceptor.is_open()) self->go_on();
    });
  }
  void admit(Stream::socket socket) {
    const auto peer = os::peer_of(socket.native_handle());
    const auto& uids = door.uids;
    if (!peer || (!uids.empty() && std::find(uids.begin(), uids.end(), peer->uid) == uids.end())) return;
    if (shared->connections >= shared->limits.connections) return refuse(socket);
    auto connection = std::make_shared<Connection>(shared, std::move(socket));
    {
      std::lock_guard lock(mutex);
      if (closed) return;  // accepted while `close` went through the others
      std::erase_if(connections, [](const auto& known) { return known.expired(); });
      connections.push_back(connection);
    }
    connection->start();
  }
  void refuse(Stream::socket& socket) {
    const auto line = rpc::error_line("null", Code::busy, door.principal + " has too many connections; close one");
    ::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  boost::asio::io_context& io;
  const Door door;
  const std::shared_ptr<GatewayShared> shared;
  Stream::acceptor acceptor;
  boost::asio::steady_timer pause;
  std::mutex mutex;
  bool closed = false;
  std::vector<std::weak_ptr<Connection>> connections;
};

Gateway::Gateway(boost::asio::io_context& io, Router& router, EventHub& hub, Door door, GatewayLimits limits)
    : door_(std::move(door)),
      shared_(new GatewayShared{router, hub, door_.principal, limits}),
      listener_(std::make_shared<Listener>(io, door_, shared_)) {}

Gateway::~Gateway() {
  close();
}

Status Gateway::open(os::Fd listening) {
  boost::system::error_code failure;
  listener_->acceptor.assign(Stream(), listening.get(), failure);
  if (failure) return error(Code::unavailable, door_.principal + "'s socket: cannot listen: " + failure.message());
  listening.release();
  boost::asio::post(listener_->acceptor.get_executor(), [listener = listener_] { listener->accept(); });
  return {};
}

void Gateway::close() {
  boost::asio::post(listener_->acceptor.get_executor(), [listener = listener_] {
    boost::system::error_code ignored;  // it is closed either way
    listener->acceptor.close(ignored);
    listener->pause.cancel();
  });
  std::vector<std::shared_ptr<Connection>> alive;  // the last owner must not let go under the lock
  {
    std::lock_guard lock(listener_->mutex);
    listener_->closed = true;
    for (const auto& known : listener_->connections)
      if (auto connection = known.lock()) alive.push_back(std::move(connection));
  }
  for (const auto& connection : alive) connection->close();
}

}  // namespace hive::host
