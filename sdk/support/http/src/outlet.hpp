#pragma once
#include <hive/http/response.hpp>

#include <sys/types.h>

#include <deque>

#include "loop.hpp"

namespace hive::http {

class Core;

/// The socket of one client and the frames that wait until it takes them. Writes without blocking. Not thread-safe: its
/// owner holds its own lock.
class Outlet {
 public:
  using Clock = std::chrono::steady_clock;

  /// `core` counts what waits, and outlives it.
  Outlet(Core& core, os::Fd socket);

  /// Queues a frame that is not empty. False: all clients together have more waiting now than they may.
  bool put(Bytes frame);
  enum class Written { all, waits, gone };
  /// Writes what the socket takes, but not so much that others would not have their turn.
  Written write();
  /// Calls `then` on the loop when the socket takes more, and is_awaiting() until end_wait(). Errors: unavailable.
  Status await(std::function<void()> then);
  void end_wait() { awaiting_ = false; }

  bool is_awaiting() const { return awaiting_; }
  bool is_empty() const { return frames_.empty(); }
  std::size_t waiting() const { return waiting_; }  // bytes
  /// Whether something waits and the socket has taken nothing for longer than `most`.
  bool is_stalled(Clock::time_point now, Clock::duration most) const;

  /// Tells the client that nothing more comes; what it sends is still read.
  void end_sending() const;
  /// Drops what waits and ends both directions.
  void close();

 private:
  ssize_t send_some() const;
  void take_written(std::size_t count);

  Core& core_;
  os::Fd own_;                          // until the loop watches it
  std::unique_ptr<Writable> writable_;  // owns the socket then
  const int socket_;                    // the number, in either case
  std::deque<Bytes> frames_;
  std::size_t waiting_ = 0;  // of frames_, less what was written of its first
  std::size_t begin_ = 0;    // of the first
  bool awaiting_ = false;
  Clock::time_point progress_ = Clock::now();
};

}  // namespace hive::http
