#include <hive/os/files.hpp>
#include <hive/os/process.hpp>
#include <hive/os/tree.hpp>
#include <hive/os/wait.hpp>
#include <hive/utf8/utf8.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>

namespace hive::os {
namespace {

constexpr rlim_t kDescriptors = 16;  // of the child; it needs nine
constexpr mode_t kAllOfOwner = 0700;

/// What stood in the way; crosses the pipe as it is.
struct Obstacle {
  int why = 0;
  char path[PATH_MAX - 8] = {};
};
static_assert(sizeof(Obstacle) <= PIPE_BUF, "written at once or not at all");

// Everything from here to `run_child` runs between fork and _exit in a copy of a process with threads: system calls
// and the stack, no allocation.

struct DescriptorPath {
  explicit DescriptorPath(int fd) {
    constexpr std::string_view kFolder = "/proc/self/fd/";
    std::memcpy(text, kFolder.data(), kFolder.size());
    *std::to_chars(text + kFolder.size(), text + sizeof text - 1, fd).ptr = '\0';
  }
  char text[32];
};

/// -1 with errno.
int open_any(int parent, const char* name) {
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  const Fd held(int(::syscall(SYS_openat2, parent, name, &how, sizeof how)));
  if (!held) return -1;
  struct stat status{};
  // fchmod takes no O_PATH descriptor; the path below /proc is this very folder, whatever has its name by now.
  if (::fstat(held.get(), &status) == 0 && (status.st_mode & kAllOfOwner) != kAllOfOwner)
    (void)::chmod(DescriptorPath(held.get()).text, kAllOfOwner);  // where it fails, the open says why
  return ::openat(held.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/// The names in a folder, read anew by each object.
class Names {
 public:
  explicit Names(int folder) : folder_(folder) { ::lseek(folder, 0, SEEK_SET); }

  /// nullptr: at the end, or with errno.
  const char* next() {
    for (;;) {
      if (at_ >= filled_) {
        errno = 0;
        const auto got = ::getdents64(folder_, buffer_, sizeof buffer_);
        if (got <= 0) return nullptr;
        filled_ = std::size_t(got), at_ = 0;
      }
      const auto* entry = reinterpret_cast<const dirent64*>(buffer_ + at_);
      at_ += entry->d_reclen;
      if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) return entry->d_name;
    }
  }

 private:
  int folder_;
  std::size_t at_ = 0, filled_ = 0;
  alignas(dirent64) char buffer_[16'384];
};

enum class Gone { yes, is_full_folder, no };

/// A file, a link or an empty folder goes; for a folder with something in it, see Flattener.
Gone try_remove(int folder, const char* name) {
  if (::unlinkat(folder, name, 0) == 0 || errno == ENOENT) return Gone::yes;
  if (errno != EISDIR) return Gone::no;
  if (::unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return Gone::yes;
  return errno == ENOTEMPTY || errno == EEXIST ? Gone::is_full_folder : Gone::no;
}

/// Empties a folder. Whatever is nested in it more than one deep is first moved up into it, so that no path is longer
/// than two names and nothing has to be remembered of the way down.
class Flattener {
 public:
  explicit Flattener(int top) : top_(top) {}

  /// False with `obstacle` filled. Passes over the folder until one finds nothing.
  bool empty(Obstacle& obstacle) {
    for (bool found = true; found;) {
      found = false;
      Names names(top_);
      while (const char* name = names.next()) {
        found = true;
        const auto gone = try_remove(top_, name);
        if (gone == Gone::no) return stopped_at(top_, name, obstacle);
        if (gone == Gone::is_full_folder && !empty_inner(name, obstacle)) return false;
      }
      if (errno != 0) return stopped_at(top_, "", obstacle);
    }
    return true;
  }

  static bool stopped_at(int folder, const char* name, Obstacle& obstacle) {
    obstacle.why = errno;
    const auto room = sizeof obstacle.path - 1;
    const auto got = ::readlink(DescriptorPath(folder).text, obstacle.path, room);
    std::size_t end = got > 0 ? std::size_t(got) : 0;
    if (end < room && *name != '\0') obstacle.path[end++] = '/';
    const auto length = std::min(std::strlen(name), room - end);
    std::memcpy(obstacle.path + end, name, length);
    obstacle.path[end + length] = '\0';
    return false;
  }

 private:
  bool empty_inner(const char* name, Obstacle& obstacle) {
    const Fd inner(open_any(top_, name));
    if (!inner) return stopped_at(top_, name, obstacle);
    Names names(inner.get());
    while (const char* nested = names.next()) {
      const auto gone = try_remove(inner.get(), nested);
      if (gone == Gone::yes) continue;
      if (gone == Gone::no || !lift(inner.get(), nested)) return stopped_at(inner.get(), nested, obstacle);
    }
    if (errno != 0) return stopped_at(inner.get(), "", obstacle);
    // Not empty yet: something was put into it meanwhile. The next pass finds it again.
    return try_remove(top_, name) != Gone::no || stopped_at(top_, name, obstacle);
  }

  /// Moves a folder up into the top one. A name that is taken there by an empty folder replaces that, which is to go
  /// anyway.
  bool lift(int inner, const char* name) {
    // A folder that is moved has to be writable: its `..` changes. One that something is mounted on is not opened.
    const Fd moved(open_any(inner, name));
    if (!moved) return false;
    for (;;) {
      char lifted[32] = "removing-";
      *std::to_chars(lifted + std::strlen(lifted), lifted + sizeof lifted - 1, next_++).ptr = '\0';
      if (::renameat(inner, name, top_, lifted) == 0 || errno == ENOENT) return true;
      if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) return false;
    }
  }

  int top_;
  std::uint64_t next_ = 0;
};

[[noreturn]] void run_child(int parent, int report, const char* name) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGCHLD, SIGHUP}) ::signal(signal, SIG_DFL);
  const int kept[] = {::fcntl(parent, F_DUPFD, 5), ::fcntl(report, F_DUPFD, 5)};
  const bool moved = ::dup2(kept[0], 3) == 3 && ::dup2(kept[1], 4) == 4;
  ::close_range(5, ~0U, 0);
  const rlimit few{kDescriptors, kDescriptors}, none{0, 0};
  if (!moved || ::setrlimit(RLIMIT_NOFILE, &few) != 0 || ::setrlimit(RLIMIT_CORE, &none) != 0) ::_exit(1);
  Obstacle obstacle;
  const int top = open_any(3, name);
  const bool done = top < 0 ? errno == ENOENT || Flattener::stopped_at(3, name, obstacle)
                            : Flattener(top).empty(obstacle) &&
                                  (try_remove(3, name) == Gone::yes || Flattener::stopped_at(3, name, obstacle));
  if (!done) (void)!::write(4, &obstacle, sizeof obstacle);
  ::_exit(done ? 0 : 1);
}

std::string advice(int why) {
  if (why == EPERM || why == EACCES) return "look whose it is (ls -ld) and whether it is immutable (lsattr -d)";
  if (why == EXDEV || why == EBUSY) return "something is mounted there, unmount it";
  if (why == EROFS) return "its file system is read-only, mount it writable";
  return "mend that";
}

Error cannot_remove(std::string_view path, int why) {
  return error(Code::unavailable, utf8::without_unseen(path, '?') + ": cannot be removed (" + std::strerror(why) +
                                      "): " + advice(why) + " and try again");
}

/// Whether the child has ended by itself.
bool ends_in_time(int pidfd, std::chrono::steady_clock::time_point until) {
  pollfd ended{pidfd, POLLIN, 0};
  if (wait_for_any({&ended, 1}, until) == Waited::ready) return true;
  (void)signal_process(pidfd, SIGKILL);
  return false;
}

}  // namespace

