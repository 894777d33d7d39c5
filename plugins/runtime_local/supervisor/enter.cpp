#include "enter.hpp"

#include "confine.hpp"
#include "stage.hpp"

#include <hive/os/files.hpp>
#include <hive/os/wait.hpp>

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace hive::supervisor {
namespace {

constexpr int kSupervisorGone = 75, kStartFailed = 70;
constexpr std::chrono::milliseconds kProbePatience{5'000};
constexpr int kProbeTries = 5;
constexpr uid_t kNobody = 65'534;
constexpr const char* kMemoryBytes = "1073741824";  // of /tmp and of /dev/shm: they are kept in memory
constexpr const char* kRunBytes = "16777216";

Status map_own_user(const Own& own) {
  const auto line = [](auto id) { return std::to_string(id) + " " + std::to_string(id) + " 1"; };
  if (auto set = os::write_existing("/proc/self/setgroups", "deny"); !set) return set;
  if (auto set = os::write_existing("/proc/self/uid_map", line(own.uid)); !set) return set;
  return os::write_existing("/proc/self/gid_map", line(own.gid));
}

Status make_mounts_private() {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return os::last_error("private mounts");
  return {};
}

/// Dies with the supervisor. A change of uid clears it, and the supervisor may have died before it was
/// set: getppid() is 0 in a new pid namespace either way, only the gate's end of file tells.
Status follow_supervisor(int gate) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return os::last_error("death signal");
  if (os::is_readable(gate)) ::_exit(kSupervisorGone);
  return {};
}

Status exec(const std::vector<std::string>& argv, const std::vector<std::string>& environment) {
  const auto arguments = os::exec_list(argv), variables = os::exec_list(environment);
  ::execve(arguments[0], arguments.data(), variables.data());
  return os::last_error(argv[0]);
}

/// The sandbox without its mounts of files.
std::vector<std::string> frame(const std::string& bwrap, const std::string& name) {
  std::vector<std::string> out{bwrap, "--hostname", name};
  const std::initializer_list<const char*> parts[] = {
      {"--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--disable-userns"},
      {"--die-with-parent", "--new-session", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"},
      {"--proc", "/proc", "--dev", "/dev", "--size", kMemoryBytes, "--tmpfs", "/dev/shm"},
      {"--size", kMemoryBytes, "--tmpfs", "/tmp", "--size", kRunBytes, "--tmpfs", "/run"},
  };
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  for (const char* folder : {"/bin", "/sbin", "/lib", "/lib32", "/lib64"}) {
    char link[256]{};
    if (::readlink(folder, link, sizeof link - 1) > 0)
      out.insert(out.end(), {"--symlink", link, folder});
    else if (::access(folder, F_OK) == 0)
      out.insert(out.end(), {"--ro-bind", folder, folder});
  }
  return out;
}

std::vector<std::string> environment_of(const Plan& plan) {
  std::vector<std::string> out;
  out.reserve(plan.environment.size() + 1);
  for (const auto& [name, value] : plan.environment) out.push_back(std::string(name).append("=").append(value));
  // It finds what nothing better does, see end_marked.
  out.push_back(std::string("HIVE_MARK=").append(plan.root).append(":").append(plan.name));
  return out;
}

Status stage_mounts(const Entry& entry, Stage& stage) {
  const auto& plan = entry.plan;
  if (auto made = make_mounts_private(); !made) return made;
  auto credential = read_credential(plan);
  if (!credential) return credential.error();
  if (auto added = stage.add({.source = "/usr", .target = "/usr"}); !added) return added;
  for (std::size_t i = 0; i < plan.binds.size(); ++i) {
    const auto& bind = plan.binds[i];
    if (bind.optional && ::access(bind.source.c_str(), F_OK) != 0) continue;
    if (auto added = stage.add(bind, entry.owners[i].get()); !added) return added;
  }
  if (auto raised = stage.raise(); !raised) return raised;
  return stage.build_etc(plan, *credential);
}

Status confine(const Entry& entry) {
  const auto& plan = entry.plan;
  if (entry.own.uid == 0 && plan.uid != 0)
    if (auto became = become(uid_t(plan.uid), gid_t(plan.gid)); !became) return became;
  ::umask(0007);
  if (auto follows = follow_supervisor(entry.gate); !follows) return follows;
  if (auto set = set_limits(plan.limits.pids); !set) return set;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return os::last_error("no_new_privs");
  if (entry.level.close_abstract_sockets)
    if (auto closed = close_abstract_sockets(); !closed) return closed;
  return filter_system_calls();
}

Status enter_sandbox(const Entry& entry) {
  const auto& plan = entry.plan;
  if (entry.own.uid != 0)
    if (auto mapped = map_own_user(entry.own); !mapped) return mapped;
  ::umask(0022);
  Stage stage;
  if (auto staged = stage_mounts(entry, stage); !staged) return staged;
  if (auto confined = confine(entry); !confined) return confined;
  auto argv = frame(plan.bwrap, plan.name);
  const auto binds = stage.arguments();
  argv.insert(argv.end(), binds.begin(), binds.end());
  argv.insert(argv.end(), {"--remount-ro", "/", "--chdir", "/state", "--"});
  argv.insert(argv.end(), plan.argv.begin(), plan.argv.end());
  return exec(argv, environment_of(plan));
}

/// Where the machine has what the container would have at `inside`: in a bind, or around one that has the
/// same name there.
std::string outside(const Plan& plan, const std::string& inside) {
  if (!inside.starts_with('/')) return inside;
  for (auto bind = plan.binds.rbegin(); bind != plan.binds.rend(); ++bind) {
    const auto& target = bind->target;
    if (inside == target) return bind->source;
    if (inside.size() > target.size() && inside.starts_with(target) && inside[target.size()] == '/')
      return bind->source + inside.substr(target.size());
  }
  for (const auto& bind : plan.binds) {
    if (!bind.target.starts_with(inside + "/")) continue;
    const auto rest = std::string_view(bind.target).substr(inside.size());
    if (bind.source.ends_with(rest)) return bind.source.substr(0, bind.source.size() - rest.size());
  }
  return inside;
}

/// Level `none`, which the operator has allowed: the same process without a container around it.
Status enter_plainly(const Entry& entry) {
  Plan plan = entry.plan;
  if (auto written = write_plain_config(plan); !written) return written;
  plan.binds.push_back({.source = plain_config(plan.root, plan.name), .target = "/etc/hyperhive"});
  if (auto confined = confine(entry); !confined) return confined;
  for (auto& word : plan.argv) word = outside(plan, word);
  for (auto& [name, value] : plan.environment)
    if (name != "PATH") value = outside(plan, value);
  const auto state = outside(plan, "/state");
  if (::chdir(state.c_str()) != 0) return os::last_error(state + " as uid " + std::to_string(plan.uid));
  return exec(plan.argv, environment_of(plan));
}

Status run_probe(const std::string& bwrap, const Own& own) {
  if (own.uid != 0)
    if (auto mapped = map_own_user(own); !mapped) return mapped;
  if (auto made = make_mounts_private(); !made) return made;
  if (::mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0) return os::last_error("tmpfs");
  if (own.uid == 0)
    if (auto became = become(kNobody, kNobody); !became) return became;
  auto argv = frame(bwrap, "probe");
  argv.insert(argv.end(), {"--ro-bind", "/usr", "/usr", "--", "/usr/bin/true"});
  return exec(argv, {});
}

/// nullopt: it was killed before it could tell.
std::optional<Status> try_once(const std::string& bwrap) {
  auto report = os::make_pipe();
  if (!report) return Status(report.error());
  os::Fd held;
  const Own own;
  const pid_t pid = clone_child(Space::own, -1, held);
  if (pid < 0) return Status(os::last_error("clone3 with namespaces"));
  if (pid == 0) {
    ::dup2(report->second.get(), 2);
    auto ran = run_probe(bwrap, own);
    std::fprintf(stderr, "%s", ran.error().message.c_str());
    ::_exit(1);
  }
  report->second.reset();
  const auto ending = os::wait_or_kill({pid, std::move(held)}, kProbePatience);
  if (ending.exited && ending.code == 0) return Status{};
  if (!ending.exited) return std::nullopt;
  char text[300]{};
  (void)!::read(report->first.get(), text, sizeof text - 1);
  return Status(error(Code::unavailable, std::string(text, std::strcspn(text, "\n"))));
}

std::string probe_key(const std::string& bwrap) {
  struct stat status{};
  ::stat(bwrap.c_str(), &status);
  return os::boot_id() + " " + bwrap + " " + std::to_string(status.st_mtime) + " " + std::to_string(::geteuid());
}

}  // namespace

void Level::lacks(std::string reason) {
  shown.reasons.push_back(std::move(reason));
  if (shown.level == runtime::Sandbox::full) shown.level = runtime::Sandbox::partial;
}

pid_t clone_child(Space space, int cgroup, os::Fd& pidfd) {
  int held = -1;
  clone_args arguments{};
  arguments.flags = CLONE_PIDFD;
  if (cgroup >= 0) arguments.flags |= CLONE_INTO_CGROUP;
  if (space == Space::own) arguments.flags |= CLONE_NEWPID | CLONE_NEWNS;
  if (space == Space::own && ::geteuid() != 0) arguments.flags |= CLONE_NEWUSER;
  arguments.pidfd = reinterpret_cast<std::uint64_t>(&held);
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = cgroup >= 0 ? std::uint64_t(cgroup) : 0;
  const auto pid = pid_t(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid > 0) pidfd = os::Fd(held);
  return pid;
}

void enter(const Entry& entry) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  char go = 0;
  if (::read(entry.gate, &go, 1) != 1 || os::is_readable(entry.gate)) ::_exit(kSupervisorGone);
  ::setsid();
  const Status entered = entry.level.namespaces ? enter_sandbox(entry) : enter_plainly(entry);
  std::fprintf(stderr, "start failed: %s\n", entered.error().message.c_str());
  ::_exit(kStartFailed);
}

Status probe_namespaces(int folder, const std::string& bwrap) {
  const auto key = probe_key(bwrap);
  const auto known = os::read_file("/proc/self/fd/" + std::to_string(folder) + "/probe");
  if (known && *known == key) return {};
  if (::access(bwrap.c_str(), X_OK) != 0)
    return error(Code::unavailable, "no namespaces: " + bwrap + " is not there; install bubblewrap");
  for (int i = 0; i < kProbeTries; ++i) {
    const auto worked = try_once(bwrap);
    if (!worked) continue;  // somebody killed the trial, which says nothing about the machine
    if (!*worked) return error(Code::unavailable, "no namespaces: " + worked->error().message);
    return os::replace_file(folder, "probe", key);
  }
  return error(Code::unavailable, "no namespaces: the trial was killed each time");
}

}  // namespace hive::supervisor
