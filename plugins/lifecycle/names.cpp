#include "names.hpp"

#include <algorithm>
#include <array>

namespace hive::lifecycle {

bool is_reserved(std::string_view name, std::span<const std::string> plugin_ids) {
  static constexpr std::array<std::string_view, 8> kWords{"operator", "host",   "system",    "manager",
                                                          "meta",     "shared", "hyperhive", "ttl-watchdog"};
  return std::find(kWords.begin(), kWords.end(), name) != kWords.end() ||
         std::find(plugin_ids.begin(), plugin_ids.end(), name) != plugin_ids.end();
}

}  // namespace hive::lifecycle
