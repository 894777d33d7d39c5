#pragma once
#include <hive/sdk/method.hpp>

/// Files that describe one agent: what the manager writes, and what its container reads.
namespace hive::agent {

struct Mount {
  std::string source, target, mode;
};
Fields fields(Of<Mount>);
struct Budget {
  std::optional<double> usd_per_day;
};
Fields fields(Of<Budget>);
struct Limits {
  std::optional<std::string> memory;
  std::optional<double> cpus;
  std::optional<std::int64_t> pids;
};
Fields fields(Of<Limits>);
struct Network {
  std::optional<std::vector<std::string>> egress;
};
Fields fields(Of<Network>);
struct McpServer {
  std::string command;
  std::vector<std::string> args;
  std::map<std::string, std::string> env;
  std::vector<std::string> allowed_tools;
};
Fields fields(Of<McpServer>);

/// `agent.toml`: what every runtime understands of an agent's configuration.
struct Toml {
  std::optional<std::string> model;
  std::vector<std::string> allowed_recipients;
  std::optional<std::vector<std::string>> bash_allow;
  std::map<std::string, std::string> env;
  std::vector<Mount> mount;
  Budget budget;
  Limits limits;
  Network network;
  std::map<std::string, McpServer> mcp;
};
Fields fields(Of<Toml>);

/// `/etc/hyperhive/agent.json` in the container: what the host tells the harness.
struct Config {
  std::string name, role, model, label, operator_pronouns;
  std::optional<std::vector<std::string>> bash_allow;
  std::vector<std::string> allowed_recipients;
  std::optional<std::string> base_url;
  std::optional<double> usd_per_day;
  std::map<std::string, std::string> env;
  std::map<std::string, McpServer> mcp;
  std::string revision;
};
Fields fields(Of<Config>);

/// `/etc/hyperhive/credential.json` in the container; absent when the agent has a login of its own.
struct Credential {
  std::optional<std::string> api_key, oauth_token;
};
Fields fields(Of<Credential>);

/// Whether `text` is the address of an HTTP proxy. A user and a password may stand before the host.
inline bool is_proxy(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme) && text.size() > scheme.size())
      return text.find_first_of(std::string_view(" \t\r\n\0\"\\", 7)) == text.npos;
  return false;
}
inline constexpr std::string_view kProxy = "an address like http://proxy.example:3128";

/// The `[claude]` table of the host's configuration. A plugin whose settings have a member `claude`
/// of this type is given it.
struct ClaudeSettings {
  std::string command = "claude";
  std::optional<std::string> api_key_file, oauth_token_file, base_url;
  std::optional<std::string> http_proxy, https_proxy, no_proxy;
  std::string default_model = "haiku";
};
Fields fields(Of<ClaudeSettings>);

}  // namespace hive::agent
