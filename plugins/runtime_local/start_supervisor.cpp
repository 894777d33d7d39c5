#include "start_supervisor.hpp"

#include <hive/os/process.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace hive::runtime_local {
namespace {

struct Exec {
  const char* program;
  char* const* argv;
  char* const* environment;
  int channel, log;
};

/// In the child of fork: only calls that are safe there. Forks once more, so that a supervisor is never
/// the host's child: started and adopted ones are watched alike.
[[noreturn]] void exec_supervisor(const Exec& exec) {
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  const int null = ::open("/dev/null", O_RDWR);
  const int high[] = {::fcntl(null, F_DUPFD, 100), ::fcntl(exec.log, F_DUPFD, 100),
                      ::fcntl(exec.channel, F_DUPFD, 100)};
  for (const int fd : {0, 1}) ::dup2(high[0], fd);
  ::dup2(high[1], 2);
  ::dup2(high[2], 3);
  ::close_range(4, ~0U, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGCHLD, SIGHUP}) ::signal(signal, SIG_DFL);
  if (::chdir("/") == 0) ::execve(exec.program, exec.argv, exec.environment);
  ::_exit(127);
}

/// Built, not inherited: nothing of the host's environment is the agents'. The crash tests' words pass.
std::vector<std::string> supervisor_environment() {
  std::vector<std::string> out{"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
  for (const char* name : {"HIVE_CRASH_POINT", "HIVE_CRASH_ONCE"})
    if (const char* value = std::getenv(name); value != nullptr) out.push_back(std::string(name) + "=" + value);
  return out;
}

}  // namespace

Result<os::Fd> start_supervisor(const std::filesystem::path& program, const supervisor::Plan& plan, int log) {
  auto pair = os::make_socket_pair();
  if (!pair) return pair.error();
  if (::access(program.c_str(), X_OK) != 0) return os::last_error(program);
  const std::vector<std::string> words{"hive-supervisor", plan.root, plan.name}, variables = supervisor_environment();
  const auto argv = os::exec_list(words), environment = os::exec_list(variables);
  const pid_t pid = ::fork();
  if (pid < 0) return os::last_error("fork for " + plan.name);
  if (pid == 0) exec_supervisor({program.c_str(), argv.data(), environment.data(), pair->second.get(), log});
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  pair->second.reset();
  const auto text = encode_text(plan) + "\n";
  for (std::string_view left = text; !left.empty();) {
    const auto sent = ::send(pair->first.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (sent <= 0) return os::last_error("the supervisor of " + plan.name);
    left.remove_prefix(std::size_t(sent));
  }
  return std::move(pair->first);
}

}  // namespace hive::runtime_local
