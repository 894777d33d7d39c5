#include "claude/own_files.hpp"

#include <hive/os/files.hpp>

#include "base/foreign_json.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <vector>

namespace hive::harness {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = ".claude.json";
constexpr std::string_view kBackup = ".claude.json.backup.";  // and the time, in ms, of always as many digits
constexpr std::size_t kMostBytes = 64u << 20;

/// The text, if it is one JSON value.
std::optional<std::string> read_whole(const fs::path& file) {
  auto text = os::read_file(file, kMostBytes);
  if (!text || !read_foreign(*text, TooDeep::leave_out)) return std::nullopt;
  return std::move(*text);
}

std::optional<std::string> newest_backup(const fs::path& folder) {
  std::vector<fs::path> backups;
  std::error_code failed;  // a folder that is not there holds nothing
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (at->path().filename().string().starts_with(kBackup)) backups.push_back(at->path());
  std::ranges::sort(backups, std::greater<>());
  for (const auto& backup : backups)
    if (auto text = read_whole(backup)) return text;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> mend_cli_files(const fs::path& home) {
  const auto file = home / kFile;
  std::error_code failed;
  // Of another kind it does not hinder the CLI.
  if (!fs::is_regular_file(fs::symlink_status(file, failed)) || read_whole(file)) return std::nullopt;
  const auto damaged = "The CLI's own file " + file.string() + " is damaged";
  fs::rename(file, home / (std::string(kFile) + ".damaged"), failed);
  if (failed) return damaged + " and cannot be set aside: " + failed.message() + "; move it away.";
  const auto said = damaged + "; it was set aside as " + kFile + ".damaged, and ";
  const auto backup = newest_backup(home / ".claude/backups");
  if (!backup) return said + "the CLI begins a new one, since there is no backup.";
  const auto folder = os::open_folder(home);
  const auto written = folder ? os::replace_file(folder->get(), kFile, *backup) : Status(folder.error());
  if (!written) return said + "its backup cannot be restored: " + written.error().message + ".";
  return said + "the CLI's last backup of it was restored.";
}

}  // namespace hive::harness
