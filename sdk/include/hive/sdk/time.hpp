#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hive {

/// A moment of the calendar, in milliseconds since 1970-01-01T00:00:00Z. In JSON: RFC 3339 in UTC with milliseconds.
struct Time {
  std::int64_t ms = 0;

  friend bool operator==(Time, Time) = default;
  friend auto operator<=>(Time, Time) = default;
};

/// 9999-12-31T23:59:59.999Z: RFC 3339 has no later one.
inline constexpr Time kLastMoment{253'402'300'799'999};

/// `2026-05-01T12:00:00.250Z`, for moments from 1970 to kLastMoment. [any-thread]
std::string to_text(Time time);

/// Takes any RFC 3339 offset and 0 to 9 digits of a second. Nothing when `text` is no such moment
/// between the years 1970 and 9999. [any-thread]
std::optional<Time> time_from(std::string_view text);

/// The wall clock; it may jump. [any-thread]
Time wall_time();

/// For tests: wall_time() answers what `clock` does until it is set to null. [any-thread]
void set_wall_clock(Time (*clock)());

}  // namespace hive
