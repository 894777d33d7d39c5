#include "page/server.hpp"

#include <hive/json_text/json_text.hpp>
#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>
#include <hive/rpc/wire.hpp>
#include <hive/sdk/contracts/page.hpp>

#include "page/answers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace hive::harness {
namespace {

/// The host asks on four at once and follows on one more.
constexpr std::size_t kMostClients = 16;
/// A request here is a few dozen bytes.
constexpr std::size_t kLongestRequest = 64 << 10;
/// Written ahead of a subscriber; the ring holds the rest.
constexpr std::size_t kAhead = 256 << 10;
constexpr std::chrono::milliseconds kAfterFailure{1'000};

/// Root and users of outside a container's user namespace have no number in it: they appear as this one.
constexpr uid_t kOverflowUid = 65'534;

/// The socket's mode lets only its owner and root connect, so whoever is none of them came by a mistake.
bool may_ask(int socket) {
  const auto peer = os::peer_of(socket);
  return peer && (peer->uid == ::geteuid() || peer->uid == 0 || peer->uid == kOverflowUid);
}

std::string stamp_of(std::string_view epoch, std::int64_t seq) {
  return std::string(epoch) + "-" + std::to_string(seq);
}

}  // namespace

PageServer::PageServer(os::EventLoop& event_loop, EventBus& bus, Answer answer)
    : event_loop_(event_loop), bus_(bus), answer_(std::move(answer)) {
  bus_.subscribe([this](const LiveEvent&) {
    for (auto& client : clients_) send_events(client);
  });
}

Status PageServer::listen(const std::filesystem::path& path) {
  auto folder = os::make_folder(path, {.mode = 0700});
  if (!folder) return folder.error();
  auto listening = os::listen_in(folder->get(), std::string(page::kSocket));
  if (!listening) return listening.error();
  ::fcntl(listening->get(), F_SETFL, ::fcntl(listening->get(), F_GETFL) | O_NONBLOCK);
  listening_ = event_loop_.watch(std::move(*listening), POLLIN, [this](short) { accept_one(); });
  return {};
}

void PageServer::accept_one() {
  os::Fd socket(::accept4(listening_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket && (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)) return;
  if (!socket) return pause_accepting();
  if (!may_ask(socket.get())) return;
  if (clients_.size() >= kMostClients) return turn_away(socket.get());
  add(std::move(socket));
}

/// Without descriptors or memory the same connection would be reported for ever.
void PageServer::pause_accepting() {
  listening_.set_events(0);
  resuming_ = event_loop_.after(kAfterFailure, [this] { listening_.set_events(POLLIN); });
}

void PageServer::turn_away(int socket) const {
  const auto line = rpc::error_line("null", Code::busy,
                                    std::string(page::kSocket) + ": " + std::to_string(kMostClients) +
                                        " connections are open, which is the most; close one");
  [[maybe_unused]] const auto told = ::send(socket, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void PageServer::add(os::Fd socket) {
  os::Fd out(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
  if (!out) return;
  auto& client = clients_.emplace_back();
  client.lines.emplace(
      event_loop_, std::move(socket), std::move(out), LineStream::Limits{.line = kLongestRequest},
      LineStream::Handlers{.line = [this, &client](std::string_view line) { take_line(client, line); },
                           .too_long = [this, &client] { refuse_too_long(client); },
                           .ended =
                               [this, &client] {
                                 client.has_ended = true;
                                 reaping_ = event_loop_.after(std::chrono::milliseconds(0), [this] { reap(); });
                               },
                           .written = [this, &client] { send_events(client); },
                           .skipped = [&client](std::string_view part) { client.skipped.take(part); }});
}

void PageServer::refuse_too_long(Client& client) {
  const auto id = std::exchange(client.skipped, {}).found();
  client.lines->write(rpc::error_line(
      id.empty() ? "null" : id, Code::too_large, rpc::kInvalidRequest,
      "a line is over " + std::to_string(kLongestRequest) + " bytes; nothing that can be asked here is so long"));
}

/// Later, for a stream may not be destroyed in its own handler.
void PageServer::reap() {
  clients_.remove_if([](const Client& client) { return client.has_ended; });
}

void PageServer::take_line(Client& client, std::string_view line) {
  if (line.empty()) return;
  const bool is_json = json_text::is_value(line);
  const auto asked = is_json ? rpc::request_of(line) : std::nullopt;
  if (!asked) {
    const auto id = rpc::id_of(line);
    return client.lines->write(rpc::error_line(
        id.empty() ? "null" : id, Code::invalid_params, is_json ? rpc::kInvalidRequest : rpc::kParseError,
        is_json ? "the line is not a JSON-RPC 2.0 request" : "the line is not one JSON value in UTF-8"));
  }
  if (asked->id.empty()) return;  // all is answered at once: there is nothing to cancel
  const auto answer =
      asked->method == page::kSubscribe.name ? subscribe(client, asked->params) : answer_(asked->method, asked->params);
  client.lines->write(answer ? rpc::result_line(asked->id, *answer)
                             : rpc::error_line(asked->id, answer.error().code, answer.error().message));
  send_events(client);
}

Result<std::string> PageServer::subscribe(Client& client, std::string_view params) {
  const auto asked = decode_text<page::Subscribe>(params, Unknown::refuse);
  if (!asked) return asked.error();
  if (client.is_subscribed) return error(Code::conflict, "this connection is an event stream already; open another");
  const auto next = number_after(asked->since);
  if (!next) return next.error();
  client.is_subscribed = true;
  client.epoch = bus_.epoch();
  client.next = *next;
  return encode_text(page::Subscribed{stamp_of(client.epoch, client.next - 1)});
}

/// Of the event that follows `since`; it is in the ring, or is the next that comes.
Result<std::int64_t> PageServer::number_after(const std::optional<std::string>& since) const {
  if (!since) return bus_.last() + 1;
  const auto gone = error(Code::not_found, "events after " + *since + " are not in memory; take the state and history");
  const auto dash = since->rfind('-');
  if (dash == since->npos || since->substr(0, dash) != bus_.epoch()) return gone;
  const std::string_view number = std::string_view(*since).substr(dash + 1);
  std::int64_t seen = 0;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), seen);
  if (failed != std::errc{} || end != number.data() + number.size() || seen < 0 || seen > bus_.last()) return gone;
  if (seen + std::ssize(bus_.recent()) < bus_.last()) return gone;
  return seen + 1;
}

void PageServer::send_events(Client& client) {
  if (!client.is_subscribed || client.has_ended) return;
  const auto& ring = bus_.recent();
  const auto first = bus_.last() - std::ssize(ring) + 1;
  if (client.epoch != bus_.epoch() || client.next < first) {
    client.is_subscribed = false;
    return client.lines->write(rpc::events_lost_line(
        Code::busy, "events are lost: they were not read in time, or another epoch began; take the state and history"));
  }
  while (client.next <= bus_.last() && client.lines->unsent() < kAhead && !client.has_ended) {
    const auto& event = ring[std::size_t(client.next - first)];
    ++client.next;  // before it is written: what was written may bring us here again
    client.lines->write(
        rpc::event_line(stamp_of(client.epoch, event.seq), page::kEvent.topic, event_text(client.epoch, event)));
  }
}

}  // namespace hive::harness
