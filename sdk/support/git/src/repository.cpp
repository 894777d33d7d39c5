#include "handles.hpp"

#include <algorithm>

namespace hive::git {

namespace {

int start_library() {
  const int status = git_libgit2_init();
  if (status < 0) return status;
  // The agents' uids and the service's own differ from whoever runs the command line tool: the callers
  // name folders of the hive's root themselves, so the owner proves nothing here.
  git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
  // A person's ~/.gitconfig must not change what the host writes.
  for (int level :
       {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL})
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
  return 0;
}

/// Initialised once a process and never shut down: other threads may be inside it at any time.
Status ready() {
  static const int status = start_library();
  if (status < 0) return failure(status, "libgit2 cannot start");
  return {};
}

struct Listing {
  std::vector<Entry> entries;
  bool too_many = false;
};

EntryKind kind_of(const git_tree_entry* entry) {
  switch (git_tree_entry_filemode(entry)) {
    case GIT_FILEMODE_LINK: return EntryKind::link;
    case GIT_FILEMODE_COMMIT: return EntryKind::submodule;
    default: return EntryKind::file;
  }
}

int list_entry(const char* folder, const git_tree_entry* entry, void* context) {
  auto& listing = *static_cast<Listing*>(context);
  if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) return 0;
  if (listing.entries.size() == kMaxEntries) {
    listing.too_many = true;
    return GIT_EUSER;
  }
  listing.entries.push_back({std::string(folder) + git_tree_entry_name(entry), kind_of(entry)});
  return 0;
}

}  // namespace

Repository::Repository(std::filesystem::path folder, std::unique_ptr<Handle> handle)
    : folder_(std::move(folder)), handle_(std::move(handle)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<Repository> Repository::create(const std::filesystem::path& folder, Layout layout) {
  if (auto started = ready(); !started) return started.error();
  git_repository_init_options options;
  git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
  options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_MKDIR | GIT_REPOSITORY_INIT_NO_REINIT;
  if (layout == Layout::bare) options.flags |= GIT_REPOSITORY_INIT_BARE;
  options.initial_head = "main";
  auto handle = std::make_unique<Handle>();
  if (const int status = take(handle->git, git_repository_init_ext, folder.c_str(), &options); status < 0)
    return failure(status, in(folder, "cannot be made"));
  return Repository(folder, std::move(handle));
}

Result<Repository> Repository::open(const std::filesystem::path& folder) {
  if (auto started = ready(); !started) return started.error();
  auto handle = std::make_unique<Handle>();
  const int status =
      take(handle->git, git_repository_open_ext, folder.c_str(), unsigned(GIT_REPOSITORY_OPEN_NO_SEARCH), nullptr);
  if (status < 0) return failure(status, in(folder, "cannot be opened"));
  return Repository(folder, std::move(handle));
}

Result<std::string> Repository::resolve(const std::string& revision) const {
  auto commit = find_commit(handle_->git.get(), folder_, revision);
  if (!commit) return commit.error();
  return text_of(*git_commit_id(commit->get()));
}

Result<std::string> Repository::read_file(const std::string& revision, const std::string& path,
                                          std::size_t max_bytes) const {
  const auto what = in(folder_, "file '" + path + "' of '" + revision + "' cannot be read");
  auto commit = find_commit(handle_->git.get(), folder_, revision);
  if (!commit) return commit.error();
  Object found;
  const auto* object = reinterpret_cast<const git_object*>(commit->get());
  const int status = take(found, git_object_lookup_bypath, object, path.c_str(), GIT_OBJECT_BLOB);
  if (status == GIT_EINVALIDSPEC) return error(Code::not_found, what + ": it is not a file");
  if (status < 0) return failure(status, what);
  const auto* blob = reinterpret_cast<const git_blob*>(found.get());
  const auto size = std::size_t(git_blob_rawsize(blob));
  if (size > max_bytes)
    return error(Code::too_large,
                 what + ": it has " + std::to_string(size) + " bytes, the limit is " + std::to_string(max_bytes));
  return std::string(static_cast<const char*>(git_blob_rawcontent(blob)), size);
}

Result<std::vector<Entry>> Repository::list_files(const std::string& revision) const {
  const auto what = in(folder_, "files of '" + revision + "' cannot be listed");
  auto commit = find_commit(handle_->git.get(), folder_, revision);
  if (!commit) return commit.error();
  Tree tree;
  if (const int status = take(tree, git_commit_tree, commit->get()); status < 0) return failure(status, what);
  Listing listing;
  const int status = git_tree_walk(tree.get(), GIT_TREEWALK_PRE, list_entry, &listing);
  if (listing.too_many) return error(Code::too_large, what + ": there are more than " + std::to_string(kMaxEntries));
  if (status < 0) return failure(status, what);
  return std::move(listing.entries);
}

Result<std::vector<std::string>> Repository::tags(const std::string& prefix) const {
  git_strarray names{};
  const auto pattern = prefix + "*";
  if (const int status = git_tag_list_match(&names, pattern.c_str(), handle_->git.get()); status < 0)
    return failure(status, in(folder_, "tags cannot be listed"));
  std::vector<std::string> found(names.strings, names.strings + names.count);
  git_strarray_dispose(&names);
  std::sort(found.begin(), found.end());
  return found;
}

Status Repository::set_config(const std::string& key, const std::string& value) {
  const auto what = in(folder_, "configuration '" + key + "' cannot be set");
  Config config;
  if (const int status = take(config, git_repository_config, handle_->git.get()); status < 0)
    return failure(status, what);
  if (const int status = git_config_set_string(config.get(), key.c_str(), value.c_str()); status < 0)
    return failure(status, what);
  return {};
}

}  // namespace hive::git
