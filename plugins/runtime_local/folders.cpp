#include "folders.hpp"

#include <hive/os/files.hpp>
#include <hive/os/tree.hpp>
#include <hive/sdk/reserved_names.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <set>

namespace hive::runtime_local {
namespace {

namespace fs = std::filesystem;
constexpr int kMostDepth = 64;
constexpr std::chrono::seconds kRemovalTime{100};  // less than runtime.destroy has
// No setgid bit: every process of an agent has that group anyway, and inside of the sandbox, where nobody may set such
// bits, folders that inherit one make `chmod 750`, `cp -r` and their like fail.
constexpr mode_t kGroupFolder = 0770, kGroupReads = 0750;

/// Whether `shared/<name>` is not the folder of an agent, like that of all.
bool is_of_the_hive(const std::string& name) {
  return name != "manager" && is_reserved_name(name);
}

std::optional<struct stat> status_of(const fs::path& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return status;
}

/// Gives everything below `folder` to `owner`: through descriptors, following no link, the folder
/// itself last, so that one that was not finished is done again.
Status hand_over(int folder, AgentUser owner, int depth) {
  if (depth > kMostDepth) return error(Code::too_large, "agents' config: folders more than 64 deep");
  os::Fd own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(own ? ::fdopendir(own.get()) : nullptr, &::closedir);
  if (!entries) return os::last_error("agents' config");
  own.release();  // closedir closes it
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const os::Fd held(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!held) continue;  // a link, which has no rights of its own
    struct stat status{};
    if (::fstat(held.get(), &status) != 0) return os::last_error(name);
    if (S_ISDIR(status.st_mode)) {
      if (auto done = hand_over(held.get(), owner, depth + 1); !done) return done;
      continue;
    }
    if (::fchown(held.get(), owner.uid, owner.gid) != 0) return os::last_error(name);
    if (::fchmod(held.get(), (status.st_mode & 0700) | ((status.st_mode & 0700) >> 3)) != 0)
      return os::last_error(name);
  }
  if (::fchown(folder, owner.uid, owner.gid) != 0 || ::fchmod(folder, kGroupFolder) != 0)
    return os::last_error("agents' config");
  return {};
}

}  // namespace

Folders::Folders(fs::path root, const Settings& settings)
    : root_(std::move(root)),
      first_uid_(uid_t(settings.first_uid)),
      last_uid_(uid_t(settings.last_uid)),
      gid_(gid_t(settings.gid)) {}

bool Folders::own_uids() const {
  return ::geteuid() == 0;
}

Status Folders::make(const fs::path& relative, mode_t mode, AgentUser owner) const {
  os::FolderMode wanted{.mode = mode};
  if (own_uids()) wanted.uid = owner.uid, wanted.gid = owner.gid;
  auto made = os::make_folder(root_ / relative, wanted);
  if (!made) return made.error();
  return {};
}

Status Folders::make_common() const {
  const AgentUser host{::geteuid(), own_uids() ? gid_ : ::getegid()};
  const std::pair<const char*, mode_t> folders[] = {
      {"agents", 0750},        {"logins", 0711},
      {"logs", 0700},          {"generations", 0700},
      {"applied", 02750},      {"run", 0711},
      {"run/agents", 0711},    {"run/supervisors", 0700},
      {"shared", kGroupReads}, {"shared/common", kGroupFolder},
  };
  for (const auto& [folder, mode] : folders)
    if (auto made = make(folder, mode, host); !made) return made;
  return {};
}

Result<AgentUser> Folders::user_of(const std::string& name) const {
  if (!own_uids()) return AgentUser{::geteuid(), ::getegid()};
  const auto status = status_of(root_ / "agents" / name / "state");
  if (!status || status->st_uid < first_uid_ || status->st_uid > last_uid_)
    return error(Code::not_found, name + ": has no uid of this hive yet");
  return AgentUser{status->st_uid, gid_};
}

