#include <hive/sdk/plugin.hpp>

namespace {

/// One of two plugins that need each other.
class CycleB {
 public:
  explicit CycleB(hive::Host&) {}
  hive::Status start() { return {}; }
};

}  // namespace

HIVE_PLUGIN(CycleB, .id = "cycle_b", .version = "1.0.0", .provides = "cycle_b", .needs = "cycle_a");
