#include "mounts.hpp"

#include "supervisor/confine.hpp"
#include "supervisor/idmap.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace hive::runtime_local {
namespace {

bool is_written(const agent::Mount& mount) {
  return mount.mode == "rw";
}

/// As an ordinary user's hive it could not write there as root anyway.
bool is_written_as_root(const agent::Mount& mount) {
  struct stat status{};
  return ::geteuid() == 0 && is_written(mount) && ::lstat(mount.source.c_str(), &status) == 0 && status.st_uid == 0;
}

}  // namespace

Filter filter_of_this_machine() {
  return supervisor::can_filter_system_calls() ? Filter::in_force : Filter::missing;
}

Status check_mounts(const agent::Toml& toml, AgentUser user, Filter filter) {
  if (::geteuid() != 0) return {};
  for (const auto& mount : toml.mount) {
    if (!is_written(mount)) continue;
    if (filter == Filter::missing && is_written_as_root(mount))
      return error(Code::invalid_params, "agent.toml: mount: " + mount.source +
                                             " belongs to root, and this kernel has no system call filter that would "
                                             "keep an agent from leaving programs with root's rights there; mount it "
                                             "read-only or give it to another user");
    if (auto fits = supervisor::check_mapping(mount.source, {user.uid, user.gid}); !fits)
      return error(Code::invalid_params, "agent.toml: mount: " + fits.error().message);
  }
  return {};
}

std::vector<std::string> notes_on(const agent::Toml& toml) {
  std::vector<std::string> out;
  for (const auto& mount : toml.mount)
    if (is_written_as_root(mount))
      out.push_back(mount.source + " belongs to root: what the agent writes below " + mount.target +
                    " will be root's, and root's programs may run it");
  return out;
}

}  // namespace hive::runtime_local
