#include <hive/os/files.hpp>
#include <hive/os/read.hpp>
#include <hive/os/tree.hpp>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace hive::os {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Status write_all(int fd, std::string_view text, const std::string& what) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return last_error(what);
    text.remove_prefix(std::size_t(written));
  }
  return {};
}

int open_with(int folder, const char* path, std::uint64_t flags, std::uint64_t resolve) {
  open_how how{};
  how.flags = flags;
  how.resolve = resolve;
  return int(::syscall(SYS_openat2, folder, path, &how, sizeof how));
}

/// One whose owner has taken rights from itself, which this process may give back.
Result<Fd> open_locked(const std::filesystem::path& path) {
  const auto parent = open_folder(path.parent_path());
  if (!parent) return parent.error();
  return open_locked_folder(parent->get(), path.filename());
}

}  // namespace

Result<Fd> open_folder(const std::filesystem::path& path) {
  Fd folder(::open(path.c_str(), kFolderFlags));
  if (!folder) return last_error(path);
  return folder;
}

Result<Fd> open_folder_in(int folder, const std::string& name) {
  Fd found(::openat(folder, name.c_str(), kFolderFlags));
  if (!found) return last_error(name);
  return found;
}

Result<Fd> make_folder(const std::filesystem::path& path, const FolderMode& mode) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return last_error(path);
  auto folder = open_folder(path);
  if (!folder && folder.error().code == Code::forbidden) folder = open_locked(path);
  if (!folder) return folder;
  const bool owned = mode.uid || mode.gid;
  if (owned && ::fchown(folder->get(), mode.uid.value_or(uid_t(-1)), mode.gid.value_or(gid_t(-1))) != 0)
    return last_error("owner of " + path.string());
  if (::fchmod(folder->get(), mode.mode) != 0) return last_error("mode of " + path.string());
  return folder;
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return last_error(path);
  return read_rest(file.get(), path.string(), most_bytes);
}

Result<std::string> read_rest(int file, const std::string& what, std::size_t most_bytes) {
  std::string text;
  char block[16'384];
  for (;;) {
    const auto got = ::read(file, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error(what);
    if (got == 0) return text;
    text.append(block, std::size_t(got));
    if (text.size() > most_bytes)
      return error(Code::too_large, what + ": has more than " + std::to_string(most_bytes) + " bytes");
  }
}

Time changed_at(const struct stat& status) {
  return {std::int64_t(status.st_mtim.tv_sec) * 1'000 + status.st_mtim.tv_nsec / 1'000'000};
}

Status write_existing(const std::filesystem::path& path, std::string_view text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return last_error(path);
  if (::write(file.get(), text.data(), text.size()) != ssize_t(text.size())) return last_error(path);
  return {};
}

Status replace_file(int folder, const std::string& name, std::string_view text, mode_t mode) {
  const auto hidden = "." + name + ".new";
  const Fd file(::openat(folder, hidden.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) return last_error(hidden);
  if (::fchmod(file.get(), mode) != 0) return last_error(hidden);
  if (auto written = write_all(file.get(), text, hidden); !written) return written;
  if (::fsync(file.get()) != 0) return last_error(hidden);
  if (::renameat(folder, hidden.c_str(), folder, name.c_str()) != 0) return last_error(name);
  if (::fsync(folder) != 0) return last_error(name);
  return {};
}

Result<Fd> open_beneath(int folder, const std::string& relative_path) {
  Fd file(open_with(folder, relative_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS));
  if (!file) return last_error(relative_path);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return last_error(relative_path);
  if (!S_ISREG(status.st_mode)) return error(Code::forbidden, relative_path + ": is not a regular file");
  return file;
}

Result<Fd> open_without_links(const std::filesystem::path& path) {
  Fd found(open_with(AT_FDCWD, path.c_str(), O_PATH | O_CLOEXEC, RESOLVE_NO_SYMLINKS));
  if (!found) return last_error(path);
  return found;
}

}  // namespace hive::os
