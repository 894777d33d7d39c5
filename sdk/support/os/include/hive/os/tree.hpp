#pragma once
#include <hive/os/fd.hpp>

#include <chrono>
#include <filesystem>

/// Folders that others have filled. All [blocking].
namespace hive::os {

/// Opens the folder `name` in `parent`, whatever its mode: its owner is given all rights to it first, through a
/// descriptor. Follows no link and leaves no file system. Errors: not_found, forbidden (also: a link,
/// or something is mounted there), unavailable.
Result<Fd> open_locked_folder(int parent, const std::string& name);

/// Removes `path` and everything below it: any depth, any modes, any names, with a number of descriptors that does
/// not grow. Nothing when it is not there. Follows no link and leaves no file system. A child process does it, so
/// that what goes wrong there is an error here. What an error leaves is still below `path`, though folders of it may
/// lie nearer to the top: the next call goes on. `path` itself, with its owner, is the last that goes.
/// Errors: unavailable, naming the path that stands in the way and what to do; timeout (not done at `until`); forbidden
/// (the folder that `path` is in may not be opened).
Status remove_tree(const std::filesystem::path& path, std::chrono::steady_clock::time_point until);

}  // namespace hive::os
