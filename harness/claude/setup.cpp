#include "claude/setup.hpp"

#include <hive/os/files.hpp>

#include "json_read.hpp"
#include "stream/facts.hpp"
#include "wake/prompts.hpp"

#include <array>
#include <cstdlib>

namespace hive::harness {
namespace {

/// No ToolSearch among them, so that the hive's tools are in every request; nothing that starts other
/// agents or talks to other sessions.
constexpr std::string_view kTools = "Bash,Read,Edit,Write,NotebookEdit,WebFetch,WebSearch";
/// Longer than any method's own deadline: the host's answer decides.
constexpr std::int64_t kToolTimeoutMs = 600'000;

constexpr std::array<std::string_view, 9> kFixedEnvironment = {
    "DISABLE_AUTOUPDATER=1",
    "DISABLE_TELEMETRY=1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
    "CLAUDE_CODE_MAX_RETRIES=3",          // the default holds a turn for three minutes on a bad key
    "CLAUDE_CODE_DISABLE_ATTACHMENTS=1",  // `@/path` in a message would read that file unasked
    "CLAUDE_CODE_DISABLE_AUTO_MEMORY=1",
    "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS=1",  // they outlive the answer and begin turns of their own
    "CLAUDE_CODE_MCP_AUTO_BACKGROUND_MS=0",    // recv may park for three minutes
    "ENABLE_TOOL_SEARCH=false",
};
constexpr std::array<const char*, 14> kInherited = {"PATH",
                                                    "LANG",
                                                    "TMPDIR",
                                                    "TZ",
                                                    "HIVE_NAME",
                                                    "HIVE_LABEL",
                                                    "HIVE_MARK",  // by which the supervisor finds what is left
                                                    "HIVE_OPERATOR_PRONOUNS",
                                                    "http_proxy",
                                                    "https_proxy",
                                                    "no_proxy",
                                                    "HTTP_PROXY",
                                                    "HTTPS_PROXY",
                                                    "NO_PROXY"};

std::vector<std::string> environment_of(const Options& options, const RunSetup& setup) {
  std::map<std::string, std::string> values = setup.config.env;  // ours win over the agent's
  for (const char* name : kInherited)
    if (const char* value = std::getenv(name)) values[name] = value;
  values["HOME"] = options.home_dir;
  values["HIVE_CALL_PREFIX"] = setup.call_prefix;  // the MCP server inherits it
  for (const auto pair : kFixedEnvironment) {
    const auto equals = pair.find('=');
    values[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
  }
  for (const auto* name : {"ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"}) values.erase(name);
  if (setup.config.base_url) values["ANTHROPIC_BASE_URL"] = *setup.config.base_url;
  if (setup.credential.api_key)
    values["ANTHROPIC_API_KEY"] = *setup.credential.api_key;
  else if (setup.credential.oauth_token)
    values["CLAUDE_CODE_OAUTH_TOKEN"] = *setup.credential.oauth_token;
  std::vector<std::string> environment;
  environment.reserve(values.size());
  for (const auto& [name, value] : values) environment.emplace_back(name).append("=").append(value);
  return environment;
}

/// By its name, for the newest session of the folder may be one that the agent's shell began, or that a clock which
/// was put back makes look newest.
std::vector<std::string> session_arguments(const RunSetup& setup) {
  if (setup.session == SessionStart::apart) return {"--no-session-persistence"};
  if (setup.session == SessionStart::anew) return {};
  if (setup.session_id.empty()) return {"--continue"};  // begins one where there is none
  return {"--resume", setup.session_id};
}

std::string prompt_name(Who role) {
  return role == Who::manager ? "manager.md" : "agent.md";
}

}  // namespace

os::Command run_command(const Options& options, const RunSetup& setup, const std::filesystem::path& folder) {
  os::Command command;
  command.argv = {options.claude, "--print", "--verbose", "--output-format", "stream-json", "--model", setup.model};
  for (const auto& argument : session_arguments(setup)) command.argv.push_back(argument);
  for (const std::string& argument :
       {std::string("--system-prompt-file"), (folder / "system.md").string(),
        // Without it a changed prompt is ignored until the session is compacted.
        std::string("--system-prompt-snapshot"), std::string("off"), std::string("--mcp-config"),
        (folder / "mcp.json").string(), std::string("--strict-mcp-config"), std::string("--setting-sources"),
        std::string(), std::string("--settings"), (folder / "settings.json").string(), std::string("--tools"),
        std::string(kTools)})
    command.argv.push_back(argument);
  command.environment = environment_of(options, setup);
  command.directory = options.state_dir;
  command.own_session = true;
  return command;
}

Result<std::string> system_prompt(const Options& options, const agent::Config& config) {
  const auto file = options.share_dir / "prompts" / prompt_name(options.role);
  auto text = os::read_file(file);
  if (!text) return text.error();
  return substitute(*text,
                    {{"name", config.name},
                     {"label", config.label},
                     {"operator_pronouns", config.operator_pronouns.empty() ? "she/her" : config.operator_pronouns},
                     {"allowed_recipients",
                      [&] {
                        if (config.allowed_recipients.empty()) return std::string("anyone");
                        std::string names = "manager";
                        for (const auto& name : config.allowed_recipients)
                          if (name != "manager") names += ", " + name;
                        return names;
                      }()}},
                    file.string());
}

std::string mcp_config(const Options& options, const agent::Config& config) {
  json::object servers;
  for (const auto& [key, server] : config.mcp) {
    if (key == kServerName) continue;  // reserved; the host refuses it where it can see it
    json::array arguments;
    for (const auto& argument : server.args) arguments.emplace_back(argument);
    json::object environment;
    for (const auto& [name, value] : server.env) environment[name] = value;
    servers[key] = {{"type", "stdio"}, {"command", server.command}, {"args", arguments}, {"env", environment}};
  }
  servers[kServerName] = {
      {"type", "stdio"},
      {"command", options.program.string()},
      {"args", {"mcp", "--socket-dir", options.socket_dir.string(), "--config-dir", options.config_dir.string()}},
      {"env", json::object{}},
      {"alwaysLoad", true},
      {"timeout", kToolTimeoutMs}};
  return json::serialize(json::object{{"mcpServers", std::move(servers)}});
}

Result<std::string> cli_settings(const Options& options, const agent::Config& config) {
  const auto file = options.share_dir / "prompts" / "claude-settings.json";
  auto text = os::read_file(file);
  if (!text) return text.error();
  boost::system::error_code failed;
  auto settings = json::parse(*text, failed);
  if (failed || !settings.is_object())
    return error(Code::invalid_params, file.string() + " is not a JSON object; install it anew");
  auto& permissions = settings.get_object()["permissions"];
  if (!permissions.is_object()) permissions = json::object{};
  json::array allowed = array_at(permissions, "allow");
  if (!config.bash_allow) allowed.emplace_back("Bash");
  for (const auto& pattern : config.bash_allow.value_or(std::vector<std::string>{}))
    allowed.emplace_back("Bash(" + pattern + ")");
  for (const auto& [key, server] : config.mcp) {
    const auto all = "mcp__" + key;
    if (server.allowed_tools.empty()) allowed.emplace_back(all);
    for (const auto& tool : server.allowed_tools)
      allowed.emplace_back(tool == "*" ? all : std::string(all).append("__").append(tool));
  }
  permissions.get_object()["allow"] = std::move(allowed);
  return json::serialize(settings);
}

Result<std::filesystem::path> write_run_files(const Options& options, const agent::Config& config) {
  auto prompt = system_prompt(options, config);
  if (!prompt) return prompt.error();
  auto settings = cli_settings(options, config);
  if (!settings) return settings.error();
  const auto path = options.home_dir / ".hyperhive";
  auto folder = os::make_folder(path, {.mode = 0700});
  if (!folder) return folder.error();
  for (const auto& [name, text] : {std::pair<std::string, std::string>{"system.md", std::move(*prompt)},
                                   {"settings.json", std::move(*settings)},
                                   {"mcp.json", mcp_config(options, config)}}) {
    // They rarely change and the agent can write them: compared at each turn, written when they differ.
    const auto there = os::read_file(path / name);
    if (there && *there == text) continue;
    if (auto written = os::replace_file(folder->get(), name, text); !written)
      return error(written.error().code,
                   "the CLI's files in " + path.string() + " cannot be written: " + written.error().message);
  }
  return path;
}

}  // namespace hive::harness
