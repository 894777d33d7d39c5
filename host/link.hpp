#pragma once
#include <hive/os/fd.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/strand.hpp>

#include <functional>
#include <memory>
#include <string>

namespace hive::host {

/// What the boundary's functions become between two processes: one frame each way a function.
enum class Verb : std::uint8_t {
  start,
  started,
  stop,
  stopped,
  answer,
  retract,
  answer_ended,
  request,
  request_cancelled,
  reply,
  call,
  cancel,
  done,
  publish,
  subscribe,
  unsubscribe,
  event,
  subscription_ended,
  log,
};

/// `id` is what the plugin's side calls the thing (a context's address) or a CallId.
struct Frame {
  Verb verb{};
  abi::Code code = abi::Code::ok;
  std::uint64_t id = 0, number = 0;
  std::uint32_t bits = 0;
  std::string_view name{}, detail{}, payload{};
};

/// Frames over a stream socket. Both ends are the same program, so a frame is its fields' bytes. [strand]
class Link : public std::enable_shared_from_this<Link> {
 public:
  using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;

  Link(const Strand& strand, os::Fd socket);
  /// `on_closed` comes once, unless `close` came first.
  void open(std::function<void(const Frame&)> on_frame, std::function<void()> on_closed);
  void send(const Frame& frame);
  void close();
  std::size_t unsent() const { return waiting_.size() + writing_.size(); }

 private:
  void read();
  void take_frames();
  void write();
  void lost();

  boost::asio::local::stream_protocol::socket socket_;
  std::function<void(const Frame&)> on_frame_;
  std::function<void()> on_closed_;
  std::string in_, waiting_, writing_;
};

}  // namespace hive::host
