#include "connection.hpp"

#include <sys/socket.h>

#include "core.hpp"

namespace hive::http {
namespace {

constexpr std::size_t kMostSwallowed = 4u << 20;  // of what a client sends on after its last answer
constexpr std::size_t kMostAhead = 65'536;        // of requests that wait behind the one that is served
// With so few streams who sends a frame writes it, which is soonest and cheap; with more the loop does it,
// several frames in one system call, so that a plugin's strand is free.
constexpr std::size_t kWrittenAtOnce = 64;
constexpr std::size_t kJoined = 32'768;  // up to this a body is copied behind its head

RequestReader::Limits reader_limits(const Limits& limits) {
  return {.head_bytes = limits.head_bytes, .head = {.headers = limits.headers, .body_bytes = limits.body_bytes}};
}

}  // namespace

Connection::Connection(std::shared_ptr<Core> core, os::Fd socket, std::string peer)
    : core_(std::move(core)),
      peer_(std::move(peer)),
      own_(std::move(socket)),
      socket_(own_.get()),
      reader_(reader_limits(core_->limits())),
      deadline_(Clock::now() + core_->limits().head_time),
      progress_(Clock::now()),
      idle_since_(Clock::now()) {}

// --- reading --------------------------------------------------------------------------------------

void Connection::on_input(std::string_view bytes) {
  Lock lock(mutex_);
  if (phase_ == Phase::gone) return;
  if (phase_ == Phase::streaming) return cut("it sent something on after it had asked for a stream");
  if (phase_ == Phase::lingering || closing_) {
    swallowed_ += bytes.size();
    if (swallowed_ > kMostSwallowed) cut("it goes on sending after its last answer");
    return;
  }
  reader_.add(bytes);
  advance(lock);
  const auto& limits = core_->limits();
  if (reader_.buffered() > limits.head_bytes + limits.body_bytes + kMostAhead)
    cut("it sends requests faster than they are answered");
}

void Connection::on_end() {
  const Lock lock(mutex_);
  ended_ = true;
  if (phase_ == Phase::streaming || phase_ == Phase::lingering) return leave();
  // One that has shut down its sending side only still gets the answers to what it sent.
  if (phase_ == Phase::reading && out_.empty()) go_on();
}

/// Serves what is there, one request after the other. Whoever answers while a thread is in here leaves
/// the next request to that thread.
void Connection::advance(Lock& lock) {
  if (advancing_) return;
  advancing_ = true;
  while (phase_ == Phase::reading && !closing_ && out_.empty()) {
    const auto step = reader_.step();
    if (step == RequestReader::Step::complete) {
      serve(lock);
    } else if (step == RequestReader::Step::refused) {
      refuse(reader_.refusal());
    } else {
      await_more();
      break;
    }
  }
  advancing_ = false;
}

void Connection::serve(Lock& lock) {
  Head head = reader_.take();
  head.request.peer = peer_;
  framing_ = {.keep_alive = head.keep_alive, .head_only = head.request.head_only, .stream = false};
  phase_ = Phase::answering;
  waiting_.reset();
  deadline_ = Clock::now() + core_->limits().answer_time;
  Reply reply(shared_from_this(), ++turn_);
  lock.unlock();
  core_->serve(std::move(head), std::move(reply));
  lock.lock();
}

/// After an answer: the next request, never on the thread that answered.
void Connection::go_on() {
  if (advancing_ || phase_ != Phase::reading || closing_ || !out_.empty()) return;
  if (reader_.buffered() == 0) return await_more();
  core_->loop().post([self = shared_from_this()] {
    Lock lock(self->mutex_);
    self->advance(lock);
  });
}

void Connection::await_more() {
  if (ended_) return leave();
  if (reader_.take_expectation()) {
    put(bytes("HTTP/1.1 100 Continue\r\n\r\n"));
    flush();
  }
  const auto waiting = reader_.waiting();
  if (waiting_ == waiting) return;  // a drip does not put the deadline off
  waiting_ = waiting;
  const auto& limits = core_->limits();
  const auto now = Clock::now();
  if (waiting == RequestReader::Waiting::idle) idle_since_ = now;
  deadline_ = now + (waiting == RequestReader::Waiting::idle   ? limits.idle_time
                     : waiting == RequestReader::Waiting::head ? limits.head_time
                                                               : limits.body_time);
}

void Connection::refuse(const Refusal& refusal) {
  core_->count_refused();
  log_later(abi::Level::debug, "was answered " + std::to_string(refusal.status) + ": " + refusal.why);
  framing_ = {.keep_alive = false};
  respond(problem(refusal.status, refusal.why));
}

void Connection::tick(Clock::time_point now) {
  const Lock lock(mutex_);
  if (phase_ == Phase::gone) return;
  const auto& limits = core_->limits();
  if (!out_.empty() && now - progress_ > limits.stall_time) return cut("it took nothing for too long");
  if (phase_ == Phase::streaming) {
    if (!closing_ && now - pushed_ >= limits.heartbeat) {
      pushed_ = now;
      put(core_->heartbeat());
      if (!awaiting_) flush();
    }
    return;
  }
  if (now > deadline_) overdue();
}

void Connection::overdue() {
  if (phase_ == Phase::lingering) return leave();
  if (phase_ == Phase::answering) {
    log_later(abi::Level::error, "waited too long for an answer and got a 504; the handler has lost its reply");
    ++turn_;
    framing_.keep_alive = false;
    return respond(problem(Code::timeout, "the answer took too long; look at the log of the host"));
  }
  if (phase_ != Phase::reading || !out_.empty() || closing_ || !waiting_) return;
  if (*waiting_ == RequestReader::Waiting::idle) return leave();
  refuse({408, "the request came too slowly"});
}

// --- answering ------------------------------------------------------------------------------------

void Connection::answer(std::uint64_t turn, Response response) {
  const Lock lock(mutex_);
  if (phase_ != Phase::answering || turn != turn_) return;
  respond(std::move(response));
  go_on();
}

void Connection::respond(Response response) {
  if (auto fits = check(response); !fits) {
    log_later(abi::Level::error, "got an empty 500 in place of an answer: " + fits.error().message);
    response = empty(500);
  }
  if (core_->is_stopping()) framing_.keep_alive = false;
  std::string head = head_text(response, core_->options().headers, framing_);
  phase_ = Phase::reading;
  closing_ = !framing_.keep_alive;
  const bool bare = framing_.head_only || is_bodiless(response.status);
  auto body = bare ? nullptr : response.shared;
  if (!bare && !body && response.body.size() <= kJoined) {
    head += response.body;
  } else if (!bare && !body) {
    body = bytes(std::move(response.body));
  }
  put(bytes(std::move(head)));
  if (body) put(std::move(body));
  flush();
}

bool Connection::start_stream(std::uint64_t turn, std::vector<Header> headers) {
  const Lock lock(mutex_);
  if (phase_ != Phase::answering || turn != turn_) return false;
  Response head{.type = "text/event-stream", .headers = std::move(headers)};
  head.headers.push_back({"X-Accel-Buffering", "no"});
  const bool room = !framing_.head_only && check(head) && !core_->is_stopping() && core_->take_stream();
  if (!room) {
    // A HEAD gets the head; what is wrong with it is said by respond().
    if (check(head) && !framing_.head_only)
      head = problem(Code::unavailable, "there are too many event streams, or the server is stopping; try again later");
    respond(std::move(head));
    go_on();
    return false;
  }
  framing_ = {.keep_alive = false, .head_only = false, .stream = true};
  phase_ = Phase::streaming;
  pushed_ = Clock::now();
  put(bytes(head_text(head, core_->options().headers, framing_)));
  flush();
  if (ended_) leave();
  return phase_ == Phase::streaming;
}

bool Connection::waits_for(std::uint64_t turn) const {
  const Lock lock(mutex_);
  return phase_ == Phase::answering && turn == turn_ && !ended_;
}

// --- streaming ------------------------------------------------------------------------------------

bool Connection::push(const Bytes& frame) {
  const Lock lock(mutex_);
  if (phase_ != Phase::streaming || closing_) return false;
  if (out_bytes_ + frame->size() > core_->limits().stream_queue_bytes) {
    cut("it reads its events too slowly");
    return false;
  }
  pushed_ = Clock::now();
  put(frame);
  if (awaiting_ || scheduled_) return phase_ == Phase::streaming;
  if (core_->streams() <= kWrittenAtOnce) {
    flush();
  } else {
    scheduled_ = true;
    core_->schedule(shared_from_this());
  }
  return phase_ == Phase::streaming;
}

void Connection::write_scheduled() {
  const Lock lock(mutex_);
  scheduled_ = false;
  if (!awaiting_) flush();
}

bool Connection::is_streaming() const {
  const Lock lock(mutex_);
  return phase_ == Phase::streaming && !closing_;
}

void Connection::on_gone(std::function<void()> told) {
  const Lock lock(mutex_);
  if (phase_ == Phase::streaming) {
    on_gone_ = std::move(told);
  } else {
    core_->loop().post(std::move(told));
  }
}

void Connection::end_stream() {
  const Lock lock(mutex_);
  if (phase_ != Phase::streaming) return;
  on_gone_ = nullptr;
  closing_ = true;
  if (out_.empty()) linger();
}

// --- ending ---------------------------------------------------------------------------------------

/// Says that nothing more comes, and lets the client read it: closing over bytes that were not read would
/// throw the answer away with the connection.
void Connection::linger() {
  if (phase_ == Phase::streaming) core_->give_back_stream();
  phase_ = Phase::lingering;
  if (ended_) return leave();
  ::shutdown(socket_, SHUT_WR);
  deadline_ = Clock::now() + core_->limits().linger_time;
}

void Connection::leave() {
  if (phase_ == Phase::gone) return;
  if (phase_ == Phase::streaming) {
    core_->give_back_stream();
    if (on_gone_ && !closing_) core_->loop().post(std::move(on_gone_));
  }
  phase_ = Phase::gone;
  on_gone_ = nullptr;
  // Pistache sees the end of its own descriptor, and closes it.
  ::shutdown(socket_, SHUT_RDWR);
  core_->release(out_bytes_);
  out_.clear();
  out_bytes_ = 0;
  writable_.reset();
  own_.reset();
  core_->forget(*this);
}

void Connection::cut(const std::string& why) {
  core_->count_cut();
  log_later(abi::Level::debug, "was cut: " + why);
  leave();
}

void Connection::log_later(abi::Level level, std::string words) {
  core_->loop().post([self = shared_from_this(), level, words = std::move(words)] {
    self->core_->log(level, "the client " + self->peer_ + " " + words);
  });
}

bool Connection::is_idle() const {
  return phase_ == Phase::reading && !closing_ && out_.empty() && waiting_ == RequestReader::Waiting::idle;
}

bool Connection::is_owed_nothing() const {
  return phase_ == Phase::reading && out_.empty();
}

std::optional<Connection::Clock::time_point> Connection::waiting_since() const {
  const Lock lock(mutex_);
  if (!is_owed_nothing()) return std::nullopt;
  return idle_since_;
}

bool Connection::close_waiting() {
  const Lock lock(mutex_);
  if (!is_owed_nothing()) return false;
  leave();
  return true;
}

bool Connection::is_busy() const {
  const Lock lock(mutex_);
  return phase_ == Phase::answering || (phase_ != Phase::gone && !out_.empty());
}

void Connection::wind_up() {
  const Lock lock(mutex_);
  if (is_idle()) return leave();
  if (phase_ != Phase::streaming) return;
  closing_ = true;
  if (out_.empty()) linger();
}

void Connection::close() {
  const Lock lock(mutex_);
  leave();
}

}  // namespace hive::http
