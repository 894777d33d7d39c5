#pragma once
#include "plan.hpp"

#include <hive/os/fd.hpp>

#include <filesystem>

namespace hive::supervisor {

/// Mounts of one agent, gathered in its private mount namespace: sources are opened without following
/// links and cloned first, then a tmpfs is laid over /tmp and they are put into it, where the agent's
/// uid can traverse to them. Nothing to clean up: it all goes with the namespace. [blocking]
class Stage {
 public:
  /// Adds `bind`, shown by an idmapped mount when `user_namespace` is given. Errors: those of opening
  /// the source, each with its path.
  Status add(const Bind& bind, int user_namespace = -1);

  /// Lays the tmpfs and moves every mount into it. Errors: unavailable.
  Status raise();

  /// Builds the container's /etc in the tmpfs: names, libraries, git, agent.json, and credential.json
  /// when `credential` is not empty. Wants raise() to be done. Errors: unavailable.
  Status build_etc(const Plan& plan, const std::string& credential);

  /// bubblewrap's arguments that bind all of it.
  std::vector<std::string> arguments() const;

 private:
  struct Mounted {
    os::Fd tree;
    std::string at, target;
    bool writable = false;
  };
  std::vector<Mounted> mounts_;
};

/// Text of credential.json from the files that the plan names; empty when it names none.
/// Errors: not_found, too_large, unavailable, without a byte of the secret. [blocking]
Result<std::string> read_credential(const Plan& plan);

/// At level `none` there is no /etc of the agent's own: agent.json and credential.json lie in this folder
/// of the hive while it runs. The folder is the host's, the files are for the agent alone.
std::filesystem::path plain_config(const std::filesystem::path& root, const std::string& name);
/// Errors: those of read_credential, unavailable. [blocking]
Status write_plain_config(const Plan& plan);
/// Nothing when there is none. [blocking]
void remove_plain_config(const std::filesystem::path& root, const std::string& name);

}  // namespace hive::supervisor
