#pragma once
#include "connection.hpp"

#include <hive/os/fd.hpp>

#include <sys/types.h>

#include <mutex>
#include <vector>

namespace hive::host {

/// Who may connect to a socket, and as whom. A peer of another user is turned away.
struct Door {
  std::string principal;
  std::vector<uid_t> uids;  // of the peer; none: whoever the file's mode lets in
};

/// Newline-delimited JSON-RPC 2.0 on one unix socket. A connection that ends, in either direction,
/// cancels what it asked for.
class Gateway {
 public:
  Gateway(boost::asio::io_context& io, Router& router, EventHub& hub, Door door, GatewayLimits limits);
  ~Gateway();

  /// Serves a listening socket. Once.
  Status open(os::Fd listening);
  /// Accepts no more and ends every connection. [any-thread]
  void close();
  std::size_t connections() const { return shared_->connections; }
  /// That were looked at since it was opened.
  std::uint64_t lines() const { return shared_->lines; }
  const Door& door() const { return door_; }

 private:
  struct Listener;

  const Door door_;
  // shared_ptr: connections and the accept loop outlive the gateway while their last operations end.
  std::shared_ptr<GatewayShared> shared_;
  std::shared_ptr<Listener> listener_;
};

}  // namespace hive::host
