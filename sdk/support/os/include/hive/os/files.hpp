#pragma once
#include <hive/os/fd.hpp>

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>

/// Files and folders by descriptor, so that what was checked is what is used. A folder's descriptor that is passed is
/// borrowed for the call. Every function may also answer what last_error() makes of a failed system call. All
/// [blocking].
namespace hive::os {

/// Opens a folder whose last component is no link. Errors: not_found, forbidden, unavailable (also: a link, or a file).
Result<Fd> open_folder(const std::filesystem::path& path);
/// The same for `name` in an open folder.
Result<Fd> open_folder_in(int folder, const std::string& name);

/// Who may do what in a folder that is made.
struct FolderMode {
  mode_t mode = 0700;
  std::optional<uid_t> uid{};  // absent: left as it is; a change of owner needs root
  std::optional<gid_t> gid{};
};
/// Makes `path` if it is not there (its parent must be) and sets owner and mode through its
/// descriptor, never through a name that somebody else could replace. Errors: not_found (the parent), forbidden,
/// unavailable.
Result<Fd> make_folder(const std::filesystem::path& path, const FolderMode& mode);

/// Reads the whole of a regular file or kernel file; links are followed. Errors: not_found, forbidden, too_large (over
/// `most_bytes`), unavailable.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes = 1 << 20);

/// Writes `text` to an existing (kernel) file in one system call; nothing is created. Errors: not_found, forbidden,
/// unavailable.
Status write_existing(const std::filesystem::path& path, std::string_view text);

/// Replaces `name` in `folder` so that after a power cut it is the old text or the new one. Durable
/// when it returns; `.NAME.new` may be left by a failure. One writer at a time. Errors: forbidden, unavailable.
Status replace_file(int folder, const std::string& name, std::string_view text, mode_t mode = 0600);

/// Opens a regular file beneath `folder` for reading, following no link and leaving `folder` by no
/// path; never blocks on a FIFO. Errors: not_found, forbidden (a link, a way out, no regular file), unavailable.
Result<Fd> open_beneath(int folder, const std::string& relative_path);

/// Opens `path` as it is, without a link anywhere in it, for use as a mount source (O_PATH).
/// Errors: not_found, forbidden (a link), unavailable.
Result<Fd> open_without_links(const std::filesystem::path& path);

}  // namespace hive::os
