#pragma once
#include <config.hpp>

#include <optional>

#include "session.hpp"

namespace hive::host::cli {

/// note: worth knowing, nothing to mend. wrong: the message ends with how to mend it.
enum class Verdict { well, note, wrong };
struct Finding {
  Verdict verdict = Verdict::well;
  std::string subject, message;
};

/// What is examined. Checks add to `findings`, change nothing, and go on where one cannot look.
struct Patient {
  const std::filesystem::path root;
  const Config config;
  const pid_t holder = 0;  // of the root's lock; 0: no host runs
  Session* session = nullptr;
  std::vector<Finding> findings{};

  void well(std::string subject, std::string message) { add(Verdict::well, std::move(subject), std::move(message)); }
  void note(std::string subject, std::string message) { add(Verdict::note, std::move(subject), std::move(message)); }
  void wrong(std::string subject, std::string message) { add(Verdict::wrong, std::move(subject), std::move(message)); }

 private:
  void add(Verdict verdict, std::string subject, std::string message) {
    findings.push_back({verdict, std::move(subject), std::move(message)});
  }
};

/// Owners and modes of the root and the folders in it.
void check_folders(Patient& patient);
/// The file of the Claude CLI's own without which no turn of an agent begins.
void check_cli_files(Patient& patient);
/// Every database: whole, and readable by its owner alone. Contents only while no host runs.
void check_databases(Patient& patient);
/// The deployed configuration of each agent: a repository with a main that can be read.
void check_repositories(Patient& patient);
/// Supervisors and containers against the host that should own them.
void check_supervisors(Patient& patient);
/// What the running host says of its plugins and agents.
void check_host(Patient& patient);
/// Whether the Messages API can be reached where [claude] names an address or a proxy of its own; 10 s at most.
void check_reach(Patient& patient);
/// Free space, the Claude CLI, its credential, bubblewrap, namespaces.
void check_machine(Patient& patient);

}  // namespace hive::host::cli
