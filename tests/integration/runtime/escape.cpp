// Tries, from inside a container, what an agent must not be able to do, and what it must. One line a
// try: `blocked` or `OPEN`, `works` or `BROKEN`, then what was tried and what the kernel said.
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

std::string root;

void must_fail(const std::string& what, long result) {
  std::printf("%s %s: %s\n", result < 0 ? "blocked" : "OPEN", what.c_str(), result < 0 ? std::strerror(errno) : "done");
}
void must_fail_with(int wanted, const std::string& what, long result) {
  if (result < 0 && errno != wanted)
    std::printf("OPEN %s: %s instead of a refusal\n", what.c_str(), std::strerror(errno));
  must_fail(what, result);
}
void must_work(const std::string& what, long result) {
  std::printf("%s %s: %s\n", result < 0 ? "BROKEN" : "works", what.c_str(), result < 0 ? std::strerror(errno) : "done");
}

long open_for(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);
  return fd;
}
long is_there(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status);
}

long connect_to(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() >= sizeof address.sun_path) return is_there(name);
  std::memcpy(address.sun_path, name.data(), name.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto length = socklen_t(offsetof(sockaddr_un, sun_path) + name.size() + (name[0] == '\0' ? 0 : 1));
  const long done = ::connect(fd, reinterpret_cast<sockaddr*>(&address), length);
  const int why = errno;
  ::close(fd);
  errno = why;
  return done;
}

int count_entries(const char* folder) {
  int count = 0;
  DIR* entries = ::opendir(folder);
  while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries))
    if (entry->d_name[0] != '.') ++count;
  if (entries != nullptr) ::closedir(entries);
  return count;
}

void try_files() {
  must_fail("another agent's state", is_there(root + "/agents/bob/state"));
  must_fail("another agent's state beside the own one", is_there("/agents/bob"));
  must_fail("more than the own state under /agents", count_entries("/agents") == 1 ? (errno = ENOENT, -1) : 0);
  must_fail("another agent's login", is_there(root + "/logins/bob"));
  must_fail("the hive's root", is_there(root));
  for (const char* path : {"/root", "/var", "/sys", "/boot", "/mnt", "/srv", "/applied"})
    must_fail(path, is_there(path));
  must_fail("/etc/shadow", open_for("/etc/shadow", O_RDONLY));
  must_fail("a new file in /", open_for("/new", O_WRONLY | O_CREAT));
  must_fail("a new file in /usr", open_for("/usr/new", O_WRONLY | O_CREAT));
  must_fail("a new file in /etc", open_for("/etc/new", O_WRONLY | O_CREAT));
  must_fail("writing /etc/passwd", open_for("/etc/passwd", O_WRONLY));
  must_fail("writing agent.json", open_for("/etc/hyperhive/agent.json", O_WRONLY));
  must_fail("writing the harness", open_for("/opt/hyperhive/bin/hive-ag3nt", O_WRONLY));
  must_fail("a new file in the programs", open_for("/opt/hyperhive/bin/new", O_WRONLY | O_CREAT));
  must_fail("a new file in another agent's shared folder", open_for("/shared/bob/new", O_WRONLY | O_CREAT));
  must_fail("a new folder in /shared", ::mkdir("/shared/new", 0700));
  must_work("reading agent.json", open_for("/etc/hyperhive/agent.json", O_RDONLY));
  for (const char* folder :
       {"/state", "/home/agent", "/tmp", "/run/hive/page", "/shared/common", "/shared/alice", "/agents/alice/state"})
    must_work(std::string("a new file in ") + folder, open_for(std::string(folder) + "/new", O_WRONLY | O_CREAT));
}

void try_sockets() {
  must_fail("the operator's socket", connect_to(root + "/run/host.sock"));
  must_fail("another agent's socket", connect_to(root + "/run/agents/bob/host.sock"));
  must_fail("an abstract socket of the machine",
            connect_to(std::string("\0hive-escape-", 13) + std::getenv("MACHINE")));
  must_fail("an abstract socket of another agent", connect_to(std::string("\0hive-escape-", 13) + std::getenv("BOB")));
  must_fail("removing host.sock", ::unlink("/run/hive/host.sock"));
  must_fail("renaming host.sock", ::rename("/run/hive/host.sock", "/run/hive/old"));
  must_fail("renaming over host.sock", ::rename("/run/hive/page/new", "/run/hive/host.sock"));
  must_fail("changing host.sock's mode", ::chmod("/run/hive/host.sock", 0));
  must_fail("planting host.sock's next name", ::mkdir("/run/hive/.host.sock.new", 0700));
  must_work("its own socket", connect_to("/run/hive/host.sock"));
}

