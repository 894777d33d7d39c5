#include <hive/http/reply.hpp>

#include <exception>

#include "connection.hpp"
#include "core.hpp"
#include "text.hpp"

namespace hive::http {
namespace {

/// Up to the first control character: nothing that is put into a line of a frame can begin another.
std::string_view one_line(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && (unsigned char)text[size] >= 0x20) ++size;
  return text.substr(0, size);
}

}  // namespace

Bytes event(std::string_view id, std::string_view event, std::string_view data) {
  std::string frame;
  frame.reserve(id.size() + event.size() + data.size() + 32);
  if (!id.empty()) ((frame += "id: ") += one_line(id)) += '\n';
  if (!event.empty()) ((frame += "event: ") += one_line(event)) += '\n';
  for (;;) {
    const auto end = data.find_first_of("\r\n");
    ((frame += "data: ") += data.substr(0, end)) += '\n';
    if (end == std::string_view::npos) break;
    data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  frame += '\n';
  return bytes(std::move(frame));
}

Reply::~Reply() {
  if (!connection_) return;
  const auto connection = connection_;
  const bool awaited = !is_gone();
  send(empty(500));
  // A handler that threw is named by who called it.
  if (awaited && std::uncaught_exceptions() == 0)
    connection->core().log(abi::Level::error, "a handler dropped its reply without an answer; the client got a 500");
}

void Reply::send(Response response) {
  if (auto connection = std::exchange(connection_, nullptr)) connection->answer(turn_, std::move(response));
}

EventStream Reply::stream(std::vector<Header> headers) {
  auto connection = std::exchange(connection_, nullptr);
  if (!connection || !connection->start_stream(turn_, std::move(headers))) return {};
  return EventStream(std::move(connection));
}

bool Reply::is_gone() const {
  return !connection_ || !connection_->waits_for(turn_);
}

EventStream& EventStream::operator=(EventStream&& other) noexcept {
  if (this != &other) {
    if (connection_) connection_->stream().end();
    connection_ = std::move(other.connection_);
  }
  return *this;
}

EventStream::~EventStream() {
  if (connection_) connection_->stream().end();
}

bool EventStream::send(const Bytes& frame) {
  return connection_ && connection_->stream().send(frame);
}

bool EventStream::is_open() const {
  return connection_ && connection_->stream().is_open();
}

void EventStream::on_gone(std::function<void()> told) {
  if (connection_) connection_->stream().on_gone(std::move(told));
}

}  // namespace hive::http
