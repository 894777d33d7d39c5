#pragma once
#include <hive/sdk/abi.hpp>

#include <chrono>
#include <list>
#include <map>
#include <optional>
#include <vector>

namespace hive::host {

/// When calls in flight are due. Few different spans are in use, so one list a span, in order of
/// expiry, makes adding and removing constant. Not thread-safe: the router's lock guards it.
class Deadlines {
 public:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    Clock::time_point due;
    abi::CallId call = 0;
    std::uint32_t span_ms = 0;
  };
  using Place = std::list<Entry>::iterator;

  Place add(abi::CallId call, std::uint32_t span_ms, Clock::time_point now);
  void remove(Place place);
  std::optional<Clock::time_point> next() const;
  /// Those that are due at `now`; they stay until they are removed.
  std::vector<abi::CallId> due(Clock::time_point now) const;

 private:
  std::map<std::uint32_t, std::list<Entry>> by_span_;
};

}  // namespace hive::host
