#pragma once
#include <hive/http/server.hpp>

#include "request_reader.hpp"

namespace hive::http {

/// What a connection waits for, and until when. Begins with the first request. One thread at a time.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  using Waiting = RequestReader::Waiting;

  explicit Patience(const Limits& limits) : limits_(limits), until_(Clock::now() + limits.head_time) {}

  /// For more of a request. A drip does not put the end off.
  void await_request(Waiting what);
  void await_answer();

  /// Absent: for an answer.
  std::optional<Waiting> request() const { return request_; }
  bool is_over(Clock::time_point now) const { return now > until_; }
  /// Since when no whole request has come.
  Clock::time_point idle_since() const { return idle_since_; }

 private:
  const Limits& limits_;
  std::optional<Waiting> request_ = Waiting::idle;
  Clock::time_point until_;
  Clock::time_point idle_since_ = Clock::now();
};

}  // namespace hive::http
