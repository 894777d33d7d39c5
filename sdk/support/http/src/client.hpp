#pragma once
#include <mutex>

#include "outlet.hpp"

namespace hive::http {

/// One client as whoever sends to it sees it: what it is sent, and how it ends. It is open; then closing, once what
/// waits is written; then lingering, until it has read that; then gone.
///
/// Has a descriptor of its own for the client's socket (a duplicate of Pistache's), so that nothing is ever written to
/// a number that was given to somebody else meanwhile. What is not marked [any-thread] wants the lock held. Logs and
/// what else is not the server's are called without it.
class Client : public std::enable_shared_from_this<Client> {
 public:
  using Clock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;
  enum class State { open, closing, lingering, gone };

  Client(std::shared_ptr<Core> core, os::Fd socket, std::string peer);
  virtual ~Client() = default;

  void close();            // [any-thread]
  void write_scheduled();  // [any-thread]
  Core& core() const { return *core_; }
  std::mutex& mutex() const { return mutex_; }

  State state() const { return state_; }
  const Outlet& outlet() const { return outlet_; }
  const std::string& peer() const { return peer_; }

  void put(Bytes frame);
  /// Writes what the socket takes; the loop writes the rest.
  void flush();
  /// The same, soon, together with what others have to write when there are many.
  void flush_soon();
  void end_once_written();
  void leave();
  /// Leaves because of what the client does, which is logged.
  void cut(const std::string& why);
  void log_later(abi::Level level, std::string words);

 protected:
  /// What it sends after its last answer is dropped, up to a limit.
  void swallow(std::size_t bytes);
  /// Ends it when it takes nothing for too long, also while it lingers.
  void check_patience(Clock::time_point now);

  bool ended_ = false;  // the client sends nothing more

 private:
  /// It lingers or leaves from now on.
  virtual void over() = 0;
  /// What waited for the socket was written, or as much as it took.
  virtual void written(Lock& lock) = 0;
  void linger();
  void on_writable();

  const std::shared_ptr<Core> core_;
  const std::string peer_;
  mutable std::mutex mutex_;  // of everything below, and of what derives from this
  State state_ = State::open;
  Outlet outlet_;
  bool scheduled_ = false;
  std::size_t swallowed_ = 0;  // bytes
  Clock::time_point lingers_until_{};
};

}  // namespace hive::http
