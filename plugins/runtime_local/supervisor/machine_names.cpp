#include "machine_names.hpp"

#include <hive/os/files.hpp>

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>

namespace hive::supervisor {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostBytes = 16 << 20;  // some keep a list of all advertisers there
constexpr int kMostLinks = 8;
constexpr std::uint32_t kFolderChanges = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM;

}  // namespace

fs::path MachineNames::folder(const fs::path& root, const std::string& name) {
  return root / "run/names" / name;
}

void MachineNames::remove(const fs::path& root, const std::string& name) {
  const auto gone = folder(root, name);
  for (const char* file : {kHosts, kResolvers}) ::unlink((gone / file).c_str());
  ::rmdir(gone.c_str());
}

Result<MachineNames> MachineNames::open(Places places) {
  MachineNames out(std::move(places));
  const auto path = folder(out.places_.root, out.places_.name);
  if (auto made = os::make_folder(path.parent_path(), {.mode = 0711}); !made) return made.error();
  auto made = os::make_folder(path, {.mode = 0755});
  if (!made) return made.error();
  out.folder_ = std::move(*made);
  out.changes_ = os::Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (auto copied = out.refresh(); !copied) return copied.error();
  return out;
}

Status MachineNames::refresh() {
  alignas(inotify_event) char events[4'096];
  while (::read(changes_.get(), events, sizeof events) > 0) {
  }
  // Listened for first: what changes while it is read is read again.
  for (const char* file : {kHosts, kResolvers}) listen_for(places_.etc / file);
  const auto hosts = os::read_file(places_.etc / kHosts, kMostBytes);
  const auto own = "127.0.0.1 localhost " + places_.name + "\n::1 localhost\n";
  if (auto copied = copy(kHosts, hosts ? *hosts + "\n" + own : own); !copied) return copied;
  const auto resolvers = os::read_file(places_.etc / kResolvers, kMostBytes);
  return copy(kResolvers, resolvers ? *resolvers : "");
}

Status MachineNames::copy(const char* file, const std::string& text) {
  const auto there = os::read_file(folder(places_.root, places_.name) / file, kMostBytes + kMostBytes);
  if (there && *there == text) return {};
  return os::replace_file(folder_.get(), file, text, 0644);
}

/// The file itself, which may be mounted from elsewhere and written in place, and the folder of each link on the way
/// to it, where it is replaced.
void MachineNames::listen_for(fs::path file) {
  if (!changes_) return;
  ::inotify_add_watch(changes_.get(), file.c_str(), IN_CLOSE_WRITE);
  for (int i = 0; i < kMostLinks; ++i) {
    ::inotify_add_watch(changes_.get(), file.parent_path().c_str(), kFolderChanges);
    std::error_code failure;
    const auto next = fs::read_symlink(file, failure);
    if (failure) return;
    file = next.is_absolute() ? next : file.parent_path() / next;
  }
}

}  // namespace hive::supervisor
