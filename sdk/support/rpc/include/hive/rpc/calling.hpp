#pragma once
#include <chrono>

/// What every way to call a host has in common.
namespace hive::rpc {

/// What to do when it is unknown whether a call was carried out: the connection was lost under it, or
/// its provider is away.
enum class Repeat {
  never,  // answer `unavailable`; the caller decides
  safe,   // the call is idempotent or carries a key: repeat it until the deadline
};

/// What a caller waits longer than the method's own deadline, so that the host's `timeout` arrives before his own.
inline constexpr std::chrono::milliseconds kGrace{5'000};
/// For a call of a method whose deadline is not known: the usual one and the grace.
inline constexpr std::chrono::milliseconds kUsualPatience = std::chrono::milliseconds(30'000) + kGrace;

}  // namespace hive::rpc
