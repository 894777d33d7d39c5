#include "cgroup.hpp"

#include <hive/os/files.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <sstream>

namespace hive::supervisor {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kPeriodUs = 100'000;
constexpr int kRemoveTries = 1'000;  // of 5 ms: a killed process leaves its cgroup a moment later
constexpr int kCreateTries = 5;
constexpr useconds_t kPauseUs = 5'000;

std::string hive_folder(std::string_view root) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (unsigned char c : root) hash = (hash ^ c) * 0x100000001b3;
  char name[32];
  std::snprintf(name, sizeof name, "hive-%016llx", static_cast<unsigned long long>(hash));
  return name;
}

/// Where the cgroup2 tree is mounted: the fifth word of its line, whose type stands after " - ".
fs::path tree() {
  const auto mounts = os::read_file("/proc/self/mountinfo");
  std::istringstream lines(mounts ? *mounts : "");
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" - cgroup2 ") == line.npos) continue;
    std::istringstream words(line);
    std::string word;
    for (int i = 0; i < 5; ++i) words >> word;
    return word;
  }
  return {};
}

fs::path own_place(const fs::path& mount) {
  const auto text = os::read_file("/proc/self/cgroup");
  const auto at = text ? text->find("0::/") : std::string::npos;
  if (!text || at == text->npos) return mount;
  const auto from = at + 4;
  return mount / text->substr(from, text->find('\n', from) - from);
}

bool can_be_made(const fs::path& base) {
  if (::mkdir(base.c_str(), 0755) != 0) return errno == EEXIST && ::access(base.c_str(), W_OK) == 0;
  ::rmdir(base.c_str());
  return true;
}

/// A controller that cannot be handed down is named by the limits that then cannot be set.
void hand_down_controllers(const fs::path& folder) {
  for (const char* controller : {"+memory", "+pids", "+cpu"})
    (void)os::write_existing(folder / "cgroup.subtree_control", controller).has_value();
}

void set(const fs::path& file, const std::string& value, const std::string& what, std::vector<std::string>& reasons) {
  auto written = os::write_existing(file, value);
  if (written) return;
  if (::access(file.c_str(), F_OK) != 0)
    reasons.push_back("no " + what + " limit: this cgroup2 tree lacks the controller");
  else
    reasons.push_back("no " + what + " limit: " + written.error().message);
}

void set_limits(const fs::path& folder, const Limits& limits, std::vector<std::string>& reasons) {
  const auto memory = limits.memory_bytes ? std::to_string(*limits.memory_bytes) : "max";
  const auto quota = limits.cpus ? std::to_string(std::llround(*limits.cpus * double(kPeriodUs))) : "max";
  set(folder / "memory.max", memory, "memory", reasons);
  set(folder / "pids.max", std::to_string(limits.pids), "process (beyond RLIMIT_NPROC)", reasons);
  set(folder / "cpu.max", quota + " " + std::to_string(kPeriodUs), "processor", reasons);
  if (!limits.memory_bytes) return;
  // Out of memory ends the whole agent, which is reported, not one of its processes at random.
  (void)os::write_existing(folder / "memory.oom.group", "1").has_value();
}

bool remove_when_empty(const fs::path& folder) {
  for (int i = 0; i < kRemoveTries; ++i) {
    if (::rmdir(folder.c_str()) == 0 || errno == ENOENT) return true;
    if (errno != EBUSY) return false;
    ::usleep(kPauseUs);
  }
  return false;
}

}  // namespace

Cgroup::Place Cgroup::find(const std::string& setting, const std::string& root) {
  if (setting == "none") return {{}, "no cgroup: the settings say none"};
  if (setting != "auto") {
    const auto base = fs::path(setting) / hive_folder(root);
    if (can_be_made(base)) return {base, {}};
    return {{}, "no cgroup: " + setting + " cannot be written: " + std::strerror(errno)};
  }
  const auto mount = tree();
  if (mount.empty()) return {{}, "no cgroup: no cgroup2 tree is mounted"};
  // Root uses the top of the tree, which alone may hold processes and hand controllers down.
  const auto base = (::geteuid() == 0 ? mount : own_place(mount)) / hive_folder(root);
  if (can_be_made(base)) return {base, {}};
  return {{}, "no cgroup: none is delegated to uid " + std::to_string(::geteuid())};
}

bool Cgroup::end_leftovers(const fs::path& folder) {
  const auto events = os::read_file(folder / "cgroup.events");
  if (!events) return false;
  const bool populated = events->find("populated 1") != events->npos;
  (void)os::write_existing(folder / "cgroup.kill", "1").has_value();
  remove_when_empty(folder);
  return populated;
}

Result<Cgroup> Cgroup::create(const fs::path& base, const std::string& name, const Limits& limits,
                              std::vector<std::string>& reasons) {
  Cgroup out;
  out.path_ = base / name;
  for (int i = 0; i < kCreateTries; ++i) {  // another agent's end may take the hive's folder away in between
    ::mkdir(base.c_str(), 0755);
    hand_down_controllers(base.parent_path());
    hand_down_controllers(base);
    if (::mkdir(out.path_.c_str(), 0755) == 0 || errno == EEXIST) break;
  }
  auto folder = os::open_folder(out.path_);
  if (!folder) return folder.error();
  out.folder_ = std::move(*folder);
  if (::access((out.path_ / "cgroup.kill").c_str(), W_OK) != 0) {
    ::rmdir(out.path_.c_str());
    return error(Code::unavailable, "no cgroup.kill in " + out.path_.string() + ": the kernel is older than 5.14");
  }
  supervisor::set_limits(out.path_, limits, reasons);
  return out;
}

void Cgroup::kill() const {
  if (folder_) (void)os::write_existing(path_ / "cgroup.kill", "1").has_value();
}

void Cgroup::remove() {
  if (!folder_) return;
  folder_.reset();
  remove_when_empty(path_);
  ::rmdir(path_.parent_path().c_str());  // stays while another agent has its own in it
}

}  // namespace hive::supervisor
