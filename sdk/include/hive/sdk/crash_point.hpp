#pragma once
#include <fcntl.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace hive {

/// A named place where the crash tests kill this process, as `kill -9` would: right here, with
/// whatever is half done. HIVE_CRASH_POINT=name chooses one. With HIVE_CRASH_ONCE=file it happens
/// only to the process that can create that file, so that what is started again goes on.
/// Costs one comparison of a pointer where nothing is chosen. [any-thread]
inline void crash_point(std::string_view name) noexcept {
  static const char* const chosen = std::getenv("HIVE_CRASH_POINT");
  if (chosen == nullptr || name != chosen) return;
  if (const char* once = std::getenv("HIVE_CRASH_ONCE"); once != nullptr) {
    const int marker = ::open(once, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (marker < 0) return;
    ::close(marker);
  }
  ::kill(::getpid(), SIGKILL);
}

}  // namespace hive
