#pragma once
#include <hive/sdk/contracts/lifecycle.hpp>

namespace hive::lifecycle {

/// A name that an agent is to have, and what is known of it.
struct Claim {
  std::string name;
  std::vector<std::string> plugin_ids{};
  std::int64_t name_bytes = 0;  // of the longest name that the runtime takes
  bool is_taken = false, is_kept = false, is_being_purged = false;
};

/// Whether an agent could be spawned under this name, check by check. [any-thread]
Preflight judge(const Claim& claim);

}  // namespace hive::lifecycle
