#include "handles.hpp"

namespace hive::git {

namespace {

struct WritePackFree {
  void operator()(git_odb_writepack* pack) const { pack->free(pack); }
};
using WritePack = std::unique_ptr<git_odb_writepack, WritePackFree>;

struct Receiver {
  git_odb_writepack* pack;
  git_indexer_progress progress{};
};

int receive(void* data, std::size_t size, void* context) {
  auto& receiver = *static_cast<Receiver*>(context);
  return receiver.pack->append(receiver.pack, data, size, &receiver.progress);
}

/// Leaves out of `walk` what references of `target` reach already.
int hide_known(git_revwalk* walk, git_odb* source, git_repository* target) {
  ReferenceIterator all;
  if (const int status = take(all, git_reference_iterator_new, target); status < 0) return status;
  Reference reference;
  int status = 0;
  while ((status = take(reference, git_reference_next, all.get())) >= 0) {
    Object commit;
    if (take(commit, git_reference_peel, reference.get(), GIT_OBJECT_COMMIT) < 0) continue;  // not about commits
    const auto* id = git_object_id(commit.get());
    if (git_odb_exists(source, id) == 0) continue;
    if (status = git_revwalk_hide(walk, id); status < 0) return status;
  }
  return status == GIT_ITEROVER ? 0 : status;
}

/// Fills `pack` with what `target` lacks of `tip`.
int collect(git_packbuilder* pack, git_repository* source, git_repository* target, const git_oid& tip) {
  Odb objects;
  Walk walk;
  if (const int status = take(objects, git_repository_odb, source); status < 0) return status;
  if (const int status = take(walk, git_revwalk_new, source); status < 0) return status;
  if (const int status = git_revwalk_push(walk.get(), &tip); status < 0) return status;
  if (const int status = hide_known(walk.get(), objects.get(), target); status < 0) return status;
  return git_packbuilder_insert_walk(pack, walk.get());
}

int send(git_packbuilder* pack, git_repository* target) {
  Odb objects;
  WritePack incoming;
  if (const int status = take(objects, git_repository_odb, target); status < 0) return status;
  if (const int status = take(incoming, git_odb_write_pack, objects.get(), nullptr, nullptr); status < 0) return status;
  Receiver receiver{incoming.get()};
  if (const int status = git_packbuilder_foreach(pack, receive, &receiver); status < 0) return status;
  return incoming->commit(incoming.get(), &receiver.progress);
}

}  // namespace

// Not by git_remote: libgit2 1.5 leaks 58 KB for each one.
Status Repository::copy_commit(const Repository& source, const std::string& commit) {
  auto* from = source.handle_->git.get();
  const auto what = in(folder_, "commit " + commit + " cannot be taken over from " + source.folder_.string());
  auto tip = id_from(commit);
  if (!tip) return tip.error();
  if (auto known = find_commit(from, source.folder_, commit); !known) return known.error();
  PackBuilder pack;
  if (const int status = take(pack, git_packbuilder_new, from); status < 0) return failure(status, what);
  if (const int status = collect(pack.get(), from, handle_->git.get(), *tip); status < 0) return failure(status, what);
  if (git_packbuilder_object_count(pack.get()) == 0) return {};
  if (const int status = send(pack.get(), handle_->git.get()); status < 0)
    return error(Code::conflict, failure(status, what).message);
  return {};
}

}  // namespace hive::git
