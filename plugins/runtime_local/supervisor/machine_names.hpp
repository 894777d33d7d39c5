#pragma once
#include <hive/os/fd.hpp>

#include <filesystem>

namespace hive::supervisor {

/// The machine's names as one container knows them: copies of its hosts and resolv.conf in a folder that the container
/// has as /run/names, and that its /etc has links into. The folder is bound, not the files, which are replaced.
class MachineNames {
 public:
  struct Places {
    std::filesystem::path root;  // of the hive
    std::string name;            // of the agent, which is that of its machine too
    std::filesystem::path etc = "/etc";
  };
  /// Copies both. Errors: unavailable (the folder cannot be written). [blocking]
  static Result<MachineNames> open(Places places);

  /// Readable when they may have changed; -1 where the kernel tells nothing, and the copies stay as they are.
  int changes() const { return changes_.get(); }
  /// Copies what has changed, and listens on. Errors: unavailable. [blocking]
  Status refresh();

  /// Where the copies lie.
  static std::filesystem::path folder(const std::filesystem::path& root, const std::string& name);
  /// Nothing when they are not there. [blocking]
  static void remove(const std::filesystem::path& root, const std::string& name);

 private:
  explicit MachineNames(Places places) : places_(std::move(places)) {}
  Status copy(const char* file, const std::string& text);
  void listen_for(std::filesystem::path file);

  Places places_;
  os::Fd folder_, changes_;
};

inline constexpr const char* kNamesInside = "/run/names";
inline constexpr const char *kHosts = "hosts", *kResolvers = "resolv.conf";

}  // namespace hive::supervisor
