#include <hive/os/lock.hpp>

#include <fcntl.h>

#include <cerrno>
#include <thread>

namespace hive::os {
namespace {

constexpr std::chrono::milliseconds kBetweenTries{20};

struct flock whole_file() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Result<RecordLock> RecordLock::take(int folder, const std::string& name) {
  Fd file(::openat(folder, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return last_error(name);
  auto lock = whole_file();
  if (::fcntl(file.get(), F_SETLK, &lock) == 0) return RecordLock(std::move(file));
  if (errno != EAGAIN && errno != EACCES) return last_error(name);
  lock = whole_file();
  const bool known = ::fcntl(file.get(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  return error(Code::conflict, name + ": is held by pid " + (known ? std::to_string(lock.l_pid) : "?"));
}

Result<RecordLock> RecordLock::take(int folder, const std::string& name, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto lock = take(folder, name);
    if (lock || lock.error().code != Code::conflict || std::chrono::steady_clock::now() >= until) return lock;
    std::this_thread::sleep_for(kBetweenTries);
  }
}

pid_t lock_holder(int folder, const std::string& name) {
  const Fd file(::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  auto lock = whole_file();
  if (!file || ::fcntl(file.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return 0;
  return lock.l_pid;
}

}  // namespace hive::os
