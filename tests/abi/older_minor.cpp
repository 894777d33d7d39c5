#include "descriptor.hpp"

#include <cstddef>

namespace {

/// As a plugin of ABI 1.0 has it: what came later is not part of it and must not be read.
consteval hive::abi::Descriptor made() {
  auto descriptor = hive::abi_test::descriptor("older_minor");
  descriptor.abi_minor = 0;
  descriptor.size = offsetof(hive::abi::Descriptor, panel);
  descriptor.panel = "not read";
  return descriptor;
}

}  // namespace

HIVE_EXPORT hive_plugin_v1 = made();
