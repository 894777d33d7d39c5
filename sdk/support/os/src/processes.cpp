#include <hive/os/processes.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace hive::os {
namespace {

using Clock = std::chrono::steady_clock;

/// A killed process ends in a moment, unless its disk is gone or what it left forks faster than we kill.
constexpr std::chrono::milliseconds kKillPatience{5'000};
constexpr std::chrono::milliseconds kKillPause{1};

}  // namespace

std::size_t Processes::kill_children() {
  return kill_all_children();
}

std::size_t kill_all_children() {
  const auto until = Clock::now() + kKillPatience;
  auto children = children_of(::getpid());
  while (!children.empty() && Clock::now() < until) {
    bool reaped = false;
    for (const auto child : children) ::kill(child, SIGKILL);
    for (const auto child : children) reaped = ::waitpid(child, nullptr, WNOHANG) > 0 || reaped;
    if (!reaped) std::this_thread::sleep_for(kKillPause);
    children = children_of(::getpid());
  }
  return children.size();
}

void reap_others(pid_t kept) {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0 || info.si_pid == kept) return;
    ::waitpid(info.si_pid, nullptr, WNOHANG);
  }
}

}  // namespace hive::os