Result<AgentUser> Folders::choose_user(const std::string& name) const {
  if (auto known = user_of(name); known) return known;
  if (name == "manager") return AgentUser{first_uid_, gid_};
  std::set<uid_t> taken{first_uid_};
  std::error_code failure;
  for (fs::directory_iterator at(root_ / "agents", failure), end; !failure && at != end; at.increment(failure))
    if (const auto status = status_of(at->path() / "state")) taken.insert(status->st_uid);
  if (failure) return error(Code::unavailable, (root_ / "agents").string() + ": " + failure.message());
  for (uid_t uid = first_uid_; uid <= last_uid_; ++uid)
    if (taken.count(uid) == 0) return AgentUser{uid, gid_};
  return error(Code::busy, name + ": all uids from " + std::to_string(first_uid_) + " to " + std::to_string(last_uid_) +
                               " are taken; purge an agent or set plugins.runtime_local.last_uid higher");
}

Result<AgentUser> Folders::make_for(const std::string& name) const {
  // One that an older version named so keeps what is its own.
  if (is_of_the_hive(name) && !status_of(root_ / "agents" / name / "state"))
    return error(Code::invalid_params, name + ": is a word of the hive's own; choose another name");
  auto chosen = choose_user(name);
  if (!chosen) return chosen;
  const AgentUser agent = *chosen, host{::geteuid(), agent.gid};
  const struct {
    fs::path folder;
    mode_t mode;
    AgentUser owner;
  } folders[] = {
      {fs::path("agents") / name, 0750, host},
      {fs::path("agents") / name / "state", kGroupFolder, agent},
      {fs::path("logins") / name, 0700, agent},
      {fs::path("logs") / name, 0700, host},
      {fs::path("generations") / name, 0700, host},
      {fs::path("run/agents") / name, 03770, host},
      {fs::path("run/agents") / name / "page", 0700, agent},
  };
  for (const auto& one : folders)
    if (auto made = make(one.folder, one.mode, one.owner); !made) return made.error();
  if (!is_of_the_hive(name))
    if (auto made = make(fs::path("shared") / name, kGroupReads, agent); !made) return made.error();
  if (auto handed = hand_over_config(name); !handed) return handed.error();
  return agent;
}

Status Folders::hand_over_config(const std::string& name) const {
  const auto path = root_ / "agents" / name / "config";
  const auto status = status_of(path);
  if (!own_uids() || !status || status->st_uid == first_uid_) return {};
  auto folder = os::open_folder(path);
  if (!folder) return folder.error();
  return hand_over(folder->get(), {first_uid_, gid_}, 0);
}

Status Folders::remove(const std::string& name, Keep keep) const {
  const auto until = std::chrono::steady_clock::now() + kRemovalTime;
  std::vector<fs::path> gone{fs::path("generations") / name, fs::path("run/agents") / name,
                             fs::path("run/config") / name, fs::path("run/names") / name};
  for (const char* end : {".lock", ".json", ".sock", ".exit.json"})
    gone.push_back(fs::path("run/supervisors") / (name + end));
  if (keep == Keep::nothing) {
    // The manager of an ordinary user's hive can have locked it.
    if (auto made = make(fs::path("agents") / name, 0750, {::geteuid(), own_uids() ? gid_ : ::getegid()}); !made)
      return made;
    for (const char* of : {"logins", "logs", "applied"}) gone.push_back(fs::path(of) / name);
    if (!is_of_the_hive(name)) gone.push_back(fs::path("shared") / name);
    gone.push_back(fs::path("agents") / name / "config");
    gone.push_back(fs::path("agents") / name / "state");  // the record of its uid stays while anything is that uid's
    gone.push_back(fs::path("agents") / name);
  }
  for (const auto& relative : gone)
    if (auto removed = os::remove_tree(root_ / relative, until); !removed) return removed;
  return {};
}

bool has_login(const fs::path& root, const std::string& name) {
  const auto home = os::open_folder(root / "logins" / name);
  if (!home) return false;
  const auto file = os::open_beneath(home->get(), ".claude/.credentials.json");
  if (!file) return false;
  struct stat status{};
  return ::fstat(file->get(), &status) == 0 && status.st_size > 0;
}

}  // namespace hive::runtime_local
