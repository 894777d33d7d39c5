#include <hive/os/files.hpp>
#include <hive/os/unix_socket.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace hive::os {
namespace {

constexpr int kBacklog = 512;

Result<Fd> stream_socket(int flags = 0) {
  Fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  if (!made) return last_error("socket");
  return made;
}

/// By errno.
Error not_connected(const std::string& what) {
  const int number = errno;
  if (number == EACCES || number == EPERM) return error(Code::forbidden, what + ": no permission to connect");
  if (number == ENOENT || number == ECONNREFUSED || number == ENOTDIR)
    return error(Code::unavailable, what + ": nobody listens there");
  return error(Code::unavailable, what + ": cannot be connected to: " + std::strerror(number));
}

/// `what`: the socket's name in an error.
Result<Fd> connect_as(int folder, const std::string& name, const std::string& what, Connect how) {
  const auto address = socket_address(folder, name);
  if (!address) return address.error();
  auto made = stream_socket(how == Connect::at_once ? SOCK_NONBLOCK : 0);
  if (!made) return made;
  if (::connect(made->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return not_connected(what);
  return made;
}

}  // namespace

Result<sockaddr_un> socket_address(int folder, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = "/proc/self/fd/" + std::to_string(folder) + "/" + name;
  if (path.size() >= sizeof address.sun_path)
    return error(Code::invalid_params, name + ": too long for a socket's name");
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

Result<Fd> listen_in(int folder, const std::string& name, Access access) {
  const auto hidden = "." + name + ".new";
  ::unlinkat(folder, hidden.c_str(), 0);
  auto address = socket_address(folder, hidden);
  if (!address) return address.error();
  auto listener = stream_socket();
  if (!listener) return listener;
  if (::bind(listener->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return last_error("bind " + name);
  // Nobody can connect before listen(), so mode and group are right before they matter.
  if (access.group != gid_t(-1) &&
      ::fchownat(folder, hidden.c_str(), uid_t(-1), access.group, AT_SYMLINK_NOFOLLOW) != 0)
    return last_error("group of " + name);
  if (::fchmodat(folder, hidden.c_str(), access.mode, 0) != 0) return last_error("mode of " + name);
  if (::listen(listener->get(), kBacklog) != 0) return last_error("listen on " + name);
  if (::renameat(folder, hidden.c_str(), folder, name.c_str()) != 0) return last_error("rename to " + name);
  return listener;
}

Result<Fd> connect_in(int folder, const std::string& name, Connect how) {
  return connect_as(folder, name, name, how);
}

Result<Fd> connect_to(const std::filesystem::path& socket, Connect how) {
  const auto parent = socket.has_parent_path() ? socket.parent_path() : std::filesystem::path(".");
  const Fd folder(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return not_connected(socket);
  return connect_as(folder.get(), socket.filename(), socket, how);
}

Result<Fd> connect_without_links(int folder, const std::string& name) {
  const Fd found(::openat(folder, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!found) return not_connected(name);
  struct stat status{};
  if (::fstat(found.get(), &status) != 0) return last_error(name);
  if (!S_ISSOCK(status.st_mode)) return error(Code::forbidden, name + ": is not a socket");
  // The descriptor itself is the address: its entry in /proc leads to what was opened, whatever has its name now.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = "/proc/self/fd/" + std::to_string(found.get());
  std::memcpy(address.sun_path, path.c_str(), path.size());
  auto made = stream_socket(SOCK_NONBLOCK);
  if (!made) return made;
  if (::connect(made->get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return not_connected(name);
  return made;
}

Result<Peer> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return last_error("SO_PEERCRED");
  return Peer{credentials.pid, credentials.uid, credentials.gid};
}

std::vector<std::string> take_lines(std::string& buffer) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (auto end = buffer.find('\n'); end != buffer.npos; end = buffer.find('\n', begin)) {
    lines.push_back(buffer.substr(begin, end - begin));
    begin = end + 1;
  }
  buffer.erase(0, begin);
  return lines;
}

}  // namespace hive::os
