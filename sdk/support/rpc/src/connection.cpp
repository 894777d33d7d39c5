#include <hive/json_text/json_text.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/rpc/connection.hpp>
#include <hive/sdk/codec.hpp>
#include <hive/utf8/utf8.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <boost/json.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace hive::rpc {
namespace {

constexpr std::size_t kEnvelope = 4'096;
constexpr int kMostReads = 16;
constexpr std::string_view kUnknownOutcome =
    "the connection to the host was lost before it answered; whether the call was carried out is unknown";

/// The members of one JSON-RPC line that a client reads. Values are JSON text, empty when absent.
struct Envelope {
  std::string_view id, method, result, error, params;
};

/// Finds them without parsing the values: what is passed on is validated by whoever decodes it. Nothing when `line` is
/// no JSON object by its outer form.
std::optional<Envelope> envelope_of(std::string_view line) {
  Envelope out;
  const bool whole = json_text::for_members(line, [&](std::string_view name, std::string_view value) {
    if (name == "id")
      out.id = value;
    else if (name == "method")
      out.method = json_text::unquoted(value);
    else if (name == "result")
      out.result = value;
    else if (name == "error")
      out.error = value;
    else if (name == "params")
      out.params = value;
  });
  if (!whole) return {};
  return out;
}

/// The host's error object as an Error. What is no such object says so.
Error error_of(std::string_view text) {
  const auto value = parse_json(text);
  const auto* object = value && value->is_object() ? &value->get_object() : nullptr;
  const auto* message = object != nullptr ? object->if_contains("message") : nullptr;
  if (message == nullptr || !message->is_string())
    return error(Code::internal, "the host answered with an error that has no message");
  const auto* data = object->if_contains("data");
  const auto* code = data != nullptr && data->is_object() ? data->get_object().if_contains("code") : nullptr;
  const bool named = code != nullptr && code->is_string();
  return error(named ? code_named(code->get_string()) : Code::internal, std::string(message->get_string()));
}

Error not_connected(const Error& why) {
  if (why.code == Code::forbidden) return error(why.code, why.message + "; ask whoever runs the host");
  if (why.code == Code::unavailable) return error(why.code, why.message + "; start the host");
  return why;
}

std::string string_in(std::string_view object, std::string_view member) {
  std::string found;
  json_text::for_members(object, [&](std::string_view name, std::string_view value) {
    if (name != member) return;
    if (auto text = parse_json(value); text && text->is_string()) found = text->get_string();
  });
  return found;
}

}  // namespace

Result<Connection> Connection::open(const std::filesystem::path& socket_or_folder) {
  std::error_code ignored;  // a path that cannot be looked at cannot be connected to, which says why
  const bool folder = std::filesystem::is_directory(socket_or_folder, ignored);
  auto connected = os::connect_to(folder ? socket_or_folder / kSocketName : socket_or_folder, os::Connect::at_once);
  if (!connected) return not_connected(connected.error());
  return Connection(std::move(*connected));
}

Connection::Connection(os::Fd connected) : fd_(std::move(connected)) {
  ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) | O_NONBLOCK);
}

