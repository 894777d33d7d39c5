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

  bool is_open() const { return connection_.is_open(); }
  std::size_t pending() const { return connection_.pending(); }
  /// As those of Connection, and like them allowed in its callbacks.
  Result<CallId> send(std::string_view method, std::string_view params, Connection::Answer answer);
  void cancel(CallId call);
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