Result<Fd> open_locked_folder(int parent, const std::string& name) {
  Fd folder(open_any(parent, name.c_str()));
  if (!folder) return last_error(name);
  return folder;
}

Status remove_tree(const std::filesystem::path& path, std::chrono::steady_clock::time_point until) {
  const auto parent = open_folder(path.parent_path());
  if (!parent && parent.error().code == Code::not_found) return {};
  if (!parent) return parent.error();
  const std::string name = path.filename();
  const auto gone = try_remove(parent->get(), name.c_str());
  if (gone == Gone::yes) return {};
  if (gone == Gone::no) return cannot_remove(path.string(), errno);
  auto report = make_pipe();
  if (!report) return report.error();
  auto child = fork_child(path.string());
  if (!child) return child.error();
  if (child->pid == 0) run_child(parent->get(), report->second.get(), name.c_str());
  report->second.reset();
  const bool in_time = ends_in_time(child->pidfd.get(), until);
  const auto ending = wait_for(*child);
  if (ending.exited && ending.code == 0) return {};
  const auto where = utf8::without_unseen(path.string(), '?');
  Obstacle obstacle;
  if (is_readable(report->first.get()) && ::read(report->first.get(), &obstacle, sizeof obstacle) == sizeof obstacle)
    return cannot_remove(obstacle.path, obstacle.why);
  if (!in_time)
    return error(Code::timeout, where +
                                    ": is large or still written to and was not removed in time; try again, which "
                                    "goes on with what is left");
  return error(Code::unavailable, where + ": the process that removes it ended early; try again");
}

}  // namespace hive::os
