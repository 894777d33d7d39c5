#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace hive::harness {

/// The CLI starts with no `.claude.json` and with a whole one, not with a damaged one: that is set aside as
/// `.claude.json.damaged` and replaced by the newest of the CLI's backups that can be read, if there is one. Says
/// what was done; nothing when there was nothing to do. Errors: none; what cannot be mended is said too. [blocking]
std::optional<std::string> mend_cli_files(const std::filesystem::path& home);

}  // namespace hive::harness
