#include "attachment.hpp"

#include <hive/os/files.hpp>

namespace hive::broker {
namespace {

/// Without empty and `.` components; nothing when it is relative or has a `..`.
std::string tidy(std::string_view path) {
  if (!path.starts_with('/')) return {};
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto part = path.substr(at, end - at);
    if (part == "..") return {};
    if (!part.empty() && part != ".") out.append("/").append(part);
    at = end + 1;
  }
  return out;
}

bool reads_states(const std::string& name) {
  return name == "operator" || name == "manager";
}

Error refused(Code code, const std::string& path, const std::string& why) {
  return error(code, "broker: file " + path + " " + why);
}

/// Opens `rest` below a folder of the host's; the descriptor is closed again, existence is all we ask.
Status is_there(const std::filesystem::path& folder, const std::string& path, const std::string& rest) {
  auto opened = os::open_folder(folder);
  if (!opened) return refused(Code::not_found, path, "is not there; write it before you send its path");
  auto file = os::open_beneath(opened->get(), rest);
  if (file) return {};
  if (file.error().code == Code::not_found)
    return refused(Code::not_found, path, "is not there; write it before you send its path");
  return refused(Code::forbidden, path, "is a link or no regular file that can be read; send one that is");
}

}  // namespace

Result<std::string> qualified(const std::filesystem::path& root, const Attachment& attachment) {
  auto path = tidy(attachment.path);
  if (path.empty())
    return refused(Code::invalid_params, attachment.path, "is no absolute path without '..'; send one under /shared/");
  const auto host_form = root.string() + "/";
  if (path.starts_with(host_form + "shared/") || path.starts_with(host_form + "agents/"))
    path.erase(0, host_form.size() - 1);

  constexpr std::string_view kShared = "/shared/";
  if (path.starts_with(kShared)) {
    if (auto there = is_there(root / "shared", path, path.substr(kShared.size())); !there) return there.error();
    return path;
  }
  const auto& sender = attachment.sender;
  if (path == "/state" || path.starts_with("/state/"))
    return refused(Code::invalid_params, path,
                   "does not say whose; send /agents/" + sender + path +
                       " to the operator or the manager, and "
                       "copy it to /shared/" +
                       sender + "/ for anyone else");
  const auto own = "/agents/" + sender + "/state/";
  if (!path.starts_with(own))
    return refused(Code::forbidden, path,
                   "is neither under /shared/ nor under " + own + "; copy it to /shared/" + sender + "/");
  for (const auto& recipient : attachment.recipients)
    if (!reads_states(recipient))
      return refused(Code::forbidden, path, "cannot be read by " + recipient + "; copy it to /shared/" + sender + "/");
  const auto folder = root / "agents" / sender / "state";
  if (auto there = is_there(folder, path, path.substr(own.size())); !there) return there.error();
  return path;
}

}  // namespace hive::broker
