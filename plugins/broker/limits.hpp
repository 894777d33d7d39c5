#pragma once
#include <hive/sdk/time.hpp>

#include <cstddef>

namespace hive::broker {

inline constexpr std::int64_t kDayMs = 86'400'000;

/// Log of broker.sqlite, laid out once and kept.
inline constexpr std::size_t kLogBytes = 8u << 20;

/// What one mailbox and one message may take.
struct Limits {
  std::size_t body_bytes = 1'024;
  std::size_t system_body_bytes = 16'384;
  /// Queued and leased messages of one mailbox.
  std::int64_t undelivered = 10'000;
  /// Turns that may fail on a message before it is given up.
  std::int64_t failed_turns = 5;
  /// How long settled messages and keys are kept.
  std::int64_t kept_ms = 30 * kDayMs;
};

}  // namespace hive::broker
