#include <hive/utf8/utf8.hpp>

#include <algorithm>

#include "lifecycle.hpp"
#include "names.hpp"
#include "seed.hpp"

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

/// [blocking]
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

Finding found(std::string subject, std::string message) {
  return {.subject = std::move(subject), .message = std::move(message), .ok = false};
}

}  // namespace

bool Lifecycle::is_tombstone(const std::string& name) const {
  return kept_of(name) != nullptr;
}

const Tombstone* Lifecycle::kept_of(const std::string& name) const {
  const auto found = std::ranges::find(tombstones_, name, &Tombstone::name);
  return found == tombstones_.end() ? nullptr : &*found;
}

Task<Result<Preflight>> Lifecycle::preflight(std::string name) {
  const None nothing;
  auto plugins = co_await host_.call(host_api::kPlugins, nothing);
  if (!plugins) co_return plugins.error();
  auto limits = co_await host_.call(runtime::kLimits, nothing);
  if (!limits) co_return limits.error();
  std::vector<std::string> ids;
  for (const auto& plugin : plugins->plugins) ids.push_back(plugin.id);

  Preflight result;
  const auto check = [&result](bool ok, Finding bad, std::string good) {
    if (ok) bad.message = std::move(good);
    bad.ok = ok;
    result.findings.push_back(std::move(bad));
  };
  const auto quoted = "'" + name + "'";
  check(!is_reserved(name, ids), found("name", quoted + " is reserved for the hive itself; choose another name"),
        quoted + " is a name that an agent may have");
  check(swarm_.find(name) == nullptr, found("taken", "there is an agent " + quoted + " already; choose another name"),
        "no agent is called so");
  check(!purging_.contains(name),
        found("kept", "what was kept of " + quoted + " is being purged; try again when it is gone"),
        is_tombstone(name) ? "state of a destroyed agent " + quoted + " is kept; who is spawned goes on with it"
                           : "no state of an earlier agent is kept");
  const auto most = limits->name_bytes;
  check(std::int64_t(name.size()) <= most,
        found("runtime", quoted + " has " + std::to_string(name.size()) + " characters, this runtime takes " +
                             std::to_string(most) + "; choose a shorter name"),
        "the runtime takes names of " + std::to_string(most) + " characters");
  result.ok = std::all_of(result.findings.begin(), result.findings.end(), [](auto& finding) { return finding.ok; });
  co_return result;
}

Task<Result<ConfigFiles>> Lifecycle::config(ReadConfig what) {
  if (auto agent = find(what.name); !agent) co_return agent.error();
  auto read = [this, &what] { return read_config(host_.root(), what); };
  co_return flat(co_await host_.parallel(read));
}

Task<Result<None>> Lifecycle::rescan() {
  co_await look_after_all();
  co_return None{};
}

}  // namespace hive::lifecycle
