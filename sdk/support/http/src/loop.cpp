#include "loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <optional>
#include <thread>

namespace hive::http {

namespace asio = boost::asio;

struct Loop::Impl {
  asio::io_context io{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{io.get_executor()};
  asio::steady_timer timer{io};
  std::chrono::milliseconds interval{};
  std::function<void()> tick;
  std::thread thread;
  std::mutex mutex;  // of the next one
  bool stopped = false;

  void arm() {
    timer.expires_after(interval);
    timer.async_wait([this](boost::system::error_code failed) {
      if (failed || !work) return;
      tick();
      arm();
    });
  }
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}

Loop::~Loop() {
  stop();
}

void Loop::start(std::chrono::milliseconds interval, std::function<void()> tick) {
  impl_->interval = interval;
  impl_->tick = std::move(tick);
  impl_->arm();
  impl_->thread = std::thread([impl = impl_.get()] { impl->io.run(); });
}

void Loop::stop() {
  if (!impl_->thread.joinable()) return;
  post([impl = impl_.get()] {
    impl->work.reset();
    impl->timer.cancel();
  });
  impl_->thread.join();
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopped = true;
  }
  // What slipped in meanwhile holds connections, and they hold this.
  impl_->io.restart();
  impl_->io.poll();
}

void Loop::post(std::function<void()> work) {
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->stopped) asio::post(impl_->io, std::move(work));
}

struct Writable::Impl {
  explicit Impl(asio::io_context& io) : socket(io) {}
  asio::posix::stream_descriptor socket;
};

Writable::Writable(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writable::~Writable() = default;

Result<std::unique_ptr<Writable>> Writable::watch(Loop& loop, os::Fd& socket) {
  auto impl = std::make_unique<Impl>(loop.impl().io);
  boost::system::error_code failed;
  failed = impl->socket.assign(socket.get(), failed);
  if (failed) return error(Code::unavailable, "a socket cannot be watched: " + failed.message());
  socket.release();
  return std::unique_ptr<Writable>(new Writable(std::move(impl)));
}

void Writable::wait(std::function<void()> then) {
  impl_->socket.async_wait(asio::posix::stream_descriptor::wait_write,
                           [then = std::move(then)](boost::system::error_code failed) {
                             if (failed != asio::error::operation_aborted) then();
                           });
}

}  // namespace hive::http
