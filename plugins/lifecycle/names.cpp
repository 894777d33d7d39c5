#include "names.hpp"

#include <hive/sdk/reserved_names.hpp>

#include <sodium.h>

#include <algorithm>
#include <array>

namespace hive::lifecycle {

bool is_reserved(std::string_view name, std::span<const std::string> plugin_ids) {
  return is_reserved_name(name) || std::find(plugin_ids.begin(), plugin_ids.end(), name) != plugin_ids.end();
}

Incarnation new_incarnation() {
  // Before what is random: the library looks once at what this machine has.
  if (::sodium_init() < 0) std::abort();  // no random numbers
  std::array<unsigned char, 16> bytes{};
  ::randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 2 * bytes.size() + 1> hex{};
  return ::sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
}

}  // namespace hive::lifecycle
