#include "seed.hpp"

#include "seed_files.hpp"

#include <hive/os/files.hpp>
#include <hive/os/tree.hpp>
#include <hive/sdk/crash_point.hpp>

#include <unistd.h>

#include <cstdio>

namespace hive::lifecycle {

namespace fs = std::filesystem;

namespace {

const git::Identity kAuthor{"manager", "manager@hyperhive"};
constexpr std::chrono::seconds kRemovalTime{10};

Error io_error(const fs::path& path, const std::error_code& why) {
  return error(Code::unavailable, "lifecycle: " + path.string() + ": " + why.message());
}

/// A folder beside the applied repositories, where the host alone writes. Empty when it is given.
Result<fs::path> workshop(const fs::path& root, const std::string& name) {
  const auto applied = root / "applied";
  std::error_code why;
  fs::create_directories(applied, why);
  if (why) return io_error(applied, why);
  auto folder = applied / ("." + name + ".new");
  if (auto removed = os::remove_tree(folder, std::chrono::steady_clock::now() + kRemovalTime); !removed)
    return removed.error();
  return folder;
}

/// Renames `from` to `name` in the folder `to`, which is opened without following a link: the manager
/// may write beside it.
Status move_into(const fs::path& from, const fs::path& to, const std::string& name) {
  auto folder = os::open_folder(to);
  if (!folder) return folder.error();
  if (renameat2(AT_FDCWD, from.c_str(), folder->get(), name.c_str(), RENAME_NOREPLACE) != 0)
    return io_error(to / name, {errno, std::generic_category()});
  if (fsync(folder->get()) != 0) return io_error(to, {errno, std::generic_category()});
  return {};
}

Result<std::string> fill_applied(const fs::path& folder, const std::string& name, Time now) {
  auto repository = git::Repository::create(folder, git::Layout::bare);
  if (!repository) return repository.error();
  git::NewCommit draft{
      .files = seed_files(name), .author = kAuthor, .message = "Begin the configuration of " + name + "\n", .at = now};
  auto commit = repository->commit(draft);
  if (!commit) return commit;
  git::RefUpdate main{.name = "refs/heads/main", .to = *commit, .reason = "spawn"};
  if (auto moved = repository->update_ref(main); !moved) return moved.error();
  if (auto tagged = repository->tag({.name = "deployed/0", .commit = *commit}); !tagged) return tagged.error();
  return commit;
}

Status fill_config(const fs::path& folder, const fs::path& applied, const std::string& name,
                   const std::string& commit) {
  auto source = git::Repository::open(applied);
  if (!source) return source.error();
  auto config = git::Repository::create(folder, git::Layout::work_tree);
  if (!config) return config.error();
  if (auto copied = config->copy_commit(*source, commit); !copied) return copied;
  git::RefUpdate main{.name = "refs/heads/main", .to = commit, .reason = "spawn"};
  if (auto moved = config->update_ref(main); !moved) return moved;
  if (auto written = config->check_out(commit); !written) return written;
  const std::pair<const char*, std::string> settings[] = {
      {"remote.applied.url", "/applied/" + name},
      {"remote.applied.fetch", "+refs/heads/*:refs/remotes/applied/*"},
      {"user.name", kAuthor.name},
      {"user.email", kAuthor.email}};
  for (const auto& [key, value] : settings)
    if (auto set = config->set_config(key, value); !set) return set;
  return {};
}

}  // namespace

Places places_of(const fs::path& root, const std::string& name) {
  return {.applied = root / "applied" / name, .config = root / "agents" / name / "config"};
}

Result<std::string> seed_applied(const fs::path& root, const std::string& name, Time now) {
  const auto applied = places_of(root, name).applied;
  if (auto kept = git::Repository::open(applied)) return kept->resolve("main");
  auto folder = workshop(root, name);
  if (!folder) return folder.error();
  auto commit = fill_applied(*folder, name, now);
  if (!commit) return commit;
  crash_point("lifecycle.applied.filled");
  if (auto moved = move_into(*folder, applied.parent_path(), name); !moved) return moved.error();
  return commit;
}

Status seed_config(const fs::path& root, const std::string& name, const std::string& commit) {
  const auto places = places_of(root, name);
  std::error_code why;
  if (fs::symlink_status(places.config, why).type() != fs::file_type::not_found) return {};
  fs::create_directories(places.config.parent_path(), why);
  if (why) return io_error(places.config.parent_path(), why);
  auto folder = workshop(root, name);
  if (!folder) return folder.error();
  if (auto filled = fill_config(*folder, places.applied, name, commit); !filled) return filled;
  crash_point("lifecycle.config.filled");
  return move_into(*folder, places.config.parent_path(), "config");
}

}  // namespace hive::lifecycle
