#include <hive/os/files.hpp>
#include <hive/os/wait.hpp>

#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "doctor.hpp"

namespace hive::host::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kProgramPatience{20'000};

/// The file that `command` names: itself, or the first on PATH.
fs::path find_program(const std::string& command) {
  if (command.find('/') != command.npos) return ::access(command.c_str(), X_OK) == 0 ? fs::path(command) : fs::path();
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const auto file = fs::path(folder) / command; ::access(file.c_str(), X_OK) == 0) return file;
  return {};
}

/// The first line that `file --version` prints.
Result<std::string> version_of(const fs::path& file) {
  auto pipe = os::make_pipe();
  if (!pipe) return pipe.error();
  os::Command command;
  command.argv = {file, "--version"};
  command.environment = {"HOME=/nonexistent", "PATH=/usr/bin:/bin", "DISABLE_AUTOUPDATER=1"};
  command.out = pipe->second.get();
  auto child = os::start(command);
  if (!child) return child.error();
  pipe->second.reset();
  const auto ending = os::wait_or_kill(*child, kProgramPatience);
  std::string text(256, '\0');
  const auto got = os::is_readable(pipe->first.get()) ? ::read(pipe->first.get(), text.data(), text.size()) : 0;
  text.resize(got > 0 ? std::size_t(got) : 0);
  if (!ending.exited) return error(Code::timeout, "was ended by a signal or after 20 s");
  if (ending.code != 0) return error(Code::internal, "ended with code " + std::to_string(ending.code));
  return text.substr(0, text.find('\n'));
}

void check_cli(Patient& patient) {
  const auto& command = patient.config.claude().command;
  const auto file = find_program(command);
  if (file.empty() && patient.session != nullptr)
    return patient.note("Claude CLI", "no program " + command +
                                          " was found by the configuration; the running host may " +
                                          "have been started with another");
  if (file.empty())
    return patient.wrong("Claude CLI", "no program " + command +
                                           " was found; `./hive up` installs it, or set [claude] "
                                           "command in hive.toml");
  const auto version = version_of(file);
  if (!version)
    return patient.wrong("Claude CLI", file.string() + " --version " + version.error().message + "; install it again");
  patient.well("Claude CLI", *version + ", " + file.string());
}

void check_secret(Patient& patient, std::string_view setting, const std::optional<std::string>& file) {
  if (!file) return;
  struct stat status{};
  const std::string subject = "[claude] " + std::string(setting);
  if (::stat(file->c_str(), &status) != 0 || ::access(file->c_str(), R_OK) != 0)
    return patient.wrong(subject, *file + " cannot be read; put the secret there, for the host's user alone");
  if (status.st_mode & 0077)
    return patient.wrong(subject, *file + " may be read by other users; `chmod 0600 " + *file + "`");
  patient.well(subject, *file);
}

void check_credential(Patient& patient) {
  const auto& claude = patient.config.claude();
  check_secret(patient, "api_key_file", claude.api_key_file);
  check_secret(patient, "oauth_token_file", claude.oauth_token_file);
  // A running host knows better: it may have been started with settings of its own, and names who lacks a login.
  if (patient.session == nullptr && !claude.api_key_file && !claude.oauth_token_file)
    patient.note("login",
                 "no key or token is configured; agents need a login of their own, or [claude] api_key_file "
                 "or oauth_token_file");
}

void check_sandbox_program(Patient& patient) {
  const auto file = find_program("bwrap");
  if (file.empty()) return patient.wrong("bubblewrap", "no program bwrap was found; `apt-get install bubblewrap`");
  const auto version = version_of(file);
  if (!version) return patient.wrong("bubblewrap", file.string() + " " + version.error().message);
  patient.well("bubblewrap", *version);
}

/// Tries it in a child: settings of several layers decide, and only a trial knows.
bool can_unshare_user() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(::unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS) == 0 ? 0 : 1);
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void check_namespaces(Patient& patient) {
  if (can_unshare_user()) return patient.well("namespaces", "user, process and mount namespaces can be made");
  if (::geteuid() == 0) return patient.note("namespaces", "user namespaces are off; root's agents do not need them");
  patient.wrong("namespaces",
                "this user may make no user namespace, so agents cannot be confined; as root: `sysctl "
                "kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000`, or run the host as "
                "root");
}

/// What the stores of the host and of its agents are written to.
void check_space(Patient& patient) {
  constexpr std::uintmax_t kMiB = 1 << 20, kLeast = 64 * kMiB, kLittle = 1'024 * kMiB;
  std::error_code failed;
  const auto free = fs::space(patient.root, failed).available;
  if (failed) return patient.wrong("space", patient.root.string() + ": " + failed.message());
  const auto words = std::to_string(free / kMiB) + " MiB are free where " + patient.root.string() + " lies";
  if (free < kLeast)
    return patient.wrong("space", words + "; make room: agents cannot work, and soon no message can be kept");
  if (free < kLittle) return patient.note("space", words);
  patient.well("space", words);
}

}  // namespace

void check_machine(Patient& patient) {
  check_space(patient);
  check_cli(patient);
  check_credential(patient);
  check_sandbox_program(patient);
  check_namespaces(patient);
}

}  // namespace hive::host::cli
