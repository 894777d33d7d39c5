#include "descriptor.hpp"

namespace {

consteval hive::abi::Descriptor made() {
  auto descriptor = hive::abi_test::descriptor("wrong_major");
  descriptor.abi_major = 2;
  return descriptor;
}

}  // namespace

HIVE_EXPORT hive_plugin_v1 = made();
