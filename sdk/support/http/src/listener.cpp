#include "listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pistache/listener.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <unordered_set>

#include "connection.hpp"
#include "port_users.hpp"

namespace hive::http {
namespace {

constexpr const char* kConnection = "connection";
constexpr int kBacklog = 1'024;  // a browser's reload and a thousand readers that come back at once
constexpr std::chrono::milliseconds kPatience{1'000};  // for Pistache to see that its clients are gone

/// Descriptors of clients that Pistache has open. It closes one when it sees its client go, and none when
/// it is stopped; its own list (getAllPeer) cannot be read while its workers run.
class OpenPeers {
 public:
  void add(int fd) {
    const std::lock_guard lock(mutex_);
    open_.insert(fd);
  }
  void remove(int fd) {
    const std::lock_guard lock(mutex_);
    open_.erase(fd);
  }
  bool empty() const {
    const std::lock_guard lock(mutex_);
    return open_.empty();
  }
  /// Once no worker runs any more.
  void close_all() {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) os::Fd(fd).reset();
    open_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_set<int> open_;
};

/// What Pistache's workers call, one copy for each. Exceptions must not reach Pistache: they would end
/// the process.
class Door final : public Pistache::Tcp::Handler {
  PROTOTYPE_OF(Pistache::Tcp::Handler, Door)

 public:
  Door(std::shared_ptr<Core> core, std::shared_ptr<OpenPeers> peers)
      : core_(std::move(core)), peers_(std::move(peers)) {}

  void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    guarded(peer, [&] {
      peers_->add(peer->fd());
      os::Fd own(::fcntl(peer->fd(), F_DUPFD_CLOEXEC, 3));
      if (!own) return turn_away(*peer, os::last_error("a connection could not be taken").message);
      auto connection = core_->admit(std::move(own), peer->address().host());
      if (!connection) ::shutdown(peer->fd(), SHUT_RDWR);
      if (connection) peer->putData(kConnection, std::move(connection));
    });
  }

  void onInput(const char* buffer, std::size_t size, const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    guarded(peer, [&] {
      if (const auto connection = connection_of(*peer)) connection->on_input({buffer, size});
    });
  }

  void onDisconnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
    guarded(peer, [&] {
      peers_->remove(peer->fd());
      if (const auto connection = connection_of(*peer)) connection->on_end();
    });
  }

 private:
  static std::shared_ptr<Connection> connection_of(const Pistache::Tcp::Peer& peer) {
    return std::static_pointer_cast<Connection>(peer.tryGetData(kConnection));
  }

  void turn_away(const Pistache::Tcp::Peer& peer, const std::string& why) const {
    core_->log(abi::Level::error, why + "; raise the limit on open files or take fewer connections");
    ::shutdown(peer.fd(), SHUT_RDWR);
  }

  template <class Work>
  void guarded(const std::shared_ptr<Pistache::Tcp::Peer>& peer, Work work) noexcept {
    try {
      work();
    } catch (const std::exception& thrown) {
      core_->log(abi::Level::error,
                 std::string("a connection was closed, out of memory or by a fault: ") + thrown.what());
      ::shutdown(peer->fd(), SHUT_RDWR);
    }
  }

  const std::shared_ptr<Core> core_;
  const std::shared_ptr<OpenPeers> peers_;  // shared by all copies
};

Status check_address(const std::string& address) {
  in6_addr parsed{};
  if (::inet_pton(AF_INET, address.c_str(), &parsed) == 1 || ::inet_pton(AF_INET6, address.c_str(), &parsed) == 1)
    return {};
  return error(Code::invalid_params,
               "http: '" + address + "' is not an IPv4 or IPv6 address; give one, such as 127.0.0.1");
}

/// Whether somebody listens there already, which what Pistache throws does not tell from other failures.
bool is_taken(const ServerOptions& options) {
  if (options.port == 0) return false;
  sockaddr_in four{.sin_family = AF_INET, .sin_port = htons(options.port), .sin_addr = {}, .sin_zero = {}};
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(options.port);
  const bool is_four = ::inet_pton(AF_INET, options.address.c_str(), &four.sin_addr) == 1;
  if (!is_four && ::inet_pton(AF_INET6, options.address.c_str(), &six.sin6_addr) != 1) return false;
  const os::Fd probe(::socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!probe) return false;
  constexpr int kOn = 1;
  ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn);  // as Pistache does
  const auto* where = is_four ? reinterpret_cast<const sockaddr*>(&four) : reinterpret_cast<const sockaddr*>(&six);
  const auto size = is_four ? sizeof four : sizeof six;
  return ::bind(probe.get(), where, socklen_t(size)) != 0 && errno == EADDRINUSE;
}

/// Who answered there before could go on over its connection, and pass on what browser and host say to each other.
Error held(const std::string& where, uid_t user) {
  return error(Code::conflict, "http: another program, of uid " + std::to_string(user) +
                                   ", keeps a connection that it took at " + where +
                                   " before; end that program, or configure another address or port");
}

}  // namespace

struct Listener::Impl {
  explicit Impl(const Pistache::Address& address) : listener(std::make_unique<Pistache::Tcp::Listener>(address)) {}
  std::unique_ptr<Pistache::Tcp::Listener> listener;
  std::shared_ptr<OpenPeers> peers = std::make_shared<OpenPeers>();
  std::uint16_t port = 0;
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Listener::~Listener() {
  stop();
}

Result<std::unique_ptr<Listener>> Listener::open(std::shared_ptr<Core> core) {
  const auto& options = core->options();
  if (auto fits = check_address(options.address); !fits) return fits.error();
  const bool six = options.address.find(':') != std::string::npos;
  const auto where = (six ? '[' + options.address + ']' : options.address) + ':' + std::to_string(options.port);
  try {
    auto impl = std::make_unique<Impl>(Pistache::Address(where));
    using Option = Pistache::Tcp::Options;
    impl->listener->init(std::max<std::size_t>(options.threads, 1),
                         Pistache::Flags<Option>(Option::ReuseAddr) | Option::CloseOnExec | Option::NoDelay, "http",
                         kBacklog);
    impl->listener->setHandler(std::make_shared<Door>(core, impl->peers));
    impl->listener->bind();
    impl->port = impl->listener->getPort();
    if (const auto user = held_elsewhere(options.address, impl->port)) return held(where, *user);
    impl->listener->runThreaded();
    return std::unique_ptr<Listener>(new Listener(std::move(impl)));
  } catch (const std::exception& thrown) {
    if (is_taken(options))
      return error(Code::conflict,
                   "http: another program listens at " + where + "; stop it, or configure another address or port");
    return error(Code::unavailable,
                 "http: " + where + " cannot be listened on: " + thrown.what() + "; configure another address or port");
  }
}

std::uint16_t Listener::port() const {
  return impl_->port;
}

void Listener::stop() {
  if (!impl_->listener) return;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!impl_->peers->empty() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  impl_->listener->shutdown();
  impl_->listener.reset();
  impl_->peers->close_all();
}

void Listener::close_unseen() {
  for (const int fd : connected_at(impl_->port)) os::Fd(fd).reset();
}

}  // namespace hive::http
