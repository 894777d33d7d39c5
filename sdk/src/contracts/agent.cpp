#include <hive/sdk/contracts/agent.hpp>

namespace hive::agent {

Fields fields(Of<Mount>) {
  static constexpr auto kShape =
      shape(field<&Mount::source>(
                "source", "canonical path of the folder, which is outside the hive's root and the system's folders")
                .max_bytes(4'096),
            field<&Mount::target>("target", "path at which the agent sees it, like /mnt/project").max_bytes(4'096),
            field<&Mount::mode>("mode", "`ro`: the agent may read it, `rw`: it may write there too").max_bytes(2));
  return kShape;
}

Fields fields(Of<Budget>) {
  static constexpr auto kShape = shape(field<&Budget::usd_per_day>(
      "usd_per_day", "US dollars that the agent may spend in a day (UTC); absent: no limit"));
  return kShape;
}

Fields fields(Of<Limits>) {
  static constexpr auto kShape =
      shape(field<&Limits::memory>("memory", "memory of all its processes: bytes, or a number with K, M or G, like 2G")
                .max_bytes(16),
            field<&Limits::cpus>("cpus", "processors that it may keep busy, like 1.5"),
            field<&Limits::pids>("pids", "processes and threads that it may have at once").between(32, 65'536));
  return kShape;
}

Fields fields(Of<Network>) {
  static constexpr auto kShape =
      shape(field<&Network::egress>("egress", "places that it may reach, each host:port; absent: every place"));
  return kShape;
}

Fields fields(Of<McpServer>) {
  static constexpr auto kShape =
      shape(field<&McpServer::command>("command", "program of the server, in the agent's container").max_bytes(4'096),
            field<&McpServer::args>("args", "arguments of the server's program"),
            field<&McpServer::env>("env", "environment of the server's program").defaulted(),
            field<&McpServer::allowed_tools>(
                "allowed_tools", "tools of the server that the agent may use; absent or [\"*\"]: all of them"));
  return kShape;
}

Fields fields(Of<Toml>) {
  static constexpr auto kShape = shape(
      field<&Toml::model>("model", "name of the model, as the CLI takes it; absent: haiku").max_bytes(128),
      field<&Toml::allowed_recipients>(
          "allowed_recipients",
          "agents that it may write to beside the manager, who is always allowed; absent or empty: everyone")
          .max_items(256),
      field<&Toml::bash_allow>("bash_allow", "patterns of the Bash commands that it may run; absent: every command")
          .max_items(256),
      field<&Toml::env>("env", "environment of the agent's tools").defaulted(),
      field<&Toml::mount>("mount", "folders of the operator that the agent is given").max_items(64),
      field<&Toml::budget>("budget", "what the agent may spend").defaulted(),
      field<&Toml::limits>("limits", "what the agent may use of the machine").defaulted(),
      field<&Toml::network>("network", "what the agent may reach over the network").defaulted(),
      field<&Toml::mcp>("mcp", "MCP servers of the agent's own, each under its key").defaulted());
  return kShape;
}

Fields fields(Of<Config>) {
  static constexpr auto kShape =
      shape(field<&Config::name>("name", "the agent's name"),
            field<&Config::role>("role", "role of the agent: agent or manager"),
            field<&Config::model>("model", "model that the CLI is started with"),
            field<&Config::label>("label", "label of the hive, shown to people"),
            field<&Config::operator_pronouns>("operator_pronouns", "pronouns of the operator, like she/her"),
            field<&Config::bash_allow>(
                "bash_allow", "patterns of the Bash commands that it may run, as in agent.toml; absent: every command"),
            field<&Config::allowed_recipients>("allowed_recipients",
                                               "agents that it may write to, as in agent.toml; empty: everyone"),
            field<&Config::base_url>("base_url", "address of the Messages API; absent: the vendor's"),
            field<&Config::usd_per_day>("usd_per_day",
                                        "US dollars that the agent may spend in a day (UTC); absent: no limit"),
            field<&Config::env>("env", "environment of the CLI and its tools").defaulted(),
            field<&Config::mcp>("mcp", "MCP servers of the agent's own, each under its key").defaulted(),
            field<&Config::revision>("revision", "commit that this configuration was made from"));
  return kShape;
}

Fields fields(Of<Credential>) {
  static constexpr auto kShape =
      shape(field<&Credential::api_key>("api_key", "API key, as ANTHROPIC_API_KEY takes it").as_secret(),
            field<&Credential::oauth_token>("oauth_token", "long-lived token, as CLAUDE_CODE_OAUTH_TOKEN takes it")
                .as_secret());
  return kShape;
}

Fields fields(Of<ClaudeSettings>) {
  static constexpr auto kShape = shape(
      field<&ClaudeSettings::command>("command", "program of the CLI: an absolute path, or a name on PATH")
          .max_bytes(4'096)
          .defaulted(),
      field<&ClaudeSettings::api_key_file>("api_key_file", "file with one API key for the swarm").max_bytes(4'096),
      field<&ClaudeSettings::oauth_token_file>("oauth_token_file", "file with one long-lived token for the swarm")
          .max_bytes(4'096),
      field<&ClaudeSettings::base_url>(
          "base_url", "address of the Messages API; {{name}} is the agent's name; absent: the vendor's")
          .max_bytes(1'024),
      field<&ClaudeSettings::http_proxy>("http_proxy", "proxy of the agents' CLI and tools for http addresses")
          .max_bytes(1'024)
          .matching(&is_proxy, kProxy)
          .as_secret(),
      field<&ClaudeSettings::https_proxy>("https_proxy", "proxy of the agents' CLI and tools for https addresses")
          .max_bytes(1'024)
          .matching(&is_proxy, kProxy)
          .as_secret(),
      field<&ClaudeSettings::no_proxy>(
          "no_proxy", "hosts that are reached without a proxy, separated by commas; absent: this machine")
          .max_bytes(4'096),
      field<&ClaudeSettings::default_model>("default_model", "model of agents whose agent.toml names none")
          .max_bytes(128)
          .defaulted());
  return kShape;
}

}  // namespace hive::agent
