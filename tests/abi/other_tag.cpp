#include "descriptor.hpp"

namespace {

consteval hive::abi::Descriptor made() {
  auto descriptor = hive::abi_test::descriptor("other_tag");
  descriptor.abi_tag = "itanium-libc++";
  return descriptor;
}

}  // namespace

HIVE_EXPORT hive_plugin_v1 = made();
