#pragma once
#include <hive/git/repository.hpp>

namespace hive::lifecycle {

/// Where one agent's two repositories are, beneath the hive's root.
struct Places {
  std::filesystem::path applied, config;
};
Places places_of(const std::filesystem::path& root, const std::string& name);

/// Makes `applied/<name>`: bare, `main` and the tag `deployed/0` on a first commit of the seed files by
/// the manager. One that is there is kept (state of an earlier life). Gives the commit of `main`.
/// After a crash in the middle nothing of it shows, and the next call begins anew. [blocking]
Result<std::string> seed_applied(const std::filesystem::path& root, const std::string& name, Time now);

/// Makes `agents/<name>/config`: a work tree at `commit` of applied, with that as remote `applied`. One
/// that is there is left alone: its writer is not trusted. Put together where no agent can write, then
/// moved into place; the host's own until the runtime gives it to the manager. [blocking]
Status seed_config(const std::filesystem::path& root, const std::string& name, const std::string& commit);

}  // namespace hive::lifecycle
