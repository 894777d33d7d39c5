#include <hive/sdk/contracts/agent.hpp>

namespace hive::agent {

Fields fields(Of<Mount>) {
  static constexpr auto kShape =
      shape(field<&Mount::source>("source", "canonical folder outside the hive's root and the system's folders")
                .max_bytes(4'096),
            field<&Mount::target>("target", "path at which the agent sees it, like /mnt/project").max_bytes(4'096),
            field<&Mount::mode>("mode", "ro or rw").max_bytes(2));
  return kShape;
}

Fields fields(Of<Budget>) {
  static constexpr auto kShape = shape(field<&Budget::usd_per_day>("usd_per_day", "absent: no limit"));
  return kShape;
}

Fields fields(Of<Limits>) {
  static constexpr auto kShape =
      shape(field<&Limits::memory>("memory", "bytes, or with K, M, G, like 2G").max_bytes(16),
            field<&Limits::cpus>("cpus", "processors, like 1.5"),
            field<&Limits::pids>("pids", "processes and threads").between(32, 65'536));
  return kShape;
}

Fields fields(Of<Network>) {
  static constexpr auto kShape =
      shape(field<&Network::egress>("egress", "host:port that may be reached; absent: everything"));
  return kShape;
}

Fields fields(Of<McpServer>) {
  static constexpr auto kShape = shape(
      field<&McpServer::command>("command", "program in the container").max_bytes(4'096),
      field<&McpServer::args>("args", "its arguments"), field<&McpServer::env>("env", "its environment").defaulted(),
      field<&McpServer::allowed_tools>("allowed_tools", "absent or [\"*\"]: all of its tools"));
  return kShape;
}

Fields fields(Of<Toml>) {
  static constexpr auto kShape =
      shape(field<&Toml::model>("model", "the CLI's model name; absent: haiku").max_bytes(128),
            field<&Toml::allowed_recipients>("allowed_recipients", "absent or empty: anyone; the manager always is")
                .max_items(256),
            field<&Toml::bash_allow>("bash_allow", "patterns of Bash commands; absent: unrestricted").max_items(256),
            field<&Toml::env>("env", "environment of the agent's tools").defaulted(),
            field<&Toml::mount>("mount", "the operator's own folders").max_items(64),
            field<&Toml::budget>("budget", "what it may spend").defaulted(),
            field<&Toml::limits>("limits", "what it may use").defaulted(),
            field<&Toml::network>("network", "what it may reach").defaulted(),
            field<&Toml::mcp>("mcp", "extra MCP servers by key").defaulted());
  return kShape;
}

Fields fields(Of<Config>) {
  static constexpr auto kShape =
      shape(field<&Config::name>("name", "the agent's name"), field<&Config::role>("role", "agent or manager"),
            field<&Config::model>("model", "model that the CLI is started with"),
            field<&Config::label>("label", "label of the hive, shown to people"),
            field<&Config::operator_pronouns>("operator_pronouns", "like she/her"),
            field<&Config::bash_allow>("bash_allow", "as in agent.toml"),
            field<&Config::allowed_recipients>("allowed_recipients", "as in agent.toml"),
            field<&Config::base_url>("base_url", "address of the Messages API; absent: the vendor's"),
            field<&Config::usd_per_day>("usd_per_day", "budget; absent: none"),
            field<&Config::env>("env", "environment of the CLI and its tools").defaulted(),
            field<&Config::mcp>("mcp", "extra MCP servers").defaulted(),
            field<&Config::revision>("revision", "commit that this was made from"));
  return kShape;
}

Fields fields(Of<Credential>) {
  static constexpr auto kShape =
      shape(field<&Credential::api_key>("api_key", "ANTHROPIC_API_KEY").as_secret(),
            field<&Credential::oauth_token>("oauth_token", "CLAUDE_CODE_OAUTH_TOKEN").as_secret());
  return kShape;
}

Fields fields(Of<ClaudeSettings>) {
  static constexpr auto kShape = shape(
      field<&ClaudeSettings::command>("command", "the CLI: an absolute path, or a name on PATH")
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
      field<&ClaudeSettings::https_proxy>("https_proxy", "the same for https addresses")
          .max_bytes(1'024)
          .matching(&is_proxy, kProxy)
          .as_secret(),
      field<&ClaudeSettings::no_proxy>("no_proxy",
                                       "hosts that are reached without a proxy, between commas; absent: this machine")
          .max_bytes(4'096),
      field<&ClaudeSettings::default_model>("default_model", "model of agents whose agent.toml names none")
          .max_bytes(128)
          .defaulted());
  return kShape;
}

}  // namespace hive::agent
