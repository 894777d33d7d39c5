#include "descriptor.hpp"

namespace {

consteval hive::abi::Descriptor made() {
  auto descriptor = hive::abi_test::descriptor("no_create");
  descriptor.create = nullptr;
  return descriptor;
}

}  // namespace

HIVE_EXPORT hive_plugin_v1 = made();
