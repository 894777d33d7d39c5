#pragma once
#include "plan.hpp"

#include <hive/os/fd.hpp>

#include <unistd.h>

namespace hive::supervisor {

/// What a start really applies.
struct Level {
  runtime::SandboxLevel shown;
  bool namespaces = true;
  bool close_abstract_sockets = true;

  /// Notes what is missing; `full` becomes `partial`.
  void lacks(std::string reason);
};

/// clone3 into pid and mount namespaces of its own (as an ordinary user also a user namespace), and
/// into `cgroup` when that is no -1. Returns the pid, 0 in the child, -1 with errno. The child is pid 1
/// of its namespace: its death ends everything below it. [blocking]
enum class Space { shared, own };
pid_t clone_child(Space space, int cgroup, os::Fd& pidfd);

/// Who the supervisor is. Asked for before the clone: in a new user namespace everybody is nobody until
/// the map is written.
struct Own {
  uid_t uid = ::geteuid();
  gid_t gid = ::getegid();
};

/// Everything that the child needs, made before it was cloned.
struct Entry {
  const Plan& plan;
  const Level& level;
  const std::vector<os::Fd>& owners;  // by bind: a user namespace for its idmapped mount, or empty
  int gate;                           // one byte: go; end of file: the supervisor is dead
  Own own;
};
/// The child's side: waits at the gate, stages, confines itself and becomes bubblewrap. What goes
/// wrong is one line on stderr.
[[noreturn]] void enter(const Entry& entry);

/// Whether namespaces and bubblewrap work here: runs the same frame around /usr/bin/true. Errors:
/// unavailable, naming what stopped it. A success is remembered in `folder` until the next boot or
/// another bubblewrap. [blocking]
Status probe_namespaces(int folder, const std::string& bwrap);

}  // namespace hive::supervisor
