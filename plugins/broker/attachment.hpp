#pragma once
#include <hive/sdk/result.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace hive::broker {

struct Attachment {
  std::string path;  // as the sender wrote it
  std::string sender;
  std::vector<std::string> recipients;
};

/// The form of the path in which every recipient can read it: `/shared/…`, or for the operator and the
/// manager alone the sender's own `/agents/<sender>/state/…`. A path of the host's, below `root`, is
/// taken too. Errors: invalid_params (no such form), forbidden (somebody else's state, or through a
/// link), not_found. [blocking]
Result<std::string> qualified(const std::filesystem::path& root, const Attachment& attachment);

}  // namespace hive::broker
