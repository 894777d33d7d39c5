#include "names.hpp"

#include <hive/os/random.hpp>
#include <hive/sdk/reserved_names.hpp>

#include <algorithm>

namespace hive::lifecycle {

bool is_reserved(std::string_view name, std::span<const std::string> plugin_ids) {
  return is_reserved_name(name) || std::find(plugin_ids.begin(), plugin_ids.end(), name) != plugin_ids.end();
}

Incarnation new_incarnation() {
  return os::random_hex(16);
}

}  // namespace hive::lifecycle
