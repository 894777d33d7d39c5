#pragma once
#include <hive/sdk/result.hpp>
#include <hive/sdk/time.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Git repositories of the host's own, in this process and without the git program.
///
/// Never for a repository that an agent can write: links and configuration in it would be followed
/// with the host's rights. What a call stores is flushed to disk before it answers.
namespace hive::git {

/// Who made a commit or a tag.
struct Identity {
  std::string name, email;
};
/// One file of a commit: `path` is below the tree, with slashes; `text` is its bytes.
struct File {
  std::string path, text;
};
/// What Repository::commit stores.
struct NewCommit {
  std::vector<File> files;           // the whole tree, as regular files
  std::vector<std::string> parents;  // ids of commits that are in this repository
  Identity author;
  std::string message;
  Time at;
};
/// What Repository::update_ref moves, and from where. Ids are 40 hexadecimal digits.
struct RefUpdate {
  std::string name;  // like refs/heads/main
  std::string from;  // the id that it must have now; empty: it must not exist
  std::string to;
  std::string reason;  // for the reflog, where there is one
};
/// What Repository::tag makes.
struct NewTag {
  std::string name;    // without refs/tags/
  std::string commit;  // a revision, see Repository
  /// What makes a tag an object of its own.
  struct Annotation {
    Identity tagger;
    std::string message;
    Time at;
  };
  std::optional<Annotation> annotation;  // absent: a lightweight tag
};
/// What stands under a path of a commit; a file may be executable.
enum class EntryKind { file, link, submodule };
/// One path of a commit that is no folder.
struct Entry {
  std::string path;
  EntryKind kind = EntryKind::file;
};
/// Whether a repository has files that are checked out.
enum class Layout { bare, work_tree };

/// Entries that list_files gives at most; beyond it answers too_large.
inline constexpr std::size_t kMaxEntries = 10'000;

/// One open repository, closed with this object. Used by one thread at a time; every method is [blocking]. Errors of
/// every method beside its own: internal, with what git says, and invalid_params (a name or an id that is none).
///
/// A revision is a commit's full id, or the name of a reference or tag (`main`, `deployed/0`).
class Repository {
 public:
  /// Makes the folder, with its parents, and an empty repository whose HEAD is `main`.
  /// Errors: conflict (a repository is there already).
  static Result<Repository> create(const std::filesystem::path& folder, Layout layout);
  /// Opens the repository in exactly this folder, whoever owns it. Errors: not_found.
  static Result<Repository> open(const std::filesystem::path& folder);

  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository();

  const std::filesystem::path& folder() const { return folder_; }

  /// Stores a commit and gives its id; no reference moves. Errors: invalid_params (a path that leaves
  /// the tree), not_found (a parent).
  Result<std::string> commit(const NewCommit& draft);
  /// The id of the commit that `revision` means; a tag is peeled. Errors: not_found.
  Result<std::string> resolve(const std::string& revision) const;
  /// The bytes of one file of a commit. Errors: not_found, too_large (over `max_bytes`).
  Result<std::string> read_file(const std::string& revision, const std::string& path, std::size_t max_bytes) const;
  /// All paths of a commit that are no folders, in the order of the tree. Errors: not_found, too_large (over
  /// kMaxEntries).
  Result<std::vector<Entry>> list_files(const std::string& revision) const;

  /// Moves or makes a reference if it is where `update` says. Errors: not_found (the commit, or the reference),
  /// conflict (it was not `from`), busy (another process holds its lock).
  Status update_ref(const RefUpdate& update);
  /// Makes a tag. Errors: conflict (the name is taken), not_found (the commit).
  Status tag(const NewTag& draft);
  /// Names of tags that begin with `prefix`, sorted.
  Result<std::vector<std::string>> tags(const std::string& prefix) const;
  /// Takes over `commit` and all that it needs from `source`; no reference moves.
  /// Errors: not_found, conflict (what `source` sent is damaged).
  Status copy_commit(const Repository& source, const std::string& commit);
  /// Makes index and work tree equal to the revision `commit`: changes and untracked files are lost. HEAD stays. Only
  /// for Layout::work_tree. Errors: not_found.
  Status check_out(const std::string& commit);
  /// Sets one value of the repository's own configuration.
  Status set_config(const std::string& key, const std::string& value);

 private:
  struct Handle;
  Repository(std::filesystem::path folder, std::unique_ptr<Handle> handle);

  std::filesystem::path folder_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace hive::git
