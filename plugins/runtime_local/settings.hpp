#pragma once
#include <hive/sdk/contracts/agent.hpp>

#include <filesystem>

namespace hive::runtime_local {

/// `[plugins.runtime_local]`. The host adds `claude` from its own table of that name, and label and
/// pronouns from `[host]`.
struct Settings {
  std::int64_t first_uid = 61'001, last_uid = 61'999, gid = 61'000;
  bool allow_unsandboxed = false;
  std::string cgroup = "auto";
  std::int64_t log_file_kb = 1'024, log_files = 8;
  std::int64_t grace_seconds = 20;
  std::string label, operator_pronouns = "she/her";
  agent::ClaudeSettings claude;
};
constexpr auto fields(Of<Settings>) {
  return shape(
      field<&Settings::first_uid>(
          "first_uid", "user id of the manager, and first of those that agents get; used only when the host is root")
          .between(1, 4'000'000'000)
          .defaulted(),
      field<&Settings::last_uid>("last_uid", "last of the user ids that agents get; used only when the host is root")
          .between(1, 4'000'000'000)
          .defaulted(),
      field<&Settings::gid>("gid", "group id of all agents; used only when the host is root")
          .between(1, 4'000'000'000)
          .defaulted(),
      field<&Settings::allow_unsandboxed>("allow_unsandboxed",
                                          "true: agents start unconfined where namespaces do not work"),
      field<&Settings::cgroup>("cgroup", "auto, none, or a folder of a cgroup2 tree that the host may write")
          .max_bytes(1'024)
          .defaulted(),
      field<&Settings::log_file_kb>("log_file_kb", "size at which an agent's log begins a new file")
          .between(16, 1'048'576)
          .defaulted(),
      field<&Settings::log_files>("log_files", "files of an agent's log that are kept").between(2, 1'000).defaulted(),
      field<&Settings::grace_seconds>("grace_seconds",
                                      "seconds that agents have to end by themselves when the hive goes down")
          .between(0, 50)
          .defaulted(),
      field<&Settings::label>("label", "label of the hive, shown to people; absent: the one of [host]")
          .max_bytes(128)
          .defaulted(),
      field<&Settings::operator_pronouns>("operator_pronouns", "pronouns of the operator; absent: those of [host]")
          .max_bytes(64)
          .defaulted(),
      field<&Settings::claude>("claude", "settings of the CLI; the host fills them from [claude]").defaulted());
}

/// Where the installation keeps what runs in containers and beside them.
struct Installation {
  std::filesystem::path bin;         // with hive-ag3nt and hive-m1nd
  std::filesystem::path share;       // prompts
  std::filesystem::path supervisor;  // program

  /// From the share folder that the host names: bin and libexec lie two folders above it.
  static Installation beside(const std::filesystem::path& share) {
    const auto prefix = share.parent_path().parent_path();
    return {prefix / "bin", share, prefix / "libexec/hyperhive/hive-supervisor"};
  }
};

}  // namespace hive::runtime_local
