#pragma once
#include <hive/git/repository.hpp>

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include <string_view>

namespace hive::git {

template <auto Free>
struct Release {
  void operator()(auto* object) const { Free(object); }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Release<Free>>;

using RepositoryHandle = Owned<git_repository, git_repository_free>;
using Blob = Owned<git_blob, git_blob_free>;
using CommitHandle = Owned<git_commit, git_commit_free>;
using Config = Owned<git_config, git_config_free>;
using Index = Owned<git_index, git_index_free>;
using Object = Owned<git_object, git_object_free>;
using Odb = Owned<git_odb, git_odb_free>;
using PackBuilder = Owned<git_packbuilder, git_packbuilder_free>;
using Reference = Owned<git_reference, git_reference_free>;
using ReferenceIterator = Owned<git_reference_iterator, git_reference_iterator_free>;
using Signature = Owned<git_signature, git_signature_free>;
using Tree = Owned<git_tree, git_tree_free>;
using Walk = Owned<git_revwalk, git_revwalk_free>;

/// Calls `make(&raw, arguments...)` and takes over what it made; `status` is libgit2's.
template <class Handle, class F, class... A>
int take(Handle& handle, F make, A... arguments) {
  typename Handle::pointer raw = nullptr;
  const int status = make(&raw, arguments...);
  if (status >= 0) handle.reset(raw);
  return status;
}

struct Repository::Handle {
  RepositoryHandle git;
};

/// What libgit2 said last in this thread, as an error of ours. `what` is the thing, with its folder.
Error failure(int status, std::string_view what);
std::string text_of(const git_oid& id);
Result<git_oid> id_from(const std::string& text);
/// Sentences begin with this: the repository's folder.
std::string in(const std::filesystem::path& folder, std::string_view what);
Result<Signature> sign(const Identity& who, Time at);
Result<CommitHandle> find_commit(git_repository* git, const std::filesystem::path& folder, const std::string& revision);

}  // namespace hive::git
