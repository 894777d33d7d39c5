#include "handles.hpp"

namespace hive::git {

namespace {

/// Stores the blobs and gives the id of the tree of `files`.
Result<git_oid> store_tree(git_repository* git, const std::filesystem::path& folder, const std::vector<File>& files) {
  Index index;
  if (const int status = take(index, git_index_new); status < 0) return failure(status, in(folder, "no memory"));
  for (const auto& file : files) {
    const auto what = in(folder, "file '" + file.path + "' cannot be stored");
    if (file.path.starts_with('/')) return error(Code::invalid_params, what + ": its path is absolute");
    git_index_entry entry{};
    entry.mode = GIT_FILEMODE_BLOB;
    entry.path = file.path.c_str();
    if (const int status = git_blob_create_from_buffer(&entry.id, git, file.text.data(), file.text.size()); status < 0)
      return failure(status, what);
    if (const int status = git_index_add(index.get(), &entry); status < 0)
      return error(Code::invalid_params, failure(status, what).message);
  }
  git_oid tree;
  if (const int status = git_index_write_tree_to(&tree, index.get(), git); status < 0)
    return failure(status, in(folder, "the tree cannot be stored"));
  return tree;
}

}  // namespace

Result<std::string> Repository::commit(const NewCommit& draft) {
  auto* git = handle_->git.get();
  auto tree_id = store_tree(git, folder_, draft.files);
  if (!tree_id) return tree_id.error();
  auto author = sign(draft.author, draft.at);
  if (!author) return author.error();
  std::vector<CommitHandle> parents;
  std::vector<const git_commit*> views;
  for (const auto& id : draft.parents) {
    auto parent = find_commit(git, folder_, id);
    if (!parent) return parent.error();
    views.push_back(parents.emplace_back(std::move(*parent)).get());
  }
  const auto what = in(folder_, "the commit cannot be stored");
  Tree tree;
  if (const int status = take(tree, git_tree_lookup, git, &*tree_id); status < 0) return failure(status, what);
  git_oid id;
  const int status = git_commit_create(&id, git, nullptr, author->get(), author->get(), "UTF-8", draft.message.c_str(),
                                       tree.get(), views.size(), views.data());
  if (status < 0) return failure(status, what);
  return text_of(id);
}

Status Repository::update_ref(const RefUpdate& update) {
  auto* git = handle_->git.get();
  const auto what = in(folder_, "'" + update.name + "' cannot become " + update.to);
  auto to = id_from(update.to);
  if (!to) return to.error();
  if (auto known = find_commit(git, folder_, update.to); !known) return known.error();
  Reference reference;
  int status = 0;
  if (update.from.empty()) {
    status = take(reference, git_reference_create, git, update.name.c_str(), &*to, 0, update.reason.c_str());
  } else {
    auto from = id_from(update.from);
    if (!from) return from.error();
    status = take(reference, git_reference_create_matching, git, update.name.c_str(), &*to, 1, &*from,
                  update.reason.c_str());
  }
  if (status < 0) return failure(status, what);
  return {};
}

Status Repository::tag(const NewTag& draft) {
  auto* git = handle_->git.get();
  const auto what = in(folder_, "tag '" + draft.name + "' cannot be made");
  auto commit = find_commit(git, folder_, draft.commit);
  if (!commit) return commit.error();
  const auto* target = reinterpret_cast<const git_object*>(commit->get());
  git_oid id;
  int status = 0;
  if (draft.annotation) {
    auto tagger = sign(draft.annotation->tagger, draft.annotation->at);
    if (!tagger) return tagger.error();
    const auto* message = draft.annotation->message.c_str();
    status = git_tag_create(&id, git, draft.name.c_str(), target, tagger->get(), message, 0);
  } else {
    status = git_tag_create_lightweight(&id, git, draft.name.c_str(), target, 0);
  }
  if (status < 0) return failure(status, what);
  return {};
}

Status Repository::check_out(const std::string& revision) {
  auto* git = handle_->git.get();
  auto commit = find_commit(git, folder_, revision);
  if (!commit) return commit.error();
  git_checkout_options options;
  git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
  options.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_REMOVE_UNTRACKED;
  const auto* target = reinterpret_cast<const git_object*>(commit->get());
  if (const int status = git_checkout_tree(git, target, &options); status < 0)
    return failure(status, in(folder_, "'" + revision + "' cannot be checked out"));
  return {};
}

}  // namespace hive::git
