#include "descriptor.hpp"

namespace {

consteval hive::abi::Descriptor made() {
  auto descriptor = hive::abi_test::descriptor("short_descriptor");
  descriptor.size = 16;
  return descriptor;
}

}  // namespace

HIVE_EXPORT hive_plugin_v1 = made();
