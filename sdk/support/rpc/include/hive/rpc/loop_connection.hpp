#pragma once
#include <hive/os/event_loop.hpp>
#include <hive/rpc/connection.hpp>

namespace hive::rpc {

/// A connection that an event loop looks after: it is read when something has come and its rate allows it, and what
/// waits is written. One thread: that of the loop, which outlives it.
class LoopConnection {
 public:
  using CallId = Connection::CallId;

  /// `served` is called after the loop has read or written, when every callback of the connection has returned; it
  /// may destroy this. It asks is_open() to hear of a loss. Not called for what the methods below do.
  LoopConnection(os::EventLoop& loop, Connection connection, std::function<void()> served);
  LoopConnection(const LoopConnection&) = delete;

  // As those of Connection, and like them allowed in its callbacks.

  /// False once the connection was lost or closed.
  bool is_open() const { return connection_.is_open(); }
  /// Calls without an answer yet.
  std::size_t pending() const { return connection_.pending(); }
  /// Asks for `method` and has the loop send and wait. Errors: unavailable (closed), too_large, invalid_params, busy.
  Result<CallId> send(std::string_view method, std::string_view params, Connection::Answer answer);
  /// Tells the host that nobody waits any more. The answer still comes.
  void cancel(CallId call);
  /// Closes, and answers each pending call with `why` before it returns.
  void lose(const Error& why);

 private:
  void serve(short events);
  void watch();

  os::EventLoop& loop_;
  Connection connection_;
  std::function<void()> served_;
  os::EventLoop::Watch watch_;
  os::EventLoop::Timer resuming_;
};

}  // namespace hive::rpc
