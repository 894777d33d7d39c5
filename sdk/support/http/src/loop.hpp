#pragma once
#include <hive/os/fd.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace hive::http {

/// The server's own thread: what is posted to it, a tick, and sockets that can be written again.
/// What runs on it must not throw.
class Loop {
 public:
  Loop();
  ~Loop();

  /// `tick` is called on the loop's thread at that interval, until stop(). Once.
  void start(std::chrono::milliseconds interval, std::function<void()> tick);
  /// Runs what was posted before, and ends the thread. Later posts are dropped. [blocking]
  void stop();
  void post(std::function<void()> work);  // [any-thread]

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// A socket whose writability is awaited. Not thread-safe: its owner holds its own lock.
class Writable {
 public:
  /// Takes the socket over, unless it fails. Errors: unavailable (the kernel has no room to watch it).
  static Result<std::unique_ptr<Writable>> watch(Loop& loop, os::Fd& socket);
  /// Closes the socket; what waited for it is dropped, not called.
  ~Writable();
  /// Calls `then` once on the loop's thread when the socket takes bytes, or has failed.
  void wait(std::function<void()> then);

 private:
  struct Impl;
  explicit Writable(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hive::http
