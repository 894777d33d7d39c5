#pragma once
#include <hive/sdk/contracts/lifecycle.hpp>

#include <span>
#include <string>
#include <string_view>

namespace hive::lifecycle {

inline constexpr std::string_view kManager = "manager";

/// Whether no agent may have this name: a word of the hive's own, or a plugin's id. [any-thread]
bool is_reserved(std::string_view name, std::span<const std::string> plugin_ids);

/// One that no other agent has or had. [any-thread]
Incarnation new_incarnation();

}  // namespace hive::lifecycle
