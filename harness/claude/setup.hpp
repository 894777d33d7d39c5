#pragma once
#include <hive/os/process.hpp>

#include "base/options.hpp"

#include <string>

namespace hive::harness {

/// Which conversation a run has. go_on: the agent's. anew: a new one, which becomes the agent's. apart: one
/// of its own that is not kept.
enum class SessionStart { go_on, anew, apart };

/// What one run of the CLI is started with.
struct RunSetup {
  agent::Config config;
  agent::Credential credential;
  std::string model;
  SessionStart session = SessionStart::go_on;
  std::string session_id;   // of the agent's; empty: it is not known, and the newest of the folder is taken for it
  std::string call_prefix;  // of the idempotency keys of this run's tool calls
};

/// The command line and environment that were found safe: nothing of the agent's own folder is loaded
/// as configuration, no session of another agent is reachable, the prompt comes on standard input.
/// `folder` holds the files of write_run_files. [any-thread]
os::Command run_command(const Options& options, const RunSetup& setup, const std::filesystem::path& folder);

/// The text of `system.md`, from prompts/ of the share folder. Errors: not_found, invalid_params (an
/// unknown placeholder). [blocking]
Result<std::string> system_prompt(const Options& options, const agent::Config& config);

/// The text of `mcp.json`: the hive's own server and the agent's extra ones.
std::string mcp_config(const Options& options, const agent::Config& config);

/// The text of `settings.json`: the share folder's prompts/claude-settings.json and the commands that
/// Bash may run. Errors: not_found, invalid_params. [blocking]
Result<std::string> cli_settings(const Options& options, const agent::Config& config);

/// Writes the three into `.hyperhive` in the CLI's home and gives that folder. Errors: those above,
/// unavailable. [blocking]
Result<std::filesystem::path> write_run_files(const Options& options, const agent::Config& config);

}  // namespace hive::harness
