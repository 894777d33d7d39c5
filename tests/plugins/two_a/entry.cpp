#include <hive/sdk/plugin.hpp>

namespace {

/// One of two plugins that provide the same role.
class TwoA {
 public:
  explicit TwoA(hive::Host&) {}
  hive::Status start() { return {}; }
};

}  // namespace

HIVE_PLUGIN(TwoA, .id = "two_a", .version = "1.0.0", .provides = "two");
