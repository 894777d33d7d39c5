#pragma once
#include "folders.hpp"
#include "generations.hpp"
#include "supervisor/plan.hpp"

namespace hive::runtime_local {

/// What one start is made of.
struct Start {
  std::string name;
  AgentUser user;
  Generation generation;
};

/// Everything that the supervisor needs to start `start.name`. Errors: not_found (the CLI or the
/// harness is not where it should be). [blocking]
Result<supervisor::Plan> make_plan(const Start& start, const Settings& settings, const Installation& installation,
                                   const std::filesystem::path& root);

/// The CLI's real file: `command` is an absolute path, or a name on `search` (a PATH).
/// Errors: not_found. [blocking]
Result<std::filesystem::path> find_cli(const std::string& command, const std::string& search);

}  // namespace hive::runtime_local
