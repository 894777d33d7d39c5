#pragma once
#include <hive/sdk/contracts/agent.hpp>

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace hive::harness {

/// Where things are and how long they may take. Each is taken from the command line, else from the
/// environment, else it is what a container has.
struct Options {
  Who role = Who::agents;
  std::filesystem::path socket_dir = "/run/hive";
  std::filesystem::path config_dir = "/etc/hyperhive";
  std::filesystem::path state_dir = "/state";
  std::filesystem::path home_dir = "/home/agent";
  std::filesystem::path share_dir = "/opt/hyperhive/share";
  std::filesystem::path claude = "/opt/hyperhive/bin/claude";
  std::filesystem::path events_db;  // empty: in state_dir
  std::string call_prefix;          // of idempotency keys; set by `serve` for `mcp`
  std::chrono::seconds turn_deadline{7'200};
  std::chrono::seconds silence_limit{600};
  std::chrono::seconds exit_limit{30};    // for the CLI to end once it has answered
  std::chrono::seconds grace{10};         // for a turn to end after SIGTERM
  std::chrono::seconds vendor_pause{60};  // first wait after an error that is not the messages' fault
  std::filesystem::path program;          // this binary
};

/// Errors: invalid_params (an unknown flag, a number that is none). `arguments` stands behind the
/// subcommand.
Result<Options> parse_options(Who role, std::span<char* const> arguments);
/// One line for each flag, with its variable.
std::string options_help();

/// `agent.json` of the configuration folder. Errors: not_found, invalid_params.
Result<agent::Config> read_config(const std::filesystem::path& folder);
/// `credential.json`; one without members when there is no such file. Errors: invalid_params.
Result<agent::Credential> read_credential(const std::filesystem::path& folder);

}  // namespace hive::harness
