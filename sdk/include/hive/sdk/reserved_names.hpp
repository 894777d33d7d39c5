#pragma once
#include <algorithm>
#include <array>
#include <string_view>

namespace hive {

/// The hive's own words for parties and folders: no user-chosen name is one of them, and `manager` is the one
/// agent that is. The ids of plugins are reserved too; the host alone knows them.
inline constexpr std::array<std::string_view, 13> kReservedNames{
    "operator", "manager",  "system", "host",   "hyperhive", "hive",        "you",
    "all",      "everyone", "meta",   "shared", "common",    "ttl-watchdog"};

/// Whether `name` is one of them. [any-thread]
constexpr bool is_reserved_name(std::string_view name) {
  return std::find(kReservedNames.begin(), kReservedNames.end(), name) != kReservedNames.end();
}

}  // namespace hive
