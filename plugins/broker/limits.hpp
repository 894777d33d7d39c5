#pragma once
#include <hive/sdk/time.hpp>

#include <cstddef>

namespace hive::broker {

inline constexpr std::int64_t kDayMs = 86'400'000;

/// Log of broker.sqlite, laid out once and kept.
inline constexpr std::size_t kLogBytes = 8u << 20;

/// What a row of `messages` takes beside its texts, as the budgets count it.
inline constexpr std::int64_t kRowBytes = 256;

/// What one mailbox, one sender and one message may take.
struct Limits {
  std::size_t body_bytes = 1'024;
  std::size_t system_body_bytes = 16'384;
  /// Queued and leased messages of one mailbox, and how far all but the operator may fill it.
  std::int64_t undelivered = 10'000, undelivered_of_system = 9'500, undelivered_of_manager = 9'000,
               undelivered_of_agents = 8'000;
  /// What one agent may have there.
  std::int64_t share = 1'000;
  /// Messages of one sender to the operator that came since the operator last read the inbox.
  std::int64_t unread = 10'000;
  /// What one agent or the manager may have stored, in whatever state.
  std::int64_t stored_messages = 200'000, stored_bytes = 256ll << 20;
  /// Turns that may fail on a message before it is given up.
  std::int64_t failed_turns = 5;
  /// How long settled messages and keys are kept.
  std::int64_t kept_ms = 30 * kDayMs;
};

}  // namespace hive::broker
