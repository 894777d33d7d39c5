#include <hive/sdk/plugin.hpp>

namespace {

/// One of two plugins that provide the same role.
class TwoB {
 public:
  explicit TwoB(hive::Host&) {}
  hive::Status start() { return {}; }
};

}  // namespace

HIVE_PLUGIN(TwoB, .id = "two_b", .version = "1.0.0", .provides = "two");
