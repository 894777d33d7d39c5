#pragma once
#include <hive/agent_paths/agent_paths.hpp>
#include <hive/sdk/contracts/files.hpp>

namespace hive::files {

/// As much of the text from `offset` on as one answer holds, cut between characters.
/// Errors: those of agent_paths::open; too_large (over kMostBytes); invalid_params (no text, or no character begins
/// at `offset`). [blocking]
Result<File> read_text(const std::filesystem::path& root, const agent_paths::AgentPath& path, std::int64_t offset);

/// The bytes of `text`, which is valid, whose JSON has at most `most_bytes`; characters stay whole.
std::string_view piece_of(std::string_view text, std::size_t most_bytes);

}  // namespace hive::files
