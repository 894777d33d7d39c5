#include "descriptor.hpp"

namespace {

consteval hive::abi::Descriptor made() {
  return hive::abi_test::descriptor("plain");
}

}  // namespace

HIVE_EXPORT hive_plugin_v1 = made();