bool Connection::is_stale() const {
  char byte = 0;
  if (!is_open()) return true;
  const auto got = ::recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

Result<Connection::CallId> Connection::send(std::string_view method, std::string_view params, Answer answer) {
  if (!is_open()) return error(Code::unavailable, "the connection to the host is closed; open a new one");
  const auto id = next_;
  std::string line =
      R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":)" + json_text::quote(method) + R"(,"params":)";
  (line += params) += "}\n";
  if (line.size() > kMaxLine)
    return error(Code::too_large, std::string(method) + ": params are " + std::to_string(params.size()) +
                                      " bytes and 1 MiB is the limit; send less at a time");
  if (!utf8::is_valid(line))
    return error(Code::invalid_params, std::string(method) + ": a text is not UTF-8; send one that is");
  if (!json_text::is_value(std::string_view(line).substr(0, line.size() - 1)))
    return error(Code::invalid_params,
                 std::string(method) + ": the params are not a JSON object, or nested over 31 deep; send simpler ones");
  if (unsent_.size() + line.size() > kMaxUnsent)
    return error(Code::busy, "the host reads slowly and 4 MiB wait to be sent; wait for an answer first");
  ++next_;
  pending_.emplace(id, std::move(answer));
  unsent_ += line;
  write_some();
  return id;
}

void Connection::cancel(CallId call) {
  if (!is_open() || !pending_.contains(call)) return;
  unsent_ += R"({"jsonrpc":"2.0","method":"$/cancel","params":{"id":)" + std::to_string(call) + "}}\n";
  write_some();
}

/// A failure is not judged here: answers may still lie in the socket, and reading finds its end.
void Connection::write_some() {
  while (!unsent_.empty()) {
    const auto sent = ::send(fd_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) return unsent_.clear();
    unsent_.erase(0, std::size_t(sent));
  }
}

void Connection::on_writable() {
  if (is_open()) write_some();
}

RateLimit::Clock::duration Connection::pause(RateLimit::Clock::time_point now) const {
  return rate_ == nullptr ? RateLimit::Clock::duration{} : rate_->pause(now);
}

void Connection::on_readable(RateLimit::Clock::time_point now) {
  std::array<char, 65'536> buffer;
  const auto before = std::exchange(unread_, {});
  take(before, now);
  // Not for ever where the other side writes as fast as this one reads: the owner has other descriptors.
  for (int reads = 0; reads < kMostReads && is_open() && !has_unread() && pause(now).count() == 0; ++reads) {
    const auto got = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) return lose(error(Code::unavailable, std::string(kUnknownOutcome)));
    if (rate_ != nullptr) rate_->charge_read(std::size_t(got), now);
    take(std::string_view(buffer.data(), std::size_t(got)), now);
    if (std::size_t(got) < buffer.size()) return;
  }
}

void Connection::take(std::string_view bytes, RateLimit::Clock::time_point now) {
  for (auto end = bytes.find('\n'); end != bytes.npos && is_open(); end = bytes.find('\n')) {
    if (rate_ != nullptr && rate_->take_line(now).count() > 0) return void(unread_ = bytes);
    if (partial_.empty()) {
      line(bytes.substr(0, end));
    } else {
      const auto whole = std::exchange(partial_, {}).append(bytes.substr(0, end));
      line(whole);
    }
    bytes.remove_prefix(end + 1);
  }
  partial_ += bytes;
  if (partial_.size() > kMaxLine + kEnvelope)
    lose(error(Code::too_large, "the answer is a line over 1 MiB; ask for less at a time"));
}

void Connection::line(std::string_view text) {
  if (text.empty()) return;
  const auto envelope = envelope_of(text);
  if (!envelope)
    return lose(error(Code::internal, "the answer is not a JSON-RPC message; look at what serves this socket"));
  if (!envelope->method.empty()) return notified(envelope->method, envelope->params);
  if (!envelope->error.empty()) return answered(envelope->id, error_of(envelope->error));
  answered(envelope->id, std::string(envelope->result));
}

void Connection::answered(std::string_view id, Result<std::string> result) {
  CallId number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  const auto found = pending_.find(number);
  if (found == pending_.end()) return;  // forgotten, or an error about a line that had no id
  const auto answer = std::move(found->second);
  pending_.erase(found);
  answer(std::move(result));
}

void Connection::notified(std::string_view method, std::string_view params) {
  if (method == "event" && event_) {
    EventText event;
    json_text::for_members(params, [&](std::string_view name, std::string_view value) {
      if (name == "stamp")
        event.stamp = json_text::unquoted(value);
      else if (name == "topic")
        event.topic = json_text::unquoted(value);
      else if (name == "payload")
        event.payload = value;
    });
    event_(event);
  }
  if (method == "events.lost" && events_lost_)
    events_lost_(error(code_named(string_in(params, "code")), string_in(params, "message")));
}

void Connection::lose(const Error& why) {
  if (!is_open()) return;
  fd_.reset();
  partial_.clear(), unsent_.clear(), unread_.clear();
  const auto owed = std::exchange(pending_, {});
  for (const auto& [id, answer] : owed) answer(why);
}

}  // namespace hive::rpc
