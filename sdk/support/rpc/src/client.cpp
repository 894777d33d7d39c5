#include <hive/os/wait.hpp>
#include <hive/rpc/client.hpp>
#include <hive/sdk/duration.hpp>

#include <algorithm>
#include <optional>

namespace hive::rpc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr milliseconds kFirstPause{5}, kLongestPause{500};

enum class Woken { ready, late, interrupted, failed };

struct Until {
  Clock::time_point deadline;
  int interrupt;
};

/// Waits for `fd` (-1: for nothing), the deadline or the interrupt.
Woken wait_for(int fd, short events, const Until& until) {
  pollfd polled[] = {{fd, events, 0}, {until.interrupt, POLLIN, 0}};
  const auto waited = os::wait_for_any(polled, until.deadline);
  if (waited != os::Waited::ready) return waited == os::Waited::late ? Woken::late : Woken::failed;
  return polled[1].revents != 0 ? Woken::interrupted : Woken::ready;
}

Error interrupted(std::string_view method) {
  return error(Code::cancelled, std::string(method) + " was given up by its caller");
}

Error late(std::string_view method, milliseconds deadline) {
  return error(Code::timeout, std::string(method) + " has not answered within " + duration_text(deadline) +
                                  "; whether it was carried out is unknown");
}

/// Sends and waits. The connection is closed when it returns without an answer of the host.
Result<std::string> ask(Connection& connection, std::string_view method, std::string_view params,
                        const CallOptions& options, const Until& until) {
  std::optional<Result<std::string>> answer;
  const auto sent =
      connection.send(method, params, [&answer](Result<std::string> result) { answer.emplace(std::move(result)); });
  if (!sent) return sent.error();
  while (!answer) {
    const short events = short(POLLIN | (connection.want_write() ? POLLOUT : 0));
    const auto woken = wait_for(connection.fd(), events, until);
    // Closing is what tells the host that nobody waits any more.
    if (woken == Woken::interrupted) connection.lose(interrupted(method));
    if (woken == Woken::failed) connection.lose(os::last_error(std::string(method) + " cannot be waited for"));
    if (woken == Woken::late) connection.lose(late(method, options.deadline));
    if (woken != Woken::ready) continue;
    connection.on_writable();
    connection.on_readable();
  }
  return std::move(*answer);
}

}  // namespace

Result<std::string> Client::call_text(std::string_view method, std::string_view params, CallOptions options) {
  if (options.deadline.count() == 0) options.deadline = kUsualPatience;
  const Until until{Clock::now() + options.deadline, options.interrupt};
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    auto connection = take_connection();
    Error failure;
    if (connection) {
      auto answer = ask(*connection, method, params, options, until);
      if (connection->is_open()) give_back(std::move(*connection));
      if (answer || answer.error().code != Code::unavailable || options.repeat == Repeat::never) return answer;
      failure = answer.error();
    } else {
      failure = connection.error();
      if (failure.code != Code::unavailable) return failure;
    }
    const Until pause_end{std::min(until.deadline, Clock::now() + pause), until.interrupt};
    if (wait_for(-1, 0, pause_end) == Woken::interrupted) return interrupted(method);
    if (Clock::now() >= until.deadline) return failure;
  }
}

Result<Connection> Client::take_connection() {
  {
    std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      if (!connection.is_stale()) return connection;
    }
  }
  return Connection::open(socket_);
}

void Client::give_back(Connection connection) {
  std::lock_guard lock(mutex_);
  if (idle_.size() < kIdle) idle_.push_back(std::move(connection));
}

}  // namespace hive::rpc
