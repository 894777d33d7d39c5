#pragma once
#include "core.hpp"

namespace hive::http {

/// The Pistache part: a TCP listener with its workers, which accept, read, and see clients go. Pistache's
/// own HTTP is not used: its parser hangs on a chunked body cut between CR and LF, reads the rest of a
/// body that was too large as new requests, drops pipelined ones, and its writer spins on a full socket.
class Listener {
 public:
  /// Errors: invalid_params (no address), conflict (another listens there, or keeps a connection from when it did),
  /// unavailable (it cannot be bound).
  /// [blocking]
  static Result<std::unique_ptr<Listener>> open(std::shared_ptr<Core> core);
  ~Listener();

  std::uint16_t port() const;
  /// Ends the workers; nothing is accepted or read after it. Best when no connection is left. [blocking]
  void stop();
  /// Closes what Pistache had accepted and no worker had taken over when they were stopped: nobody knows these
  /// sockets, and their clients would wait for an answer for as long as the process lives. After stop(), once
  /// every connection is closed that was seen.
  void close_unseen();

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hive::http
