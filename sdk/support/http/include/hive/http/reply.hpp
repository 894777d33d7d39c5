#pragma once
#include <hive/http/response.hpp>

#include <cstdint>
#include <functional>

namespace hive::http {

class Connection;

/// One Server-Sent Event as bytes. `data` may have several lines; `id` and `event` are cut at the first
/// control character. [any-thread]
Bytes event(std::string_view id, std::string_view event, std::string_view data);

/// The sending end of a Server-Sent Events stream, handed out by Reply::stream.
///
/// Frames wait in a queue of at most Limits::stream_queue_bytes; a reader that lets it overflow, or takes
/// nothing for Limits::stall_time, is cut. A comment goes out when nothing else did for Limits::heartbeat.
/// Frames are written without blocking: to a few streams by who sends, to many by the server's own thread,
/// several in one system call. Destroying the object ends
/// the stream once what waits is written. Move-only; its functions are [any-thread], one call at a time.
class EventStream {
 public:
  EventStream() = default;
  EventStream(EventStream&&) noexcept = default;
  EventStream& operator=(EventStream&& other) noexcept;
  ~EventStream();

  /// Queues a frame; never blocks. False once the client is gone or was cut: nothing was queued then.
  bool send(const Bytes& frame);
  /// False once the client is gone or was cut, and for a stream that was never opened.
  bool is_open() const;
  /// `told` is called once, on a server thread and never from within a call of this class, when the client
  /// has gone or was cut; soon, if that was so already; not when this side ends the stream. It may still
  /// run while the stream is being destroyed: let it post to where the stream lives.
  void on_gone(std::function<void()> told);

 private:
  friend class Reply;
  explicit EventStream(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  std::shared_ptr<Connection> connection_;  // shared: the server's threads use it too
};

/// The one answer of a request. Given from any thread, now or later; the connection's next request is
/// served after it. One that is dropped answers an empty 500, and that is logged. One that is still owed
/// after Limits::answer_time is answered 504, and what comes later is ignored. Outlives the server safely.
class Reply {
 public:
  Reply(Reply&& other) noexcept = default;
  Reply& operator=(Reply&&) = delete;
  ~Reply();

  /// Hands the answer over; never blocks. A second answer is ignored. [any-thread]
  void send(Response response);
  /// Answers with an event stream. When the server has Limits::streams already, the client gets a 503 and
  /// the stream is closed. [any-thread]
  EventStream stream(std::vector<Header> headers = {});
  /// Whether nobody waits for the answer any more. [any-thread]
  bool is_gone() const;

 private:
  friend class Connection;
  Reply(std::shared_ptr<Connection> connection, std::uint64_t turn) : connection_(std::move(connection)), turn_(turn) {}
  std::shared_ptr<Connection> connection_;
  std::uint64_t turn_;
};

}  // namespace hive::http
