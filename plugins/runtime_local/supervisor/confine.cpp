#include "confine.hpp"

#include <hive/os/fd.hpp>

#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace hive::supervisor {
namespace {

// Of ABI 6; Debian 12's header ends before it.
constexpr std::uint64_t kScopeAbstractSockets = 1;
struct RulesetAttributes {
  std::uint64_t handled_fs = 0, handled_net = 0, scoped = 0;
};

constexpr std::uint32_t kTypeIntoTerminal = 0x5412;  // TIOCSTI
constexpr std::uint32_t kConsoleSelection = 0x541C;  // TIOCLINUX: types what was selected
constexpr rlim_t kOpenFiles = 16'384;

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the system call filter knows x86_64 and aarch64"
#endif
constexpr std::uint32_t kX32 = 0x4000'0000;
constexpr long kFchmodat2 = 452;  // of Linux 6.6; Debian 12's header ends before it
constexpr std::uint32_t kOutlasting = S_ISUID | S_ISGID;
constexpr std::uint32_t kMakesFile = O_CREAT | (O_TMPFILE & ~O_DIRECTORY);  // only then does open look at its mode

constexpr sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, std::uint32_t(offset));
}
constexpr sock_filter unless_equal_skip(std::uint32_t value, std::uint8_t skip) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip);
}
constexpr sock_filter unless_has_skip(std::uint32_t bits, std::uint8_t skip) {
  return BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, skip);
}
constexpr sock_filter answer(std::uint32_t action) {
  return BPF_STMT(BPF_RET | BPF_K, action);
}
constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW, kRefuse = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kNotThere = SECCOMP_RET_ERRNO | ENOSYS;
/// The low half of an argument, counted from 0: what ioctl and modes look at.
constexpr std::size_t argument(std::size_t index) {
  return offsetof(seccomp_data, args) + index * sizeof(std::uint64_t);
}

#define REFUSE_CALL(number) unless_equal_skip(std::uint32_t(number), 1), answer(kRefuse)
#define JUDGE_MODE(mode) load(argument(mode)), unless_has_skip(kOutlasting, 1), answer(kRefuse), answer(kAllow)
// A call that gives a file its mode: the argument `mode` may have neither bit.
#define REFUSE_MODE(number, mode) unless_equal_skip(std::uint32_t(number), 4), JUDGE_MODE(mode)
// The same for one that only has a mode when its argument `flags` makes a file.
#define REFUSE_MODE_OF_NEW(number, flags, mode)                                                       \
  unless_equal_skip(std::uint32_t(number), 7), load(argument(flags)), unless_has_skip(kMakesFile, 4), \
      JUDGE_MODE(mode), answer(kAllow)
const sock_filter kFilter[] = {
    load(offsetof(seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
    answer(kRefuse),
    load(offsetof(seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kX32, 0, 1),
    answer(kRefuse),
    REFUSE_CALL(SYS_io_uring_setup),
    REFUSE_CALL(SYS_io_uring_enter),
    REFUSE_CALL(SYS_io_uring_register),
    REFUSE_CALL(SYS_add_key),
    REFUSE_CALL(SYS_request_key),
    REFUSE_CALL(SYS_keyctl),
    // What is made with a setuid or setgid bit in a folder of the machine would outlast the sandbox. No call that makes
    // a folder is among them: the kernel takes both bits out of its mode, and `cp -r` hands them on.
    REFUSE_MODE(SYS_fchmod, 1),
    REFUSE_MODE(SYS_fchmodat, 2),
    REFUSE_MODE(kFchmodat2, 2),
    REFUSE_MODE(SYS_mknodat, 2),
    REFUSE_MODE_OF_NEW(SYS_openat, 2, 3),
#if defined(__x86_64__)  // aarch64 never had them
    REFUSE_MODE(SYS_chmod, 1),
    REFUSE_MODE(SYS_mknod, 1),
    REFUSE_MODE(SYS_creat, 1),
    REFUSE_MODE_OF_NEW(SYS_open, 1, 2),
#endif
    // Its mode lies in memory, which no filter can read. Programs take openat where it is not there.
    unless_equal_skip(SYS_openat2, 1),
    answer(kNotThere),
    unless_equal_skip(SYS_ioctl, 5),
    load(argument(1)),
    REFUSE_CALL(kTypeIntoTerminal),
    REFUSE_CALL(kConsoleSelection),
    answer(kAllow),
};
#undef REFUSE_CALL
#undef JUDGE_MODE
#undef REFUSE_MODE
#undef REFUSE_MODE_OF_NEW

Status limit(__rlimit_resource what, rlim_t most, const char* name) {
  rlimit now{};
  ::getrlimit(what, &now);
  const rlim_t value = most < now.rlim_max ? most : now.rlim_max;  // never above what the host was given
  const rlimit wanted{value, value};
  if (::setrlimit(what, &wanted) != 0) return os::last_error(std::string("limit of ") + name);
  return {};
}

}  // namespace

long landlock_abi() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : abi;
}

Status close_abstract_sockets() {
  RulesetAttributes attributes;
  attributes.scoped = kScopeAbstractSockets;
  const os::Fd rules(int(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!rules || ::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) return os::last_error("landlock");
  return {};
}

Status filter_system_calls() {
  const sock_fprog program{static_cast<unsigned short>(std::size(kFilter)), const_cast<sock_filter*>(kFilter)};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return os::last_error("system call filter");
  return {};
}

bool can_filter_system_calls() {
  const std::uint32_t action = SECCOMP_RET_ERRNO;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

Status set_limits(std::int64_t pids) {
  if (auto set = limit(RLIMIT_CORE, 0, "core files"); !set) return set;
  if (auto set = limit(RLIMIT_NOFILE, kOpenFiles, "open files"); !set) return set;
  return limit(RLIMIT_NPROC, rlim_t(pids), "processes");
}

Status become(uid_t uid, gid_t gid) {
  if (::setgroups(0, nullptr) != 0) return os::last_error("setgroups");
  if (::setresgid(gid, gid, gid) != 0) return os::last_error("setresgid");
  if (::setresuid(uid, uid, uid) != 0) return os::last_error("setresuid");
  return {};
}

}  // namespace hive::supervisor
