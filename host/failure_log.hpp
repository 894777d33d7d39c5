#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace hive::host {

/// What the log is told of methods that fail through no fault of their callers: each failure once, and one that repeats
/// once a minute with how often it came, so that a broken store does not push everything else out of the log. Not
/// thread-safe: the router's lock guards it.
class FailureLog {
 public:
  using Clock = std::chrono::steady_clock;

  /// The line for a failure of `method`, whose words are cut to 512 bytes; empty: it was told already.
  std::string line_for(const std::string& method, std::string_view words, Clock::time_point now);

 private:
  struct Told {
    std::string words;
    Clock::time_point at{};
    std::uint64_t untold = 0;  // times that it came since
  };
  std::map<std::string, Told> told_;  // by method
};

}  // namespace hive::host
