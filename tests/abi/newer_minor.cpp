#include "descriptor.hpp"

namespace {

consteval hive::abi::Descriptor made() {
  auto descriptor = hive::abi_test::descriptor("newer_minor");
  descriptor.abi_minor = hive::abi::kMinor + 1;
  return descriptor;
}

}  // namespace

HIVE_EXPORT hive_plugin_v1 = made();
