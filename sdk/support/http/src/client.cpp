#include "client.hpp"

#include "core.hpp"

namespace hive::http {
namespace {

constexpr std::size_t kMostSwallowed = 4u << 20;  // of what a client sends on after its last answer
// With so few streams who sends a frame writes it, which is soonest and cheap; with more the loop does it,
// several frames in one system call, so that a plugin's strand is free.
constexpr std::size_t kWrittenAtOnce = 64;

}  // namespace

Client::Client(std::shared_ptr<Core> core, os::Fd socket, std::string peer)
    : core_(std::move(core)), peer_(std::move(peer)), outlet_(*core_, std::move(socket)) {}

// --- sending --------------------------------------------------------------------------------------

void Client::put(Bytes frame) {
  if (state_ == State::gone || frame->empty()) return;
  if (!outlet_.put(std::move(frame))) cut("all clients together take their answers too slowly");
}

void Client::flush() {
  if (state_ == State::gone) return;
  const auto written = outlet_.write();
  if (written == Outlet::Written::gone) return leave();
  if (written == Outlet::Written::all) return state_ == State::closing ? linger() : void();
  if (outlet_.is_awaiting()) return;
  if (auto awaits = outlet_.await([self = shared_from_this()] { self->on_writable(); }); !awaits)
    cut(awaits.error().message);
}

void Client::flush_soon() {
  if (outlet_.is_awaiting() || scheduled_) return;
  if (core_->streams() <= kWrittenAtOnce) return flush();
  scheduled_ = true;
  core_->schedule(shared_from_this());
}

void Client::write_scheduled() {
  const Lock lock(mutex_);
  scheduled_ = false;
  if (!outlet_.is_awaiting()) flush();
}

void Client::on_writable() {
  Lock lock(mutex_);
  outlet_.end_wait();
  flush();
  written(lock);
}

// --- ending ---------------------------------------------------------------------------------------

void Client::end_once_written() {
  if (state_ == State::open) state_ = State::closing;
  if (state_ == State::closing && outlet_.is_empty()) linger();
}

/// Says that nothing more comes, and lets the client read it: closing over bytes that were not read would
/// throw the answer away with the connection.
void Client::linger() {
  over();
  state_ = State::lingering;
  if (ended_) return leave();
  outlet_.end_sending();
  lingers_until_ = Clock::now() + core_->limits().linger_time;
}

void Client::swallow(std::size_t bytes) {
  swallowed_ += bytes;
  if (swallowed_ > kMostSwallowed) cut("it goes on sending after its last answer");
}

void Client::check_patience(Clock::time_point now) {
  if (outlet_.is_stalled(now, core_->limits().stall_time)) return cut("it took nothing for too long");
  if (state_ == State::lingering && now > lingers_until_) leave();
}

void Client::leave() {
  if (state_ == State::gone) return;
  over();
  state_ = State::gone;
  outlet_.close();
  core_->forget(*this);
}

void Client::cut(const std::string& why) {
  core_->count_cut();
  log_later(abi::Level::debug, "was cut: " + why);
  leave();
}

void Client::close() {
  const Lock lock(mutex_);
  leave();
}

void Client::log_later(abi::Level level, std::string words) {
  core_->loop().post([self = shared_from_this(), level, words = std::move(words)] {
    self->core_->log(level, "the client " + self->peer_ + " " + words);
  });
}

}  // namespace hive::http
