#pragma once
#include "plan.hpp"

#include <hive/os/fd.hpp>

#include <filesystem>

namespace hive::supervisor {

/// The cgroup v2 folder of one agent: limits, and a second way to end everything in it. [blocking]
class Cgroup {
 public:
  /// Where the agents of the hive at `root` have theirs; empty: nowhere, and why is in `missing`.
  /// The folder's name comes from the root, so that two hives do not meet.
  struct Place {
    std::filesystem::path base;
    std::string missing;
  };
  static Place find(const std::string& setting, const std::string& root);

  /// Ends what is left in the agent's folder and removes it. True when something still ran there.
  static bool end_leftovers(const std::filesystem::path& folder);

  /// Makes the folder and sets the limits; what could not be had is added to `reasons`.
  /// Errors: unavailable.
  static Result<Cgroup> create(const std::filesystem::path& base, const std::string& name, const Limits& limits,
                               std::vector<std::string>& reasons);

  /// No cgroup.
  Cgroup() = default;
  explicit operator bool() const { return bool(folder_); }
  int folder() const { return folder_.get(); }
  const std::filesystem::path& path() const { return path_; }
  void kill() const;
  /// Removes the folder, and that of the hive when it was the last. Wants it to be empty of processes.
  void remove();

 private:
  std::filesystem::path path_;
  os::Fd folder_;
};

}  // namespace hive::supervisor
