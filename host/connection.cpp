#include "connection.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/sdk/codec.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace hive::host {
namespace {

constexpr std::size_t kReadAtOnce = 65'536;

using Clock = rpc::RateLimit::Clock;

struct Subscribe {
  std::vector<std::string> topics;
  std::optional<std::string> since;
};
constexpr auto fields(Of<Subscribe>) {
  return shape(field<&Subscribe::topics>("topics", "topics like broker.sent, each once").max_items(256),
               field<&Subscribe::since>("since", "stamp of the last event that was seen; later ones are replayed")
                   .max_bytes(64));
}

}  // namespace

Connection::Connection(std::shared_ptr<GatewayShared> shared, Socket socket)
    : shared_(std::move(shared)), socket_(std::move(socket)) {
  ++shared_->connections;
}

void Connection::start() {
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->wait(); });
}

void Connection::close() {
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->end(); });
}

/// Waits without a buffer, so that an idle connection costs none.
void Connection::wait() {
  if (!open_ || resting_ || waiting_ || !may_read()) return;
  if (const auto pause = shared_->rate.pause(Clock::now()); pause.count() > 0) return rest({}, pause);
  waiting_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](auto failure) {
    self->waiting_ = false;
    if (failure) return self->end();
    self->read();
  });
}

void Connection::read() {
  std::array<char, kReadAtOnce> buffer;
  const auto got = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return wait();
  if (got <= 0) return end();
  shared_->rate.charge_read(std::size_t(got), Clock::now());
  take(std::string_view(buffer.data(), std::size_t(got)));
  wait();
}

/// Reads on after `time`, with what came before.
void Connection::rest(std::string_view unread, Clock::duration time) {
  unread_ = unread;
  resting_.emplace(socket_.get_executor(), time);
  resting_->async_wait([self = shared_from_this()](auto) {
    self->resting_.reset();
    if (!self->open_) return;
    const auto bytes = std::exchange(self->unread_, {});
    self->take(bytes);
    self->wait();
  });
}

bool Connection::may_read() {
  std::lock_guard lock(mutex_);
  paused_ = unsent_.size() > shared_->limits.unsent_replies || asked_ > shared_->limits.asked;
  return !paused_;
}

void Connection::take(std::string_view bytes) {
  for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
    if (const auto pause = shared_->rate.take_line(Clock::now()); pause.count() > 0) return rest(bytes, pause);
    ++shared_->lines;
    const auto piece = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (partial_.empty() && !too_long_) {
      line(piece);
      continue;
    }
    keep(piece);
    if (std::exchange(too_long_, false))
      malformed(std::exchange(skipped_, {}).found(),
                {Code::too_large, rpc::kInvalidRequest, "a line is over 1 MiB; send less at a time"});
    else
      line(partial_);
    partial_.clear();
  }
  keep(bytes);
  if (partial_.empty()) partial_.shrink_to_fit();
}

void Connection::keep(std::string_view bytes) {
  if (!too_long_ && partial_.size() + bytes.size() > shared_->limits.line) {
    too_long_ = true;
    skipped_.take(std::exchange(partial_, {}));
  }
  if (too_long_)
    skipped_.take(bytes);
  else
    partial_ += bytes;
}

void Connection::line(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) return;
  if (!json_text::is_value(text))
    return malformed(rpc::id_of(text), {Code::invalid_params, rpc::kParseError,
                                        "the line is not one JSON value in UTF-8, at most 32 deep"});
  const auto asked = rpc::request_of(text);
  if (!asked)
    return malformed(rpc::id_of(text),
                     {Code::invalid_params, rpc::kInvalidRequest, "the line is not a JSON-RPC 2.0 request"});
  request(*asked);
}

void Connection::malformed(std::string_view id, const Refusal& why) {
  if (id.empty()) id = "null";
  send(rpc::error_line(id, why.code, why.number, why.message));
}

void Connection::request(const rpc::Request& asked) {
  if (asked.method == "$/cancel") return cancel(asked.params);
  if (asked.id.empty()) return;  // no other notification means anything here
  if (asked.method == "events.subscribe") return subscribe(asked);
  call(asked);
}

Status Connection::admit(const rpc::Request& asked) {
  std::lock_guard lock(mutex_);
  const auto same = [&](const auto& entry) { return !entry.second.answered && entry.second.id == asked.id; };
  if (std::any_of(calls_.begin(), calls_.end(), same))
    return error(Code::conflict, "this id is in flight already; use another");
  if (calls_.size() >= shared_->limits.in_flight)
    return error(Code::busy, std::to_string(calls_.size()) + " calls of this connection are in flight; wait for one");
  calls_[next_token_] = {.id = std::string(asked.id), .bytes = asked.params.size()};
  asked_ += asked.params.size();
  return {};
}

void Connection::call(const rpc::Request& asked) {
  if (const auto admitted = admit(asked); !admitted)
    return fail(asked.id, admitted.error().code, admitted.error().message);
  const auto token = next_token_++;
  const auto call = shared_->router.call({shared_->principal, asked.method, asked.params}, shared_from_this(), token);
  std::lock_guard lock(mutex_);
  if (const auto found = calls_.find(token); found != calls_.end()) found->second.call = call;
}

