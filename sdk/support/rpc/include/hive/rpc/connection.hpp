#pragma once
#include <hive/os/fd.hpp>
#include <hive/rpc/rate_limit.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace hive::rpc {

/// The socket's file name in a folder that is given instead of a socket.
inline constexpr std::string_view kSocketName = "host.sock";
/// Longest line that a host takes. What it sends may be longer by an envelope.
inline constexpr std::size_t kMaxLine = 1u << 20;
/// What may wait unsent before `send` refuses.
inline constexpr std::size_t kMaxUnsent = 4u << 20;

/// An event as it came; valid during the callback only.
struct EventText {
  std::string_view stamp, topic, payload;  // payload: JSON text
};

/// One client connection to a host: newline-delimited JSON-RPC 2.0 over a unix socket. Never blocks;
/// the owner polls `fd` and calls `on_readable` and `on_writable`, which run the callbacks. A callback
/// may send and cancel, but not destroy or move the connection. Not thread-safe: one thread at a time.
class Connection {
 public:
  using CallId = std::int64_t;
  /// The result as JSON text, or the host's error. Called once, from `on_readable` or `lose`.
  using Answer = std::function<void(Result<std::string>)>;

  /// Connects to a socket, or to `host.sock` in a folder, without waiting. Folders of any length are fine.
  /// Errors: unavailable (nobody listens there), forbidden (no permission), invalid_params (the socket's name is too
  /// long).
  static Result<Connection> open(const std::filesystem::path& socket_or_folder);
  /// Takes a connected stream socket and makes it non-blocking.
  explicit Connection(os::Fd connected);

  /// The descriptor that the owner polls; the connection closes it. -1: it is closed.
  int fd() const { return fd_.get(); }
  /// False once lose() has been called, also by on_readable().
  bool is_open() const { return bool(fd_); }
  /// Whether something waits to be sent: poll for writing, then call on_writable().
  bool want_write() const { return is_open() && !unsent_.empty(); }
  /// Calls without an answer yet, but for those that were forgotten.
  std::size_t pending() const { return pending_.size(); }
  /// True when the other side has gone and nothing is left to read. One system call.
  bool is_stale() const;

  /// Asks for `method`; `params` is one JSON object as text. When it answers with an error, nothing was
  /// sent and `answer` is not called. Errors: unavailable (closed), too_large (over kMaxLine),
  /// invalid_params (what the host could not read), busy (over kMaxUnsent waits).
  Result<CallId> send(std::string_view method, std::string_view params, Answer answer);
  /// Tells the host that nobody waits any more. The answer still comes, mostly as `cancelled`. Unknown calls are
  /// ignored.
  void cancel(CallId call);
  /// Drops `call`: its answer is ignored when it comes.
  void forget(CallId call) { pending_.erase(call); }

  /// Calls `handler` for each event that comes from now on, in their order. An earlier handler is replaced.
  void on_event(std::function<void(const EventText&)> handler) { event_ = std::move(handler); }
  /// The host gave up the subscription; events are missing from here on.
  void on_events_lost(std::function<void(Error)> handler) { events_lost_ = std::move(handler); }

  /// Charges everything that comes to `rate` before looking at it, and reads nothing while `rate` is used up. For a
  /// peer that is not trusted; `rate` outlives the connection.
  void charge(RateLimit& rate) { rate_ = &rate; }
  /// How long there is nothing to do for `on_readable`; 0: nothing holds it back.
  RateLimit::Clock::duration pause(RateLimit::Clock::time_point now) const;
  /// Lines have come that the rate has held back: call `on_readable` after `pause`, whatever `fd` says.
  bool has_unread() const { return !unread_.empty(); }

  /// Reads what has come, at most 1 MiB at a time, and runs the callbacks. Closes as lose() does, with unavailable when
  /// the other side has closed, too_large when a line is longer than kMaxLine and an envelope, and internal when one is
  /// no JSON-RPC.
  void on_readable(RateLimit::Clock::time_point now = RateLimit::Clock::now());
  /// Sends what waits, as much as the socket takes now. A failure shows at the next on_readable().
  void on_writable();
  /// Closes. Each pending call is answered with `why`; `unavailable` means that its outcome is unknown.
  void lose(const Error& why);

 private:
  void take(std::string_view bytes, RateLimit::Clock::time_point now);
  void line(std::string_view text);
  void answered(std::string_view id, Result<std::string> result);
  void notified(std::string_view method, std::string_view params);
  void write_some();

  os::Fd fd_;
  CallId next_ = 1;
  std::map<CallId, Answer> pending_;
  std::string partial_, unsent_;
  std::string unread_;         // whole lines, and the beginning of one
  RateLimit* rate_ = nullptr;  // not charged
  std::function<void(const EventText&)> event_;
  std::function<void(Error)> events_lost_;
};

}  // namespace hive::rpc
