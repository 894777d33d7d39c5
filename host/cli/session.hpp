#pragma once
#include <hive/rpc/calling.hpp>
#include <hive/rpc/connection.hpp>
#include <hive/sdk/codec.hpp>
#include <hive/sdk/method.hpp>

#include "globals.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace hive::host::cli {

struct SeenEvent {
  std::string stamp, topic;
  json::value payload;
};

/// One connection to the host, for calls one after the other and, once subscribed, events in order.
/// Waiting is [blocking]; Ctrl-C ends the process and with it the call.
class Session {
 public:
  using Clock = std::chrono::steady_clock;

  /// Errors: unavailable, which says how to start a host; forbidden.
  static Result<Session> open(const Globals& globals);

  /// `params`: a JSON object. Errors: the host's; unavailable; timeout after `deadline`.
  Result<json::value> call(std::string_view method, const json::value& params,
                           std::chrono::milliseconds deadline = rpc::kUsualPatience);
  template <class P, class R>
  Result<R> call(const Method<P, R>& method, const P& params) {
    auto value = call(method.name, encode_value(params), method.deadline + rpc::kGrace);
    if (!value) return value.error();
    return decode_value<R>(*value, Unknown::ignore);
  }

  /// Topics that the operator may not see or that nobody publishes are an error.
  Status subscribe(const std::vector<std::string>& topics);
  /// The next event. Errors: timeout; unavailable (the host ended); busy (events were lost).
  Result<SeenEvent> next_event(Clock::time_point deadline = Clock::time_point::max());

 private:
  explicit Session(rpc::Connection connection);
  /// One poll; false when `deadline` has passed.
  bool turn(Clock::time_point deadline);

  struct Inbox {
    std::deque<SeenEvent> events;
    std::optional<Error> lost;
  };
  rpc::Connection connection_;
  std::unique_ptr<Inbox> inbox_;  // on the heap: the connection's callbacks point at it while this moves
};

/// Runs `follow` with a session, and again with a new one each time the host went away under it: a restart of the host
/// ends no command that goes on. `follow` keeps by itself how far it came. What is waited for is said on standard
/// error. Gives what `follow` gave in the end. Errors: those of the first `Session::open`; those of `follow` but
/// unavailable; timeout when the host is not back before `deadline`. [blocking]
Result<int> over_restarts(const Globals& globals, Session::Clock::time_point deadline,
                          const std::function<Result<int>(Session&)>& follow);

}  // namespace hive::host::cli
