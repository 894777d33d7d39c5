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

struct Subscribed {
  std::string stamp;
};
constexpr auto fields(Of<Subscribed>) {
  return shape(field<&Subscribed::stamp>("stamp", "stamp that the events come after"));
}

std::string refusal_line(const rpc::Request& asked, const Error& why) {
  return rpc::error_line(asked.id, why.code, why.message);
}

}  // namespace

Connection::Connection(std::shared_ptr<GatewayShared> shared, Socket socket)
    : shared_(std::move(shared)),
      client_(*shared_, std::move(socket)),
      calls_(shared_->limits),
      lines_(shared_->limits.line) {
  ++shared_->connections;
}

void Connection::start() {
  boost::asio::post(client_.socket().get_executor(), [self = shared_from_this()] { self->wait(); });
}

void Connection::close() {
  boost::asio::post(client_.socket().get_executor(), [self = shared_from_this()] { self->end(); });
}

/// Waits without a buffer, so that an idle connection costs none.
void Connection::wait() {
  if (!client_.is_open() || resting_ || waiting_) return;
  if (calls_.pause_if_full() || client_.unsent() > shared_->limits.unsent_replies) return;
  if (const auto pause = shared_->rate.pause(Clock::now()); pause.count() > 0) return rest({}, pause);
  waiting_ = true;
  client_.socket().async_wait(Socket::wait_read, [self = shared_from_this()](auto failure) {
    self->waiting_ = false;
    if (failure) return self->end();
    self->read();
  });
}

void Connection::read() {
  std::array<char, kReadAtOnce> buffer;
  const auto got = ::recv(client_.socket().native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return wait();
  if (got <= 0) return end();
  shared_->rate.charge_read(std::size_t(got), Clock::now());
  take(std::string_view(buffer.data(), std::size_t(got)));
  wait();
}

/// Reads on after `time`, with what came before.
void Connection::rest(std::string_view unread, Clock::duration time) {
  unread_ = unread;
  resting_.emplace(client_.socket().get_executor(), time);
  resting_->async_wait([self = shared_from_this()](auto) {
    self->resting_.reset();
    if (!self->client_.is_open()) return;
    const auto bytes = std::exchange(self->unread_, {});
    self->take(bytes);
    self->wait();
  });
}

void Connection::take(std::string_view bytes) {
  for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
    if (const auto pause = shared_->rate.take_line(Clock::now()); pause.count() > 0) return rest(bytes, pause);
    ++shared_->lines;
    const auto ended = lines_.end_with(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
    if (ended.is_too_long)
      malformed(ended.id, {Code::too_large, rpc::kInvalidRequest, "a line is over 1 MiB; send less at a time"});
    else
      line(ended.text);
  }
  lines_.keep(bytes);
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
  if (asked->method == "$/cancel") return cancel(asked->params);
  if (asked->id.empty()) return;  // no other notification means anything here
  if (asked->method == "events.subscribe") return subscribe(*asked);
  call(*asked);
}

void Connection::malformed(std::string_view id, const Refusal& why) {
  if (id.empty()) id = "null";
  send(rpc::error_line(id, why.code, why.number, why.message));
}

void Connection::call(const rpc::Request& asked) {
  const auto token = calls_.admit(asked);
  if (!token) return send(refusal_line(asked, token.error()));
  calls_.name(*token,
              shared_->router.call({shared_->principal, asked.method, asked.params}, shared_from_this(), *token));
}

void Connection::cancel(std::string_view params) {
  std::string_view id;
  json_text::for_members(params, [&](std::string_view name, std::string_view value) {
    if (name == "id") id = value;
  });
  if (const auto call = calls_.find(id); call != 0) shared_->router.cancel(call);
}

void Connection::settled(std::uint64_t token, Code code, std::string_view payload) noexcept {
  shared_->rate.charge(payload.size(), Clock::now());
  const auto id = calls_.answer(token);
  if (id.empty()) return;
  send(code == Code::ok ? rpc::result_line(id, payload) : rpc::error_line(id, code, payload));
}

void Connection::released(std::uint64_t token) noexcept {
  if (calls_.release(token))
    boost::asio::post(client_.socket().get_executor(), [self = shared_from_this()] { self->wait(); });
}

void Connection::subscribe(const rpc::Request& asked) {
  if (subscription_)
    return send(refusal_line(asked, error(Code::conflict, "this connection is an event stream already")));
  auto params = decode_text<Subscribe>(asked.params, Unknown::refuse);
  if (!params) return send(refusal_line(asked, params.error()));
  std::sort(params->topics.begin(), params->topics.end());
  params->topics.erase(std::unique(params->topics.begin(), params->topics.end()), params->topics.end());
  auto subscription = std::make_shared<Subscription>();
  subscription->strand = client_.socket().get_executor();
  subscription->principal = shared_->principal;
  subscription->topics = std::move(params->topics);
  // Weak, for this keeps the subscription: where the host ends, nothing comes that would part the two.
  subscription->deliver = [weak = weak_from_this()](const StoredEvent& given) {
    if (const auto self = weak.lock()) self->event(given);
  };
  subscription->ended = [weak = weak_from_this()](Code why, const std::string& message) {
    if (const auto self = weak.lock()) self->lost(why, message);
  };
  const auto from = shared_->hub.subscribe(subscription, params->since.value_or(""));
  if (!from) return send(refusal_line(asked, from.error()));
  subscription_ = std::move(subscription);
  shared_->rate.charge(subscription_->replayed_bytes, Clock::now());
  // Events come on this strand, so not before this reply.
  send(rpc::result_line(asked.id, encode_text(Subscribed{*from})));
}

void Connection::event(const StoredEvent& event) {
  if (!subscription_) return;
  if (client_.unsent() <= shared_->limits.unsent_replies) return send(event.line);
  lost(Code::busy, "events are lost: 1 MiB of them was not read; take a snapshot");
}

void Connection::lost(Code why, std::string_view message) {
  const auto subscription = std::exchange(subscription_, {});
  if (!subscription) return;
  shared_->hub.unsubscribe(subscription);
  send(rpc::events_lost_line(why, message));
}

void Connection::send(std::string_view text) {
  const auto next = client_.send(text);
  if (next == ClientSocket::Next::close) close();
  if (next == ClientSocket::Next::send_rest)
    boost::asio::post(client_.socket().get_executor(), [self = shared_from_this()] { self->send_rest(); });
}

/// Sends what was queued whenever the socket takes more. [strand]
void Connection::send_rest() {
  const auto next = client_.send_rest();
  if (next == ClientSocket::Next::close) return close();
  if (next == ClientSocket::Next::send_rest)
    client_.socket().async_wait(Socket::wait_write, [self = shared_from_this()](auto failure) {
      if (!failure) self->send_rest();
    });
  wait();
}

void Connection::end() {
  if (!client_.close()) return;
  if (resting_) resting_->cancel();
  for (const auto call : calls_.unanswered()) shared_->router.cancel(call);
  if (const auto subscription = std::exchange(subscription_, {})) shared_->hub.unsubscribe(subscription);
}

}  // namespace hive::host
