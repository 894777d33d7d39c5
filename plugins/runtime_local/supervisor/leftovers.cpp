#include "leftovers.hpp"

#include <hive/os/files.hpp>
#include <hive/os/process.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>

namespace hive::supervisor {
namespace {

constexpr int kQuietLooks = 3, kMostLooks = 100;
constexpr useconds_t kBetweenLooksUs = 3'000;

pid_t process_number(const std::string& name) {
  pid_t pid = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), pid);
  return failure == std::errc{} && end == name.data() + name.size() ? pid : 0;
}

/// One look at all processes.
bool end_seen(const std::string& wanted) {
  bool found = false;
  std::error_code failure;
  for (std::filesystem::directory_iterator at("/proc", failure), end; !failure && at != end; at.increment(failure)) {
    const auto pid = process_number(at->path().filename());
    if (pid <= 0 || pid == ::getpid()) continue;
    const auto identity = os::identity_of(pid);  // before its environment is read: what is killed is what was read
    const auto environment = os::read_file(at->path() / "environ");
    if (!environment || ('\0' + *environment).find(wanted) == std::string::npos) continue;
    found = os::end_process(identity) || found;
  }
  return found;
}

}  // namespace

bool end_marked(const std::string& mark) {
  const auto wanted = std::string("\0HIVE_MARK=", 11) + mark + '\0';
  bool found = false;
  // Again until some looks in a row find nothing: a process that is becoming another program shows no
  // environment for a moment, and one that is found may have started another.
  for (int quiet = 0, looks = 0; quiet < kQuietLooks && looks < kMostLooks; ++quiet, ++looks) {
    if (looks > 0) ::usleep(kBetweenLooksUs);
    if (!end_seen(wanted)) continue;
    found = true;
    quiet = -1;
  }
  return found;
}

void end_children() {
  do {  // only direct children are killed by number: nobody else reaps them, so the numbers are theirs
    for (const pid_t child : os::children_of(::getpid())) ::kill(child, SIGKILL);
  } while (::waitpid(-1, nullptr, 0) > 0 || errno != ECHILD);
}

}  // namespace hive::supervisor