void try_process(const char* whose, pid_t pid) {
  const std::string of = std::string(" of ") + whose;
  must_fail("signal" + of, ::kill(pid, 0));
  must_fail("ptrace" + of, ::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr));
  must_fail("pidfd" + of, ::syscall(SYS_pidfd_open, pid, 0));
  must_fail("environment" + of, open_for("/proc/" + std::to_string(pid) + "/environ", O_RDONLY));
  must_fail("root folder" + of, is_there("/proc/" + std::to_string(pid) + "/root/etc"));
}

bool has_no_rights(pid_t pid) {
  char text[4'096]{};
  std::FILE* status = std::fopen(("/proc/" + std::to_string(pid) + "/status").c_str(), "r");
  if (status == nullptr) return false;
  const auto got = std::fread(text, 1, sizeof text - 1, status);
  std::fclose(status);
  return got > 0 && std::strstr(text, "CapEff:\t0000000000000000") != nullptr &&
         std::strstr(text, "CapPrm:\t0000000000000000") != nullptr;
}

void try_kernel() {
  must_fail("a user namespace", ::unshare(CLONE_NEWUSER));
  must_fail("a mount namespace", ::unshare(CLONE_NEWNS));
  must_fail("a mount", ::mount("none", "/tmp", "tmpfs", 0, nullptr));
  must_fail("remounting /usr writable", ::mount("none", "/usr", nullptr, MS_REMOUNT | MS_BIND, nullptr));
  must_fail("unmounting /etc", ::umount("/etc"));
  must_fail("becoming root", ::setuid(0));
  must_fail("chroot", ::chroot("/tmp"));
  must_fail("a block device", ::mknod("/tmp/disk", S_IFBLK | 0600, makedev(8, 0)));
  must_fail("core_pattern", open_for("/proc/sys/kernel/core_pattern", O_WRONLY));
  must_fail("the kernel's memory", open_for("/proc/kcore", O_RDONLY));
  must_fail("the kernel's log", open_for("/dev/kmsg", O_RDONLY));
  must_fail("a first process with rights that this one lacks", has_no_rights(1) ? (errno = EPERM, -1) : 0);
  must_fail("bpf", ::syscall(SYS_bpf, 5, nullptr, 0));
  char ring[256]{};
  must_fail_with(EPERM, "io_uring_setup", ::syscall(SYS_io_uring_setup, 1, ring));
  must_fail_with(EPERM, "io_uring_enter", ::syscall(SYS_io_uring_enter, -1, 0, 0, 0, nullptr, 0));
  must_fail_with(EPERM, "add_key", ::syscall(SYS_add_key, "user", "hive", "x", 1, -4));
  must_fail_with(EPERM, "request_key", ::syscall(SYS_request_key, "user", "hive", nullptr, -4));
  must_fail_with(EPERM, "keyctl", ::syscall(SYS_keyctl, 0, -3, 1));
  char byte = ' ';
  must_fail_with(EPERM, "typing into the terminal", ::ioctl(0, TIOCSTI, &byte));
  must_fail_with(EPERM, "the same with high bits set",
                 ::syscall(SYS_ioctl, 0, 0xFFFF'FFFF'0000'0000UL | TIOCSTI, &byte));
}

void try_inherited() {
  for (int fd = 3; fd < 256; ++fd)
    if (::fcntl(fd, F_GETFD) >= 0) std::printf("OPEN inherited descriptor %d\n", fd);
  for (const char* name : {"SECRET_OF_THE_HOST"})
    must_fail(std::string("inherited variable ") + name, std::getenv(name) == nullptr ? (errno = ENOENT, -1) : 0);
  must_fail("dumping core", [] {
    char text[4'096]{};
    std::FILE* limits = std::fopen("/proc/self/limits", "r");
    const auto got = std::fread(text, 1, sizeof text - 1, limits);
    std::fclose(limits);
    const char* line = got > 0 ? std::strstr(text, "Max core file size") : nullptr;
    errno = EFBIG;
    return line != nullptr && std::strncmp(line + 26, "0 ", 2) == 0 ? -1 : 0;
  }());
}

/// chmod as programs of 32 bits call it; a kernel without them kills the caller, which is as good as a refusal.
long chmod_of_32_bits(const char* path, mode_t mode) {
#if defined(__x86_64__)
  constexpr long kChmod = 15;
  const pid_t child = ::fork();
  if (child == 0) {
    auto* low = static_cast<char*>(
        ::mmap(nullptr, 4'096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
    std::strncpy(low, path, 4'095);
    long done = kChmod;
    asm volatile("int $0x80" : "+a"(done) : "b"(low), "c"(long(mode)) : "memory", "r8", "r9", "r10", "r11");
    ::_exit(int(-done) & 0xFF);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  errno = WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
  return errno == 0 ? 0 : -1;
#else
  (void)path, (void)mode;
  errno = EPERM;
  return -1;
#endif
}

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

/// Every call that gives a file its mode, and what else makes a program that has more rights than who runs it.
void try_modes(const std::string& folder) {
  const auto file = folder + "/file", fresh = folder + "/fresh";
  const char *path = file.c_str(), *made = fresh.c_str();
  const int fd = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0755);
  const auto refused = [&](const char* call, mode_t mode, long done) {
    char what[100];
    std::snprintf(what, sizeof what, " with mode %04o", unsigned(mode));
    must_fail_with(EPERM, call + std::string(what), done);
    ::unlink(made);
  };
  for (const mode_t mode : {04755, 02755, 06711, 02000}) {
    refused("fchmod", mode, ::syscall(SYS_fchmod, fd, mode));
    refused("fchmodat", mode, ::syscall(SYS_fchmodat, AT_FDCWD, path, mode));
    must_fail("fchmodat2", ::syscall(SYS_fchmodat2, AT_FDCWD, path, mode, 0));
    must_fail("fchmodat2 of a descriptor", ::syscall(SYS_fchmodat2, fd, "", mode, AT_EMPTY_PATH));
    refused("mknodat", mode, ::syscall(SYS_mknodat, AT_FDCWD, made, S_IFREG | mode, 0));
    refused("openat", mode, ::syscall(SYS_openat, AT_FDCWD, made, O_WRONLY | O_CREAT | O_CLOEXEC, mode));
    refused("openat without a name", mode,
            ::syscall(SYS_openat, AT_FDCWD, folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, mode));
    struct open_how how{};
    how.flags = O_WRONLY | O_CREAT | O_CLOEXEC, how.mode = mode;
    must_fail_with(ENOSYS, "openat2", ::syscall(SYS_openat2, AT_FDCWD, made, &how, sizeof how));
    refused("chmod of 32 bits", mode, chmod_of_32_bits(path, mode));
#if defined(__x86_64__)
    refused("chmod", mode, ::syscall(SYS_chmod, path, mode));
    refused("chmod with high bits set", mode, ::syscall(SYS_chmod, path, 0xFFFF'0000'0000UL | mode));
    refused("chmod of x32", mode, ::syscall(0x4000'0000 | SYS_chmod, path, mode));
    refused("mknod", mode, ::syscall(SYS_mknod, made, S_IFREG | mode, 0));
    refused("creat", mode, ::syscall(SYS_creat, made, mode));
    refused("open", mode, ::syscall(SYS_open, made, O_WRONLY | O_CREAT | O_CLOEXEC, mode));
#endif
    struct stat status{};
    ::mkdir(made, mode);
    must_fail("a folder made with such bits",
              ::lstat(made, &status) == 0 && (status.st_mode & 06000) != 0 ? 0 : (errno = EPERM, -1));
    ::rmdir(made);
  }
  const char capability[20] = {1, 0, 0, 2, char(0xFF), char(0xFF)};
  must_fail_with(EPERM, "a file's capabilities",
                 ::setxattr(path, "security.capability", capability, sizeof capability, 0));
  must_fail_with(EPERM, "a device", ::mknod(made, S_IFCHR | 0666, makedev(1, 3)));
  must_work("other modes of a file", ::fchmod(fd, 0700));
  must_work("a file with other modes", ::syscall(SYS_openat, AT_FDCWD, made, O_WRONLY | O_CREAT | O_CLOEXEC, 01755));
  must_work("opening one with bits in a mode that nobody looks at", ::syscall(SYS_openat, AT_FDCWD, made, 0, 06000));
  ::close(fd);
}

/// Listens on an abstract socket until it is killed.
int listen_forever(const char* name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string full = std::string("\0hive-escape-", 13) + name;
  std::memcpy(address.sun_path, full.data(), full.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const auto length = socklen_t(offsetof(sockaddr_un, sun_path) + full.size());
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(fd, 8) != 0) return 1;
  std::printf("listening\n");
  std::fflush(stdout);
  for (;;) ::pause();
}

}  // namespace

/// escape listen NAME, escape modes FOLDER, or escape ROOT HOST_PID OTHER_PID with MACHINE and BOB naming abstract
/// sockets.
int main(int count, char** words) {
  if (count == 3 && std::strcmp(words[1], "modes") == 0) return try_modes(words[2]), std::printf("all tried\n"), 0;
  if (count == 3) return listen_forever(words[2]);
  if (count != 4) return 64;
  root = words[1];
  try_inherited();
  try_files();
  try_sockets();
  try_process("the host", std::atoi(words[2]));
  try_process("another agent", std::atoi(words[3]));
  try_kernel();
  std::printf("all tried\n");
  return 0;
}
