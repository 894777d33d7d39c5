#include "connection.hpp"

#include "core.hpp"

namespace hive::http {
namespace {

constexpr std::size_t kMostAhead = 65'536;  // of requests that wait behind the one that is served
constexpr std::size_t kJoined = 32'768;     // up to this a body is copied behind its head

RequestReader::Limits reader_limits(const Limits& limits) {
  return {.head_bytes = limits.head_bytes, .head = {.headers = limits.headers, .body_bytes = limits.body_bytes}};
}

}  // namespace

Connection::Connection(std::shared_ptr<Core> core, os::Fd socket, std::string peer)
    : Client(std::move(core), std::move(socket), std::move(peer)),
      reader_(reader_limits(Client::core().limits())),
      patience_(Client::core().limits()) {}

// --- reading --------------------------------------------------------------------------------------

void Connection::on_input(std::string_view bytes) {
  Lock lock(mutex());
  if (state() == State::gone) return;
  if (state() == State::lingering) return swallow(bytes.size());
  if (stream_.has_begun()) return cut("it sent something on after it had asked for a stream");
  if (state() == State::closing) return swallow(bytes.size());
  reader_.add(bytes);
  advance(lock);
  const auto& limits = core().limits();
  if (reader_.buffered() > limits.head_bytes + limits.body_bytes + kMostAhead)
    cut("it sends requests faster than they are answered");
}

void Connection::on_end() {
  const Lock lock(mutex());
  ended_ = true;
  if (stream_.has_begun() || state() == State::lingering) return leave();
  // One that has shut down its sending side only still gets the answers to what it sent.
  go_on();
}

/// Whether the next request may be looked at: all that came before are answered, and that is written.
bool Connection::takes_requests() const {
  return state() == State::open && !owed_ && !stream_.has_begun() && outlet().is_empty();
}

/// Serves what is there, one request after the other. Whoever answers while a thread is in here leaves
/// the next request to that thread.
void Connection::advance(Lock& lock) {
  if (advancing_) return;
  advancing_ = true;
  while (takes_requests()) {
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
  head.request.peer = peer();
  framing_ = {.keep_alive = head.keep_alive, .head_only = head.request.head_only, .stream = false};
  owed_ = ++turn_;
  patience_.await_answer();
  Reply reply(std::static_pointer_cast<Connection>(shared_from_this()), turn_);
  lock.unlock();
  core().serve(std::move(head), std::move(reply));
  lock.lock();
}

/// After an answer: the next request, never on the thread that answered.
void Connection::go_on() {
  if (advancing_ || !takes_requests()) return;
  if (reader_.buffered() == 0) return await_more();
  core().loop().post([self = std::static_pointer_cast<Connection>(shared_from_this())] {
    Lock lock(self->mutex());
    self->advance(lock);
  });
}

void Connection::await_more() {
  if (ended_) return leave();
  if (reader_.take_expectation()) {
    put(bytes("HTTP/1.1 100 Continue\r\n\r\n"));
    flush();
  }
  patience_.await_request(reader_.waiting());
}

void Connection::refuse(const Refusal& refusal) {
  core().count_refused();
  log_later(abi::Level::debug, "was answered " + std::to_string(refusal.status) + ": " + refusal.why);
  framing_ = {.keep_alive = false};
  respond(problem(refusal.status, refusal.why));
}

void Connection::tick(Clock::time_point now) {
  const Lock lock(mutex());
  check_patience(now);
  if (stream_.has_begun()) return stream_.tick(now);
  if (!patience_.is_over(now)) return;
  if (owed_) {
    log_later(abi::Level::error, "waited too long for an answer and got a 504; the handler has lost its reply");
    framing_.keep_alive = false;
    return respond(problem(Code::timeout, "the answer took too long; look at the log of the host"));
  }
  if (!takes_requests() || !patience_.request()) return;
  if (patience_.request() == RequestReader::Waiting::idle) return leave();
  refuse({408, "the request came too slowly"});
}

// --- answering ------------------------------------------------------------------------------------

void Connection::answer(std::uint64_t turn, Response response) {
  const Lock lock(mutex());
  if (owed_ != turn) return;
  respond(std::move(response));
  go_on();
}

void Connection::respond(Response response) {
  if (auto fits = check(response); !fits) {
    log_later(abi::Level::error, "got an empty 500 in place of an answer: " + fits.error().message);
    response = empty(500);
  }
  owed_.reset();
  if (core().is_stopping()) framing_.keep_alive = false;
  std::string head = head_text(response, core().options().headers, framing_);
  const bool bare = framing_.head_only || is_bodiless(response.status);
  auto body = bare ? nullptr : response.shared;
  if (!bare && !body && response.body.size() <= kJoined) {
    head += response.body;
  } else if (!bare && !body) {
    body = bytes(std::move(response.body));
  }
  put(bytes(std::move(head)));
  if (body) put(std::move(body));
  if (!framing_.keep_alive) end_once_written();
  flush();
}

bool Connection::start_stream(std::uint64_t turn, std::vector<Header> headers) {
  const Lock lock(mutex());
  if (owed_ != turn) return false;
  Response head{.type = "text/event-stream", .headers = std::move(headers)};
  head.headers.push_back({"X-Accel-Buffering", "no"});
  const bool room = !framing_.head_only && check(head) && !core().is_stopping() && core().take_stream();
  if (!room) {
    // A HEAD gets the head; what is wrong with it is said by respond().
    if (check(head) && !framing_.head_only)
      head = problem(Code::unavailable, "there are too many event streams, or the server is stopping; try again later");
    respond(std::move(head));
    go_on();
    return false;
  }
  owed_.reset();
  framing_ = {.keep_alive = false, .head_only = false, .stream = true};
  stream_.begin(bytes(head_text(head, core().options().headers, framing_)));
  if (ended_) leave();
  return stream_.is_live();
}

bool Connection::waits_for(std::uint64_t turn) const {
  const Lock lock(mutex());
  return owed_ == turn && !ended_;
}

// --- ending ---------------------------------------------------------------------------------------

void Connection::over() {
  owed_.reset();
  stream_.over();
}

std::optional<Connection::Clock::time_point> Connection::waiting_since() const {
  const Lock lock(mutex());
  if (!takes_requests()) return std::nullopt;
  return patience_.idle_since();
}

bool Connection::close_waiting() {
  const Lock lock(mutex());
  if (!takes_requests()) return false;
  leave();
  return true;
}

bool Connection::is_busy() const {
  const Lock lock(mutex());
  return owed_ || !outlet().is_empty();
}

void Connection::wind_up() {
  const Lock lock(mutex());
  if (takes_requests() && patience_.request() == RequestReader::Waiting::idle) return leave();
  if (stream_.has_begun()) end_once_written();
}

}  // namespace hive::http
