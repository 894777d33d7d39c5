#include <hive/os/files.hpp>
#include <hive/os/process.hpp>
#include <hive/os/wait.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace hive::os {
namespace {

constexpr std::chrono::milliseconds kEndPatience{10'000};

/// In the child, after fork: only async-signal-safe calls, no allocation. Returns on failure; `report` is then the
/// descriptor to say why on.
void exec_child(const Command& command, char* const* argv, char* const* environment, int& report) {
  const int wanted[] = {command.in, command.out, command.err};
  int high[3];
  for (int i = 0; i < 3; ++i) {  // moved away first: a wanted descriptor may itself be 0, 1 or 2
    const int source = wanted[i] >= 0 ? wanted[i] : ::open("/dev/null", O_RDWR | O_CLOEXEC);
    high[i] = ::fcntl(source, F_DUPFD_CLOEXEC, 100);
    if (high[i] < 0) return;
  }
  const int kept = ::fcntl(report, F_DUPFD_CLOEXEC, 100);
  if (kept < 0) return;
  report = kept;
  for (int i = 0; i < 3; ++i)
    if (::dup2(high[i], i) < 0) return;
  if (::dup3(kept, 3, O_CLOEXEC) < 0) return;
  report = 3;
  ::close_range(4, ~0U, 0);
  if (command.own_session) ::setsid();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal : {SIGPIPE, SIGINT, SIGTERM, SIGCHLD, SIGHUP}) ::signal(signal, SIG_DFL);
  if (::chdir(command.directory.c_str()) != 0) return;
  ::execve(argv[0], argv, environment);
}

/// What the child said before it ended; 0: nothing, its exec has closed the pipe.
int reported(int pipe) {
  int why = 0;
  for (;;) {
    const auto got = ::read(pipe, &why, sizeof why);
    if (got < 0 && errno == EINTR) continue;
    return got == sizeof why ? why : 0;
  }
}

/// Without a pidfd; a child that is not reaped keeps its number, so the signal meets no other.
void end_child(pid_t pid) {
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

std::vector<char*> exec_list(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

std::string boot_id() {
  static const std::string id = [] {
    auto text = read_file("/proc/sys/kernel/random/boot_id");
    return text ? text->substr(0, text->find('\n')) : std::string();
  }();
  return id;
}

std::uint64_t start_time_of(pid_t pid) {
  const auto text = read_file("/proc/" + std::to_string(pid) + "/stat");
  if (!text) return 0;
  const auto close = text->rfind(')');  // the name may hold spaces and brackets
  if (close == text->npos || text->size() < close + 4) return 0;
  const char state = (*text)[close + 2];
  if (state == 'Z' || state == 'X') return 0;
  std::size_t at = close + 2;
  for (int field = 3; field < 22; ++field) {
    at = text->find(' ', at);
    if (at == text->npos) return 0;
    ++at;
  }
  std::uint64_t ticks = 0;
  std::from_chars(text->data() + at, text->data() + text->size(), ticks);
  return ticks;
}

Identity identity_of(pid_t pid) {
  return {boot_id(), pid, start_time_of(pid)};
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> out;
  const auto number = std::to_string(pid);
  const auto text = read_file("/proc/" + number + "/task/" + number + "/children");
  if (!text) return out;
  const char* at = text->data();
  const char* end = at + text->size();
  while (at < end) {
    pid_t child = 0;
    const auto [next, failure] = std::from_chars(at, end, child);
    if (failure == std::errc{}) out.push_back(child);
    at = next + 1;
  }
  return out;
}

Fd open_process(const Identity& identity) {
  if (identity.pid <= 0 || identity.start_time == 0 || identity.boot_id != boot_id()) return {};
  Fd held(int(::syscall(SYS_pidfd_open, identity.pid, 0)));
  // The pidfd first, the start time second, liveness third: what /proc said was about what is held.
  if (!held || start_time_of(identity.pid) != identity.start_time || is_readable(held.get())) return {};
  return held;
}

Status signal_process(int pidfd, int signal) {
  if (::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) != 0) return last_error("signal");
  return {};
}

bool end_process(const Identity& identity) {
  const Fd held = open_process(identity);
  if (!held) return false;
  if (auto sent = signal_process(held.get(), SIGKILL); !sent) return false;
  return wait_readable(held.get(), kEndPatience) == Waited::ready;
}

Result<Child> fork_child(const std::string& what) {
  const pid_t pid = ::fork();
  if (pid < 0) return last_error("fork for " + what);
  if (pid == 0) return Child{0, {}};
  Child child{pid, Fd(int(::syscall(SYS_pidfd_open, pid, 0)))};
  if (child.pidfd) return child;
  auto failure = last_error(what + ": pidfd");
  end_child(pid);
  return failure;
}

Result<Child> start(const Command& command) {
  auto report = make_pipe();
  if (!report) return report.error();
  const auto argv = exec_list(command.argv);
  const auto environment = exec_list(command.environment);
  auto child = fork_child(command.argv[0]);
  if (!child) return child;
  if (child->pid == 0) {
    int told = report->second.get();
    exec_child(command, argv.data(), environment.data(), told);
    const int why = errno;
    (void)!::write(told, &why, sizeof why);
    ::_exit(127);
  }
  report->second.reset();
  const int why = reported(report->first.get());
  if (why == 0) return child;
  wait_for(*child);
  errno = why;
  return last_error(command.argv[0]);
}

Ending wait_for(const Child& child) {
  siginfo_t info{};
  while (::waitid(P_PIDFD, id_t(child.pidfd.get()), &info, WEXITED) != 0 && errno == EINTR) {
  }
  if (info.si_code == CLD_EXITED) return {true, info.si_status, 0};
  return {false, 0, info.si_status};
}

}  // namespace hive::os