void Connection::cancel(std::string_view params) {
  std::string_view id;
  json_text::for_members(params, [&](std::string_view name, std::string_view value) {
    if (name == "id") id = value;
  });
  abi::CallId call = 0;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [token, entry] : calls_)
      if (!entry.answered && entry.id == id) call = entry.call;
  }
  if (call != 0) shared_->router.cancel(call);
}

void Connection::settled(std::uint64_t token, Code code, std::string_view payload) noexcept {
  shared_->rate.charge(payload.size(), Clock::now());
  std::lock_guard lock(mutex_);
  const auto found = calls_.find(token);
  if (found == calls_.end()) return;
  found->second.answered = true;
  if (code != Code::ok) return send_locked(rpc::error_line(found->second.id, code, payload));
  send_locked(rpc::result_line(found->second.id, payload));
}

void Connection::released(std::uint64_t token) noexcept {
  std::lock_guard lock(mutex_);
  const auto found = calls_.find(token);
  if (found == calls_.end()) return;
  asked_ -= found->second.bytes;
  calls_.erase(found);
  if (!paused_ || asked_ > shared_->limits.asked) return;
  paused_ = false;
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->wait(); });
}

void Connection::subscribe(const rpc::Request& asked) {
  if (subscription_) return fail(asked.id, Code::conflict, "this connection is an event stream already");
  auto params = decode_text<Subscribe>(asked.params, Unknown::refuse);
  if (!params) return fail(asked.id, params.error().code, params.error().message);
  std::sort(params->topics.begin(), params->topics.end());
  params->topics.erase(std::unique(params->topics.begin(), params->topics.end()), params->topics.end());
  auto subscription = std::make_shared<Subscription>();
  subscription->strand = socket_.get_executor();
  subscription->principal = shared_->principal;
  subscription->topics = std::move(params->topics);
  subscription->deliver = [self = shared_from_this()](const StoredEvent& given) { self->event(given); };
  subscription->ended = [self = shared_from_this()](Code why, const std::string& message) { self->lost(why, message); };
  const auto from = shared_->hub.subscribe(subscription, params->since.value_or(""));
  if (!from) return fail(asked.id, from.error().code, from.error().message);
  subscription_ = std::move(subscription);
  shared_->rate.charge(subscription_->replayed_bytes, Clock::now());
  // Events come on this strand, so not before this reply.
  send(rpc::result_line(asked.id, R"({"stamp":")" + *from + "\"}"));
}

void Connection::event(const StoredEvent& event) {
  if (!subscription_) return;
  if (unsent() <= shared_->limits.unsent_replies) return send(event.line);
  lost(Code::busy, "events are lost: 1 MiB of them was not read; take a snapshot");
}

void Connection::lost(Code why, std::string_view message) {
  const auto subscription = std::exchange(subscription_, {});
  if (!subscription) return;
  shared_->hub.unsubscribe(subscription);
  send(rpc::events_lost_line(why, message));
}

std::size_t Connection::unsent() const {
  std::lock_guard lock(mutex_);
  return unsent_.size();
}

void Connection::send(std::string_view text) {
  std::lock_guard lock(mutex_);
  send_locked(text);
}

void Connection::send_locked(std::string_view text) {
  if (!open_) return;
  if (!writing_) {
    const auto sent = ::send(socket_.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return close();
    text.remove_prefix(std::size_t(std::max<ssize_t>(sent, 0)));
    if (text.empty()) return;
    writing_ = true;
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->write_rest(); });
  }
  const auto unsent = shared_->unsent += text.size();
  if (unsent > shared_->limits.unsent_in_all) {
    shared_->unsent -= text.size();
    return close();
  }
  unsent_ += text;
}

/// Sends what was queued whenever the socket takes more. [strand]
void Connection::write_rest() {
  {
    std::lock_guard lock(mutex_);
    if (!open_) return;
    const auto sent = ::send(socket_.native_handle(), unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return close();
    const auto gone = std::size_t(std::max<ssize_t>(sent, 0));
    unsent_.erase(0, gone);
    shared_->unsent -= gone;
    writing_ = !unsent_.empty();
    if (writing_)
      socket_.async_wait(Socket::wait_write, [self = shared_from_this()](auto failure) {
        if (!failure) self->write_rest();
      });
    else
      unsent_.shrink_to_fit();
  }
  wait();
}

void Connection::end() {
  std::vector<abi::CallId> open;
  {
    std::lock_guard lock(mutex_);
    if (!std::exchange(open_, false)) return;
    boost::system::error_code ignored;  // the descriptor is gone either way
    socket_.close(ignored);
    shared_->unsent -= unsent_.size();
    unsent_ = {};
    if (resting_) resting_->cancel();
    for (const auto& [token, entry] : calls_)
      if (!entry.answered && entry.call != 0) open.push_back(entry.call);
  }
  for (const auto call : open) shared_->router.cancel(call);
  if (const auto subscription = std::exchange(subscription_, {})) shared_->hub.unsubscribe(subscription);
}

}  // namespace hive::host
