#include <hive/sdk/plugin.hpp>

namespace {

/// One of two plugins that need each other.
class CycleA {
 public:
  explicit CycleA(hive::Host&) {}
  hive::Status start() { return {}; }
};

}  // namespace

HIVE_PLUGIN(CycleA, .id = "cycle_a", .version = "1.0.0", .provides = "cycle_a", .needs = "cycle_b");
