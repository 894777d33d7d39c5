#pragma once
#include <hive/sdk/contracts/agent.hpp>

#include <filesystem>

namespace hive::agent {

/// The first rule that `toml` breaks; its path is like `.mount[0].source`. Nothing: all is well.
/// [blocking]
std::optional<Mismatch> first_broken_rule(const Toml& toml, const std::filesystem::path& root);

}  // namespace hive::agent
