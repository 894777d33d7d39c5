#include "host_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace hive::bench {
namespace {

std::filesystem::path new_folder() {
  const char* chosen = std::getenv("TMPDIR");
  std::string name = std::string(chosen != nullptr ? chosen : "/var/tmp") + "/hive-bench-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) give_up("no temporary folder " + name);
  return std::filesystem::canonical(name);
}

}  // namespace

HostProcess::HostProcess(int agents) : root_(new_folder()) {
  std::ofstream config(root_ / "hive.toml");
  config << "[host]\nplugin_dirs = [\"" << HIVE_BINARY_DIR << "/tests/bench_plugins\"]\n"
         << "agent_calls_per_second = 0\nlog_level = \"warning\"\n"
         << "[plugins.bench_swarm]\nagents = " << agents << "\n";
  // The roster is the stand-in's; all other plugins that were built are left out too.
  for (const auto& file : std::filesystem::directory_iterator(HIVE_BINARY_DIR "/lib/hyperhive/plugins"))
    if (file.path().extension() == ".so" && file.path().stem() != "broker")
      config << "[plugins." << file.path().stem().string() << "]\nenabled = false\n";
}

HostProcess::~HostProcess() {
  stop();
  std::error_code ignored;  // what cannot be removed is in a temporary folder
  std::filesystem::remove_all(root_, ignored);
}

void HostProcess::start() {
  os::Fd log(::open((root_ / "host.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const os::Command command{
      .argv = {std::string(HIVE_BINARY_DIR) + "/bin/hive-c0re", "serve", "--root", root_.string()},
      .environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + root_.string()},
      .out = log.get(),
      .err = log.get()};
  auto started = os::start(command);
  if (!started) give_up(started.error().message);
  host_ = std::move(*started);
  as_operator().call("host.info", "{}");
}

void HostProcess::stop() {
  if (host_.pid <= 0) return;
  if (auto told = os::signal_process(host_.pidfd.get(), SIGTERM); told) os::wait_for(host_);
  host_ = {};
}

long HostProcess::memory_kib() const {
  std::ifstream rollup("/proc/" + std::to_string(host_.pid) + "/smaps_rollup");
  for (std::string line; std::getline(rollup, line);)
    if (line.starts_with("Pss:")) return std::strtol(line.c_str() + 4, nullptr, 10);
  return 0;
}

double HostProcess::cpu_seconds() const {
  std::ifstream stat("/proc/" + std::to_string(host_.pid) + "/stat");
  std::string word;
  for (int skipped = 0; skipped < 13; ++skipped) stat >> word;
  double user = 0, system = 0;
  stat >> user >> system;
  return (user + system) / double(::sysconf(_SC_CLK_TCK));
}

}  // namespace hive::bench
