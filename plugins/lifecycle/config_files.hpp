#pragma once
#include <hive/sdk/contracts/lifecycle.hpp>

#include <filesystem>

namespace hive::lifecycle {

/// The files of an agent's deployed configuration, `agent.toml` and `agent.nix` first, or the one at `what.path`. One
/// that is no text is named with its size. Errors: not_found, too_large, those of the repository. [blocking]
Result<ConfigFiles> read_config(const std::filesystem::path& root, const ReadConfig& what);

}  // namespace hive::lifecycle
