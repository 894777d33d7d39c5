#pragma once
#include <hive/git/repository.hpp>

namespace hive::lifecycle {

/// What a new agent's configuration begins with: agent.toml, agent.nix, flake.nix, README.md.
std::vector<git::File> seed_files(const std::string& name);

}  // namespace hive::lifecycle
