#pragma once
#include <hive/os/fd.hpp>

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include <filesystem>
#include <string>
#include <vector>

namespace hive::os {

/// The address of `name` in the folder: short whatever the folder's path is (sun_path holds 108 bytes).
/// Valid while `folder` is open in this process. Errors: invalid_params (the name alone is too long). [any-thread]
Result<sockaddr_un> socket_address(int folder, const std::string& name);

/// Who may connect: the file's mode, and its group where it is not the process's own.
struct Access {
  mode_t mode = 0600;
  gid_t group = gid_t(-1);
};
/// Binds and listens under a hidden name, then renames: who looks finds the old socket or one that
/// answers, with its mode and group. Errors: invalid_params (the name is too long), forbidden, unavailable. [blocking]
Result<Fd> listen_in(int folder, const std::string& name, Access access = {});

/// Whether a connect waits while the backlog is full. `at_once` also leaves the socket non-blocking.
enum class Connect { waiting, at_once };
/// Connects to the socket `name` in `folder`. Errors: unavailable (nobody listens there, or the backlog is full),
/// forbidden, invalid_params (the name is too long). [blocking]
Result<Fd> connect_in(int folder, const std::string& name, Connect how = Connect::waiting);
/// The same by a path, whose folder may be of any length and need not be readable. [blocking]
Result<Fd> connect_to(const std::filesystem::path& socket, Connect how = Connect::waiting);

/// The same for a folder that its socket's owner may write to: what stands there is a socket and no link, and the
/// one that was looked at is the one that is connected to. Never waits and leaves the socket non-blocking, as
/// Connect::at_once. Errors also: forbidden (something else stands there). [any-thread]
Result<Fd> connect_without_links(int folder, const std::string& name);

/// Whom the kernel saw at the other end of a socket.
struct Peer {
  pid_t pid = 0;
  uid_t uid = uid_t(-1);
  gid_t gid = gid_t(-1);
};
/// Who was at the other end when it connected (SO_PEERCRED); its process may have ended since. Errors: unavailable.
/// [any-thread]
Result<Peer> peer_of(int socket);

/// Splits whole lines, given without their newlines, off the front of `buffer`; what has no newline yet stays.
/// [any-thread]
std::vector<std::string> take_lines(std::string& buffer);

}  // namespace hive::os
