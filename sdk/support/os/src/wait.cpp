#include <hive/os/wait.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace hive::os {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLongest{1'000'000'000};

/// For poll: rounded up, so that nothing spins through the last part of a millisecond.
int left_ms(Clock::time_point until) {
  if (until == Clock::time_point::max()) return -1;
  return int(std::clamp(std::chrono::ceil<milliseconds>(until - Clock::now()), milliseconds(0), kLongest).count());
}

}  // namespace

Waited wait_for_any(std::span<pollfd> fds, Clock::time_point until) {
  for (;;) {
    const int wait = left_ms(until);
    const int ready = ::poll(fds.data(), fds.size(), wait);
    if (ready > 0) return Waited::ready;
    if (ready == 0 && wait >= 0 && Clock::now() >= until) return Waited::late;
    if (ready < 0 && errno != EINTR) return Waited::failed;
  }
}

Waited wait_readable(int fd, milliseconds patience) {
  pollfd polled{fd, POLLIN, 0};
  return wait_for_any({&polled, 1}, Clock::now() + patience);
}

Ending wait_or_kill(const Child& child, milliseconds patience) {
  if (wait_readable(child.pidfd.get(), patience) != Waited::ready) (void)signal_process(child.pidfd.get(), SIGKILL);
  return wait_for(child);
}

}  // namespace hive::os
