#include <hive/os/fd.hpp>
#include <hive/os/wait.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hive::os {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void Fd::reset() noexcept {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Error last_error(const std::string& what) {
  const int number = errno;
  const auto code = number == ENOENT || number == ESRCH                                         ? Code::not_found
                    : number == EACCES || number == EPERM || number == ELOOP || number == EXDEV ? Code::forbidden
                                                                                                : Code::unavailable;
  return error(code, what + ": " + std::strerror(number));
}

bool is_readable(int fd) {
  return wait_readable(fd, std::chrono::milliseconds(0)) == Waited::ready;
}

Result<Pair> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return last_error("pipe");
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

Result<Pair> make_socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return last_error("socketpair");
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

}  // namespace hive::os
