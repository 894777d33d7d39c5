#pragma once
#include "gateway_shared.hpp"

#include <boost/asio/local/stream_protocol.hpp>

namespace hive::host {

/// The socket of one client. Whoever has something for the client writes it without waiting, and what the socket does
/// not take is queued for the strand.
class ClientSocket {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  /// `shared` counts what is queued, and outlives it.
  ClientSocket(GatewayShared& shared, Socket socket) : shared_(shared), socket_(std::move(socket)) {}

  /// What is left to the caller. `send_rest`: call that on the strand once the socket takes bytes.
  enum class Next { nothing, send_rest, close };
  Next send(std::string_view text);  // [any-thread]
  Next send_rest();                  // [strand]
  /// Bytes that are queued. [any-thread]
  std::size_t unsent() const;

  bool is_open() const;  // [any-thread]
  /// Nothing is sent from now on. False: it was closed before. [strand]
  bool close();
  /// For waiting and reading. [strand]
  Socket& socket() { return socket_; }

 private:
  bool write(std::string_view& text);

  GatewayShared& shared_;
  mutable std::mutex mutex_;  // guards what follows
  Socket socket_;
  bool open_ = true, writing_ = false;
  std::string unsent_;
};

}  // namespace hive::host
