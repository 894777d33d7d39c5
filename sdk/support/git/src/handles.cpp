#include "handles.hpp"

#include <cstring>

namespace hive::git {

namespace {

Code code_of(int status) {
  switch (status) {
    case GIT_ENOTFOUND: return Code::not_found;
    case GIT_EEXISTS:
    case GIT_EMODIFIED: return Code::conflict;
    case GIT_ELOCKED: return Code::busy;
    case GIT_EINVALIDSPEC: return Code::invalid_params;
    default: return Code::internal;
  }
}

bool is_id(const std::string& text) {
  return text.size() == GIT_OID_HEXSZ && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

Error failure(int status, std::string_view what) {
  const auto* last = git_error_last();
  std::string reason = last != nullptr && last->message != nullptr ? last->message : "no reason was given";
  return {code_of(status), std::string(what) + ": " + reason};
}

std::string text_of(const git_oid& id) {
  char text[GIT_OID_HEXSZ + 1];
  git_oid_tostr(text, sizeof text, &id);
  return text;
}

Result<git_oid> id_from(const std::string& text) {
  git_oid id;
  if (!is_id(text) || git_oid_fromstr(&id, text.c_str()) < 0)
    return error(Code::invalid_params, "'" + text + "' is not a commit id; give its 40 hexadecimal digits");
  return id;
}

std::string in(const std::filesystem::path& folder, std::string_view what) {
  return "git repository " + folder.string() + ": " + std::string(what);
}

Result<Signature> sign(const Identity& who, Time at) {
  Signature signature;
  const int status = take(signature, git_signature_new, who.name.c_str(), who.email.c_str(), at.ms / 1'000, 0);
  if (status < 0) return failure(status, "git identity '" + who.name + " <" + who.email + ">' cannot be used");
  return signature;
}

Result<CommitHandle> find_commit(git_repository* git, const std::filesystem::path& folder,
                                 const std::string& revision) {
  const auto what = in(folder, "revision '" + revision + "' cannot be read");
  CommitHandle commit;
  if (is_id(revision)) {
    const auto id = id_from(revision);
    if (const int status = take(commit, git_commit_lookup, git, &*id); status < 0) return failure(status, what);
    return commit;
  }
  Reference reference;
  if (const int status = take(reference, git_reference_dwim, git, revision.c_str()); status < 0)
    return failure(status, what);
  Object peeled;
  if (const int status = take(peeled, git_reference_peel, reference.get(), GIT_OBJECT_COMMIT); status < 0)
    return failure(status, what);
  commit.reset(reinterpret_cast<git_commit*>(peeled.release()));
  return commit;
}

}  // namespace hive::git
