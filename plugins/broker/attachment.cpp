#include "attachment.hpp"

#include <hive/agent_paths/agent_paths.hpp>
#include <hive/os/files.hpp>

#include <algorithm>

namespace hive::broker {
namespace {

bool reads_states(const std::string& name) {
  return name == "operator" || name == "manager";
}

Error refused(Code code, const std::string& path, const std::string& why) {
  return error(code, "file: " + path + " " + why);
}
Error refused(const Error& why) {
  return error(why.code, "file: " + why.message);
}

/// It is opened and closed again: existence is all we ask.
Status is_there(const std::filesystem::path& root, const agent_paths::AgentPath& path) {
  const auto folder = os::open_folder(root);
  if (!folder) return refused(folder.error());
  const auto file = agent_paths::open(folder->get(), path);
  if (file) return {};
  if (file.error().code == Code::not_found)
    return refused(Code::not_found, path.text(), "is not there; write it before you send its path");
  return refused(file.error());
}

}  // namespace

Result<std::string> qualified(const std::filesystem::path& root, const Attachment& attachment) {
  const auto &sender = attachment.sender, &path = attachment.path;
  if (path == "/state" || path.starts_with("/state/"))
    return refused(Code::invalid_params, path,
                   "does not say whose; send /agents/" + sender + path +
                       " to the operator or the manager, and copy it to /shared/" + sender + "/ for anyone else");
  const auto found = agent_paths::parse(root, path);
  if (!found) return refused(found.error());
  const auto& recipients = attachment.recipients;
  if (!found->owner.empty() && found->owner != sender)
    return refused(Code::forbidden, path,
                   "is the state of " + found->owner + "; ask for a copy of it under /shared/" + found->owner + "/");
  const auto blind = std::find_if_not(recipients.begin(), recipients.end(), reads_states);
  if (!found->owner.empty() && blind != recipients.end())
    return refused(Code::forbidden, path, "cannot be read by " + *blind + "; copy it to /shared/" + sender + "/");
  if (auto there = is_there(root, *found); !there) return there.error();
  return found->text();
}

}  // namespace hive::broker
