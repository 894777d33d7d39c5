#include "config_files.hpp"

#include "seed.hpp"

#include <hive/utf8/utf8.hpp>

#include <algorithm>

namespace hive::lifecycle {

namespace {

constexpr std::size_t kMaxFile = 262'144;
// A reply holds 1 MiB; escapes of JSON may double the text.
constexpr std::size_t kMaxText = 458'752;

int rank(const std::string& path) {
  if (path == "agent.toml") return 0;
  return path == "agent.nix" ? 1 : 2;
}

Result<std::vector<git::Entry>> chosen(const git::Repository& applied, const ReadConfig& what,
                                       const std::string& revision) {
  if (what.path) return std::vector<git::Entry>{{*what.path, git::EntryKind::file}};
  auto entries = applied.list_files(revision);
  if (!entries) return entries;
  std::erase_if(*entries,
                [](auto& entry) { return entry.kind != git::EntryKind::file || !utf8::is_valid(entry.path); });
  std::stable_sort(entries->begin(), entries->end(), [](auto& a, auto& b) { return rank(a.path) < rank(b.path); });
  return entries;
}

}  // namespace

Result<ConfigFiles> read_config(const std::filesystem::path& root, const ReadConfig& what) {
  auto applied = git::Repository::open(places_of(root, what.name).applied);
  if (!applied) return applied.error();
  auto revision = applied->resolve("main");
  if (!revision) return revision.error();
  auto entries = chosen(*applied, what, *revision);
  if (!entries) return entries.error();
  ConfigFiles files{.revision = *revision};
  std::size_t bytes = 0;
  for (const auto& entry : *entries) {
    auto text = applied->read_file(*revision, entry.path, kMaxFile);
    if (!text) return text.error();
    bytes += text->size();
    if (bytes > kMaxText)
      return error(Code::too_large, "lifecycle: the files of " + what.name + " have over " + std::to_string(kMaxText) +
                                        " bytes together; ask for one by `path`");
    if (!utf8::is_valid(*text)) text = "(no text: " + std::to_string(text->size()) + " bytes)";
    files.files.push_back({entry.path, std::move(*text)});
  }
  return files;
}

}  // namespace hive::lifecycle
