#pragma once
#include "folders.hpp"

namespace hive::runtime_local {

/// Whether what runs in a sandbox can be kept from leaving programs with their owner's rights.
enum class Filter { in_force, missing };
Filter filter_of_this_machine();

/// Folders that are written must be shown to `user` as its own, and those of root only where the filter is in force.
/// As an ordinary user nothing is wrong with them. Errors: invalid_params. [blocking]
Status check_mounts(const agent::Toml& toml, AgentUser user, Filter filter);

/// What whoever decides about this configuration should know, a sentence each. [blocking]
std::vector<std::string> notes_on(const agent::Toml& toml);

}  // namespace hive::runtime_local
