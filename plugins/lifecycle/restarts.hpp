#pragma once
#include <hive/sdk/operation.hpp>
#include <hive/sdk/time.hpp>

#include <optional>
#include <vector>

namespace hive::lifecycle {

/// How often a container that ended against the desired state is started again.
struct RestartLimits {
  std::int64_t cap = 5;
  milliseconds window{600'000};
  milliseconds first{1'000}, longest{60'000};
};

/// The restarts of one agent that were not asked for. Not kept over a restart of the host. [strand]
class Restarts {
 public:
  explicit Restarts(const RestartLimits& limits) : limits_(limits) {}

  /// How long to wait before the next one, doubling within the window; nothing when the cap is
  /// reached. What it gives counts as a restart at `now`.
  std::optional<milliseconds> count_next(Time now);
  /// Somebody asked for a start: what was before does not count any more.
  void forget() { at_.clear(); }

 private:
  RestartLimits limits_;
  std::vector<Time> at_;
};

}  // namespace hive::lifecycle
