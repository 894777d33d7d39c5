#pragma once
#include <hive/http/routes.hpp>

#include <chrono>

namespace hive::http {

using LogFn = std::function<void(abi::Level, std::string_view)>;

/// What a client may make the server hold, and for how long.
struct Limits {
  std::size_t head_bytes = 16'384;  // beyond: 431
  std::size_t headers = 100;        // beyond: 431
  std::size_t body_bytes = 65'536;  // beyond: 413
  std::size_t connections = 2'048;  // beyond: the one that asks for nothing longest is closed, or else 503
  std::size_t streams = 1'536;      // beyond: 503
  std::size_t stream_queue_bytes = 1u << 20;
  std::size_t unsent_bytes = 256u << 20;  // of all connections; beyond: the one that adds to it is cut

  std::chrono::milliseconds head_time{10'000};  // from the first byte, and from connecting; 408
  std::chrono::milliseconds body_time{10'000};  // from the end of the head; 408
  std::chrono::milliseconds idle_time{75'000};  // between requests; closed without a word
  std::chrono::milliseconds answer_time{190'000};
  std::chrono::milliseconds stall_time{30'000};  // a reader that takes nothing
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds linger_time{2'000};  // for the client to read the last answer
  std::chrono::milliseconds tick{500};           // how often these are looked at
};

/// What a server is opened with; it keeps a copy. Its functions may be called on several threads at once.
struct ServerOptions {
  std::string address = "127.0.0.1";  // an IPv4 or IPv6 address, no name
  std::uint16_t port = 0;             // 0: one that is free
  /// Names that the Host header may have beside 127.0.0.1, [::1], localhost and `address`; any other is
  /// answered 421, so that a name that was made to resolve here (DNS rebinding) reaches nothing.
  std::vector<std::string> hosts{};
  /// Sent with every answer, also with errors: Content-Security-Policy and the like.
  std::vector<Header> headers{};
  /// Asked before each routed or unrouted request, on a server thread; what it returns is the answer.
  /// The place for sessions and Origin.
  std::function<std::optional<Response>(const Request&)> check{};
  /// The answer where no route is, made on a server thread; absent: a problem with status 404.
  std::function<Response(const Request&)> not_found{};
  std::size_t threads = 1;  // that read and call handlers; one more writes
  Limits limits{};
  /// Called on server threads, and on those that give answers. What clients do wrong is `debug`.
  LogFn log{};
};

/// Running totals since the start, and what is open now. [any-thread]
struct Figures {
  std::size_t connections = 0, streams = 0, unsent_bytes = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;  // answered by the gate, not by a route
  std::uint64_t cut = 0;      // readers that were too slow, clients that ran into a limit
};

/// HTTP/1.1 on one TCP port. Pistache listens, accepts, reads and sees clients go, on its threads; each
/// byte passes the server's own gate, which hands on whole requests, one at a time and in order; answers
/// are written without blocking, and what a client does not take at once by a thread of its own.
/// No TLS: bind to loopback, or put a proxy before it.
///
/// Any number of servers may live in a process, one after the other or at once; each life leaks a few
/// descriptors in Pistache, so do not open and close one all day.
class Server {
 public:
  /// Listens and serves. Raises the soft limit on open files to what `connections` needs; where the hard
  /// one forbids that, fewer connections are taken, and that is logged.
  /// Errors: invalid_params (an address, pattern or header that makes no sense), conflict (another program
  /// listens there, or keeps a connection from when it did), unavailable (the port is not allowed, and the like).
  /// [blocking]
  static Result<std::unique_ptr<Server>> open(ServerOptions options, Routes routes);
  /// As stop() with a second, where it was not called. [blocking]
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Answers by these routes from the next request on, in place of those before; one that is refused is not there.
  /// Handlers of requests that came before may still run. [any-thread]
  void mount(Routes routes);
  /// The port that it listens on, also where a free one was asked for. [any-thread]
  std::uint16_t port() const;
  /// The totals at this moment. [any-thread]
  Figures figures() const;
  /// Answers 503 to new requests, ends streams, waits up to `grace` for answers that are owed or half
  /// written, then closes everything and ends the threads: no handler or callback runs after it. Never
  /// call it from one. [blocking]
  void stop(std::chrono::milliseconds grace);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace hive::http
