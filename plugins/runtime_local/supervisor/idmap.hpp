#pragma once
#include <hive/os/fd.hpp>

#include <sys/types.h>

#include <string>

namespace hive::supervisor {

struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
};

/// A user namespace in which `disk` is shown as `agent`: what an idmapped mount is made with. Root
/// only. Errors: unavailable. [blocking]
Result<os::Fd> map_owner(Owner disk, Owner agent);

/// Whether `source` could be shown to `agent` as its own: tried on a mount that nobody sees. Root only.
/// Errors: those of opening it; unavailable (its file system cannot). [blocking]
Status check_mapping(const std::string& source, Owner agent);

/// The sentence for a source whose file system cannot.
Error cannot_map(const std::string& source, const Error& why);

/// Who owns what `fd` is open on.
Owner owner_of(int fd);

/// Applies it to a detached mount, so that files of the one owner are the other's on both sides.
/// Errors: unavailable (the file system cannot).
Status map_mount(int tree, int user_namespace);

}  // namespace hive::supervisor
