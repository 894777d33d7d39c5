#pragma once
#include <hive/os/fd.hpp>

#include <filesystem>
#include <string>
#include <string_view>

/// Files that agents and people speak of: what is shared, and the states of agents. Nothing else has a name here. What
/// does not open a file is [any-thread].
namespace hive::agent_paths {

/// One file by its name alone; whether it is there is not looked at. A value, made by parse().
struct AgentPath {
  std::string owner;  // of the state; empty: it is shared
  std::string rest;   // below that folder: neither empty nor with an empty, `.` or `..` component

  /// The folder whose owner is whose file it should be, from the hive's root: `agents/OWNER/state`, or the first
  /// folder of what is shared.
  std::string folder() const;
  /// The whole path from the hive's root, as open() takes it.
  std::string below_root() const;
  /// `/shared/REST` or `/agents/OWNER/state/REST`: the same in every container.
  std::string text() const { return "/" + below_root(); }
};

/// Reads `path` as containers have it, or as the host does, below `root`. Errors, each a sentence about `path`:
/// invalid_params (relative, a `..`, `/state` without whose, a character that cannot be seen, a name that is too long),
/// forbidden (elsewhere).
Result<AgentPath> parse(const std::filesystem::path& root, std::string_view path);

/// Opens a regular file of the hive whose root is the folder `root`, for reading. No component may be a link, from the
/// root on; never waits for a FIFO, nor for somebody's lease. A file of several names has to be its folder's
/// owner's, and not the superuser's: a hard link would make it somebody else's.
/// Errors, each a sentence about the file: not_found, forbidden, unavailable. [blocking]
Result<os::Fd> open(int root, const AgentPath& path);

}  // namespace hive::agent_paths
