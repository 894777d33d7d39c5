#pragma once
#include <hive/sdk/contracts/broker.hpp>

#include <filesystem>

namespace hive::broker {

/// Whether the file system of the hive has room left for what agents write. Looked at once a group of requests.
class DiskSpace {
 public:
  struct Need {
    std::int64_t percent = 5, mib = 512;
  };
  /// No folder: there is always room.
  DiskSpace() = default;
  DiskSpace(std::filesystem::path folder, Need need) : folder_(std::move(folder)), need_(need) {}

  /// The next `look` asks the file system again.
  void forget() { is_fresh_ = false; }
  /// Errors: busy, with the figures. A file system that cannot be asked has room. [blocking]
  Status look();
  /// What the looks have found: once when there is too little room, and once when there is enough again.
  std::optional<Space> take_news();

 private:
  std::filesystem::path folder_;
  Need need_;
  bool is_fresh_ = false, was_low_ = false;
  std::optional<std::string> trouble_;
};

}  // namespace hive::broker
