#include <hive/agent_paths/agent_paths.hpp>
#include <hive/os/files.hpp>
#include <hive/sdk/fields.hpp>
#include <hive/utf8/utf8.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>

namespace hive::agent_paths {
namespace {

constexpr std::string_view kShared = "/shared/", kAgents = "/agents/", kState = "/state/";

Error refused(Code code, std::string_view path, std::string_view why) {
  return error(code, std::string(path) + " " + std::string(why));
}

/// Without empty and `.` components; nothing when it is relative or has a `..`.
std::optional<std::string> tidy(std::string_view path) {
  if (!path.starts_with('/')) return {};
  std::string out;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto part = path.substr(0, path.find('/'));
    if (part == "..") return {};
    if (!part.empty() && part != ".") out.append("/").append(part);
    path.remove_prefix(part.size());
  }
  return out;
}

bool has_long_name(std::string_view tidied) {
  constexpr std::size_t kMostBytes = 255;  // NAME_MAX of Linux' file systems
  while (!tidied.empty()) {
    tidied.remove_prefix(1);
    const auto bytes = std::min(tidied.find('/'), tidied.size());
    if (bytes > kMostBytes) return true;
    tidied.remove_prefix(bytes);
  }
  return false;
}

/// As containers have it, where it is the host's form.
std::string_view in_container(const std::string& root, std::string_view path) {
  if (!path.starts_with(root)) return path;
  const auto rest = path.substr(root.size());
  return rest.starts_with(kShared) || rest.starts_with(kAgents) ? rest : path;
}

std::optional<AgentPath> place_of(std::string_view path) {
  if (path.starts_with(kShared)) return AgentPath{.owner = {}, .rest = std::string(path.substr(kShared.size()))};
  if (!path.starts_with(kAgents)) return {};
  path.remove_prefix(kAgents.size());
  const auto owner = path.substr(0, path.find('/'));
  path.remove_prefix(owner.size());
  if (!is_agent_name(owner) || !path.starts_with(kState)) return {};
  return AgentPath{.owner = std::string(owner), .rest = std::string(path.substr(kState.size()))};
}

/// Why `path` is not opened.
Error why_not(const Error& failure, const AgentPath& path) {
  const auto text = path.text();
  if (failure.code == Code::not_found) return refused(failure.code, text, "is not there; its agent may have moved it");
  if (failure.code == Code::forbidden)
    return refused(failure.code, text, "is a link, no regular file, or may not be read; name a file itself");
  return refused(failure.code, text,
                 "cannot be opened (" + failure.message.substr(failure.message.rfind(": ") + 2) + ")");
}

Status check_names(int root, int file, const AgentPath& path) {
  struct stat status{}, folder{};
  if (::fstat(file, &status) != 0) return why_not(os::last_error("file"), path);
  if (status.st_nlink <= 1) return {};
  if (::fstatat(root, path.folder().c_str(), &folder, AT_SYMLINK_NOFOLLOW) != 0)
    return why_not(os::last_error("folder"), path);
  if (status.st_uid == folder.st_uid && status.st_uid != 0) return {};
  return refused(Code::forbidden, path.text(),
                 "has other names and is not its folder's owner's; make a copy of it and name that");
}

}  // namespace

std::string AgentPath::folder() const {
  if (!owner.empty()) return "agents/" + owner + "/state";
  return rest.find('/') == rest.npos ? "shared" : "shared/" + rest.substr(0, rest.find('/'));
}

std::string AgentPath::below_root() const {
  return (owner.empty() ? "shared/" : "agents/" + owner + "/state/") + rest;
}

Result<AgentPath> parse(const std::filesystem::path& root, std::string_view path) {
  if (!utf8::is_valid(path) || utf8::has_unseen(path))
    return error(Code::invalid_params, "a path with characters that cannot be seen is not taken; rename the file");
  const auto tidied = tidy(path);
  if (!tidied)
    return refused(Code::invalid_params, path,
                   "is not an absolute path without '..'; name a file under /shared/ or /agents/NAME/state/");
  if (has_long_name(*tidied))
    return error(Code::invalid_params, "a path with a name of more than 255 bytes is none; name a file that is there");
  const auto known = in_container(root.string(), *tidied);
  if (known.starts_with(kState))
    return refused(Code::invalid_params, path, "does not say whose; write /agents/NAME" + std::string(known));
  auto place = place_of(known);
  if (place) return std::move(*place);
  return refused(Code::forbidden, path, "is neither under /shared/ nor under /agents/NAME/state/");
}

Result<os::Fd> open(int root, const AgentPath& path) {
  auto file = os::open_beneath(root, path.below_root());
  if (!file) return why_not(file.error(), path);
  if (auto fits = check_names(root, file->get(), path); !fits) return fits.error();
  return file;
}

}  // namespace hive::agent_paths
