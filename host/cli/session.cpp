#include "session.hpp"

#include <hive/os/wait.hpp>
#include <hive/sdk/duration.hpp>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "command.hpp"

namespace hive::host::cli {
namespace {

constexpr std::chrono::milliseconds kLookAgain{250};

/// A session with the host once one answers again. Errors: timeout; forbidden.
Result<Session> wait_for_host(const Globals& globals, Session::Clock::time_point deadline) {
  for (;;) {
    auto session = Session::open(globals);
    if (session || session.error().code != Code::unavailable) return session;
    if (Session::Clock::now() >= deadline) return error(Code::timeout, "the host has not come back");
    std::this_thread::sleep_for(kLookAgain);
  }
}

}  // namespace

Result<Session> Session::open(const Globals& globals) {
  auto connection = rpc::Connection::open(globals.socket());
  if (connection) return Session(std::move(*connection));
  if (connection.error().code != Code::unavailable) return connection.error();
  return error(Code::unavailable, "no host runs on " + globals.root.string() +
                                      "; start it with `./hive up` or `hive-c0re serve --root " +
                                      globals.root.string() + "`, or name another folder with --root");
}

Session::Session(rpc::Connection connection) : connection_(std::move(connection)), inbox_(std::make_unique<Inbox>()) {
  auto* inbox = inbox_.get();
  connection_.on_event([inbox](const rpc::EventText& event) {
    auto payload = parse_json(event.payload);
    if (!payload) return void(inbox->lost = payload.error());
    inbox->events.push_back({std::string(event.stamp), std::string(event.topic), std::move(*payload)});
  });
  connection_.on_events_lost([inbox](Error why) { inbox->lost = std::move(why); });
}

Result<json::value> Session::call(std::string_view method, const json::value& params,
                                  std::chrono::milliseconds deadline) {
  std::optional<Result<std::string>> answer;
  const auto id = connection_.send(method, write_json(params),
                                   [&answer](Result<std::string> result) { answer.emplace(std::move(result)); });
  if (!id) return id.error();
  const auto until = Clock::now() + deadline;
  while (!answer && turn(until)) {
  }
  if (!answer) {
    connection_.cancel(*id);
    connection_.forget(*id);
    return error(Code::timeout, std::string(method) + " has not answered within " + duration_text(deadline) +
                                    "; whether it was carried out is unknown");
  }
  if (!*answer) return answer->error();
  return parse_json(**answer);
}

Status Session::subscribe(const std::vector<std::string>& topics) {
  json::array names;
  for (const auto& topic : topics) names.emplace_back(topic);
  const auto answer = call("events.subscribe", json::object{{"topics", std::move(names)}});
  if (!answer) return answer.error();
  return {};
}

Result<SeenEvent> Session::next_event(Clock::time_point deadline) {
  while (inbox_->events.empty()) {
    if (inbox_->lost) return *inbox_->lost;
    if (!connection_.is_open()) return error(Code::unavailable, "the host has ended");
    if (!turn(deadline)) return error(Code::timeout, "no event came in the time that was given");
  }
  auto event = std::move(inbox_->events.front());
  inbox_->events.pop_front();
  return event;
}

bool Session::turn(Clock::time_point deadline) {
  if (Clock::now() >= deadline) return false;
  pollfd polled{connection_.fd(), short(POLLIN | (connection_.want_write() ? POLLOUT : 0)), 0};
  if (os::wait_for_any({&polled, 1}, deadline) != os::Waited::ready) return false;
  connection_.on_writable();
  connection_.on_readable();
  return true;
}

Result<int> over_restarts(const Globals& globals, Session::Clock::time_point deadline,
                          const std::function<Result<int>(Session&)>& follow) {
  auto session = Session::open(globals);
  std::string told;
  while (session) {
    auto done = follow(*session);
    if (done || done.error().code != Code::unavailable) return done;
    if (done.error().message != std::exchange(told, done.error().message))
      remark("hive-c0re: " + told + "; waiting for it to come back\n");
    else  // it is there, and what is asked for is not yet
      std::this_thread::sleep_for(kLookAgain);
    session = wait_for_host(globals, deadline);
  }
  return session.error();
}

}  // namespace hive::host::cli
