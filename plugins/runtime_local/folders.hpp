#pragma once
#include "settings.hpp"

#include <hive/os/fd.hpp>

#include <sys/types.h>

namespace hive::runtime_local {

/// Who an agent's processes are to the machine.
struct AgentUser {
  uid_t uid = 0;
  gid_t gid = 0;
};

/// The hive's folders with their owners and modes, and the agents' uids: the owner of
/// `agents/<n>/state` is the record of a uid. In an ordinary user's run everybody is that user.
/// Every method is [blocking] and is called by one thread at a time.
class Folders {
 public:
  Folders(std::filesystem::path root, const Settings& settings);

  /// What every hive has. Errors: unavailable.
  Status make_common() const;

  /// Everything of one agent, and its uid. Hands a freshly seeded `agents/<n>/config` to the manager.
  /// Errors: busy (no uid is left), unavailable.
  Result<AgentUser> make_for(const std::string& name) const;

  /// The same user again, without making anything. Errors: not_found.
  Result<AgentUser> user_of(const std::string& name) const;

  /// Removes what only a container needs; with purge everything of the agent. Errors: unavailable.
  enum class Keep { state, nothing };
  Status remove(const std::string& name, Keep keep) const;

  const std::filesystem::path& root() const { return root_; }

 private:
  bool own_uids() const;
  Result<AgentUser> choose_user(const std::string& name) const;
  Status make(const std::filesystem::path& relative, mode_t mode, AgentUser owner) const;
  Status hand_over_config(const std::string& name) const;

  std::filesystem::path root_;
  uid_t first_uid_, last_uid_;
  gid_t gid_;
};

/// By fstat of the CLI's login file alone, which is neither followed nor read. [blocking]
bool has_login(const std::filesystem::path& root, const std::string& name);

}  // namespace hive::runtime_local
