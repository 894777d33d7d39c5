#include "link/host_link.hpp"

#include <hive/sdk/duration.hpp>

#include <algorithm>
#include <vector>

namespace hive::harness {
namespace {

constexpr std::chrono::milliseconds kFirstReconnect{5};
constexpr std::chrono::milliseconds kLongestReconnect{1'000};
constexpr std::chrono::milliseconds kLongestRetry{2'000};
constexpr const char* kNotSent = "it was not sent, try again later";
constexpr const char* kOutcomeUnknown =
    "whether it was carried out is unknown, so look at what was done before you try again";

}  // namespace

HostLink::HostLink(os::EventLoop& event_loop, std::filesystem::path socket_folder)
    : event_loop_(event_loop), folder_(std::move(socket_folder)), next_reconnect_(kFirstReconnect) {}

HostLink::CallId HostLink::call(Ask ask, Answer answer) {
  const auto id = next_++;
  auto deadline = event_loop_.after(ask.deadline, [this, id] {
    const auto& late = waiting_.at(id);
    cancel(late);
    finish(id, error(Code::timeout, late.ask.method + ": the host did not answer within " +
                                        duration_text(late.ask.deadline) + "; " +
                                        (late.was_sent ? kOutcomeUnknown : kNotSent)));
  });
  const bool is_full = waiting_.size() >= kMostWaiting;
  auto& waiting =
      waiting_.emplace(id, Waiting{.ask = std::move(ask), .answer = std::move(answer), .deadline = std::move(deadline)})
          .first->second;
  if (is_full)
    finish_soon(id, waiting,
                error(Code::busy, waiting.ask.method + ": " + std::to_string(kMostWaiting) +
                                      " calls wait for the host already; wait for answers before you call again"));
  work();
  return id;
}

void HostLink::drop(CallId call) {
  const auto found = waiting_.find(call);
  if (found == waiting_.end()) return;
  cancel(found->second);
  waiting_.erase(found);
}

/// It keeps its place until the host has answered, since the host counts it as long.
void HostLink::cancel(const Waiting& waiting) {
  if (waiting.sent != 0 && is_connected()) connection_->cancel(waiting.sent);
}

/// Sends what is due, the oldest first, connecting first if need be.
void HostLink::work() {
  if (!is_connected()) connect();
  for (auto at = waiting_.begin(); at != waiting_.end() && may_send(); ++at)
    if (at->second.sent == 0 && !at->second.retry.is_set()) send(at->first, at->second);
}

void HostLink::connect() {
  // A lost connection stays until its own callbacks are through: see connection_served.
  if (reconnect_.is_set() || connection_) return;
  auto connection = rpc::Connection::open(folder_);
  if (!connection) return connect_later();
  connection_.emplace(event_loop_, std::move(*connection), [this] { connection_served(); });
  if (connected_) event_loop_.post(connected_);
}

/// The delay grows until a host answers something: one that accepts and closes is no host yet.
void HostLink::connect_later() {
  reconnect_ = event_loop_.after(next_reconnect_, [this] {
    if (!waiting_.empty()) work();
  });
  next_reconnect_ = std::min(next_reconnect_ * 2, kLongestReconnect);
}

void HostLink::connection_served() {
  if (!connection_->is_open()) return close_lost();
  if (!waiting_.empty()) work();
}

void HostLink::close_lost() {
  connection_.reset();
  connect_later();
}

void HostLink::send(CallId call, Waiting& waiting) {
  auto sent = connection_->send(waiting.ask.method, waiting.ask.params,
                                [this, call](Result<std::string> result) { answered(call, std::move(result)); });
  if (sent) {
    waiting.sent = *sent;
    waiting.was_sent = true;
  } else if (sent.error().code == Code::busy) {
    retry_later(waiting);
  } else if (sent.error().code != Code::unavailable) {
    finish_soon(call, waiting, sent.error());
  }
}

/// From the loop: inside call() the caller does not know its id yet.
void HostLink::finish_soon(CallId call, Waiting& waiting, Error why) {
  waiting.retry =
      event_loop_.after(std::chrono::milliseconds(0), [this, call, why = std::move(why)] { finish(call, why); });
}

void HostLink::answered(CallId call, Result<std::string> result) {
  const auto found = waiting_.find(call);
  if (found == waiting_.end()) return;
  auto& waiting = found->second;
  waiting.sent = 0;
  if (is_connected()) next_reconnect_ = kFirstReconnect;
  const bool unavailable = !result && result.error().code == Code::unavailable;
  if (!unavailable || waiting.ask.repeat == Repeat::never) return finish(call, std::move(result));
  if (is_connected()) retry_later(waiting);  // its provider is away; else: sent again once connected
}

void HostLink::retry_later(Waiting& waiting) {
  waiting.retry = event_loop_.after(waiting.next_retry, [this] { work(); });
  waiting.next_retry = std::min(waiting.next_retry * 2, kLongestRetry);
}

void HostLink::finish(CallId call, Result<std::string> result) {
  auto node = waiting_.extract(call);
  if (node.empty()) return;
  node.mapped().answer(std::move(result));
}

}  // namespace hive::harness
