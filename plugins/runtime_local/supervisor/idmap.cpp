#include "idmap.hpp"

#include <hive/os/files.hpp>

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hive::supervisor {
namespace {

/// A child in a user namespace of its own, waiting until `gate` closes.
pid_t start_holder(const os::Pair& gate) {
  clone_args arguments{};
  arguments.flags = CLONE_NEWUSER;
  arguments.exit_signal = SIGCHLD;
  const auto pid = pid_t(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid != 0) return pid;
  ::close(gate.second.get());
  char end = 0;
  (void)!::read(gate.first.get(), &end, 1);
  ::_exit(0);
}

Result<os::Fd> mapped(pid_t holder, Owner disk, Owner agent) {
  const auto folder = "/proc/" + std::to_string(holder);
  const auto line = [](auto inside, auto outside) {
    return std::to_string(inside) + " " + std::to_string(outside) + " 1";
  };
  if (auto set = os::write_existing(folder + "/uid_map", line(disk.uid, agent.uid)); !set) return set.error();
  if (auto set = os::write_existing(folder + "/gid_map", line(disk.gid, agent.gid)); !set) return set.error();
  os::Fd space(::open((folder + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC));
  if (!space) return os::last_error(folder + "/ns/user");
  return space;
}

}  // namespace

Result<os::Fd> map_owner(Owner disk, Owner agent) {
  auto gate = os::make_pipe();
  if (!gate) return gate.error();
  const pid_t holder = start_holder(*gate);
  if (holder < 0) return os::last_error("user namespace");
  auto space = mapped(holder, disk, agent);
  gate->second.reset();
  ::waitpid(holder, nullptr, 0);
  return space;
}

Owner owner_of(int fd) {
  struct stat status{};
  ::fstat(fd, &status);
  return {status.st_uid, status.st_gid};
}

Status check_mapping(const std::string& source, Owner agent) {
  auto held = os::open_without_links(source);
  if (!held) return held.error();
  const os::Fd tree(::open_tree(held->get(), "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!tree) return os::last_error("mount of " + source);
  auto space = map_owner(owner_of(held->get()), agent);
  if (!space) return space.error();
  if (auto mapped = map_mount(tree.get(), space->get()); !mapped) return cannot_map(source, mapped.error());
  return {};
}

Error cannot_map(const std::string& source, const Error& why) {
  return error(Code::unavailable, source + ": its file system cannot show it as the agent's own (" + why.message +
                                      "); mount it read-only or keep it on another one");
}

Status map_mount(int tree, int user_namespace) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = std::uint64_t(user_namespace);
  const long done =
      ::syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes);
  if (done != 0) return os::last_error("idmapped mount");
  return {};
}

}  // namespace hive::supervisor
