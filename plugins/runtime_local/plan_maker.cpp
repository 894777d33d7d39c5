#include "plan_maker.hpp"

#include <hive/agent_toml/agent_toml.hpp>

#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace hive::runtime_local {
namespace {

namespace fs = std::filesystem;
constexpr const char *kBin = "/opt/hyperhive/bin", *kShare = "/opt/hyperhive/share";

bool is_manager(const std::string& name) {
  return name == "manager";
}

std::string replace_name(std::string text, const std::string& name) {
  constexpr std::string_view kPlaceholder = "{{name}}";
  if (const auto at = text.find(kPlaceholder); at != text.npos) text.replace(at, kPlaceholder.size(), name);
  return text;
}

std::vector<supervisor::Bind> binds_of(const Start& start, const fs::path& root) {
  const auto& name = start.name;
  const auto state = root / "agents" / name / "state";
  std::vector<supervisor::Bind> out{
      {.source = state, .target = "/state", .writable = true},
      {.source = root / "shared", .target = "/shared"},  // everybody's is read, the own and the common written
      {.source = root / "shared/common", .target = "/shared/common", .writable = true},
      {.source = root / "shared" / name, .target = "/shared/" + name, .writable = true},
      {.source = root / "logins" / name, .target = "/home/agent", .writable = true},
      {.source = root / "run/agents" / name, .target = "/run/hive"},
      {.source = root / "run/agents" / name / "page", .target = "/run/hive/page", .writable = true},
  };
  if (is_manager(name)) {
    out.push_back({.source = root / "agents", .target = "/agents", .writable = true});
    out.push_back({.source = root / "applied", .target = "/applied"});
  } else {
    out.push_back({.source = state, .target = "/agents/" + name + "/state", .writable = true});
  }
  for (const auto& mount : start.generation.toml.mount) {
    const bool writable = mount.mode == "rw";
    out.push_back({.source = mount.source, .target = mount.target, .writable = writable, .as_owner = writable});
  }
  return out;
}

/// Binds the programs by their real files: bubblewrap refuses links among the sources.
Status add_programs(supervisor::Plan& plan, const Settings& settings, const Installation& installation) {
  const char* path = std::getenv("PATH");
  auto cli = find_cli(settings.claude.command, path == nullptr ? "/usr/bin:/bin" : path);
  if (!cli) return cli.error();
  plan.binds.push_back({.source = *cli, .target = std::string(kBin) + "/claude"});
  for (const char* program : {"hive-ag3nt", "hive-m1nd"}) {
    std::error_code failure;
    const auto file = fs::canonical(installation.bin / program, failure);
    if (failure)
      return error(Code::not_found, (installation.bin / program).string() + ": is not there; build or install it");
    plan.binds.push_back({.source = file, .target = std::string(kBin) + "/" + program});
  }
  std::error_code failure;
  const auto prompts = fs::canonical(installation.share / "prompts", failure);  // a link, in a build
  if (!failure) plan.binds.push_back({.source = prompts, .target = std::string(kShare) + "/prompts"});
  return {};
}

/// In both spellings: programs look at one or the other. The machine itself is never reached through a proxy.
void add_proxies(std::map<std::string, std::string>& environment, const agent::ClaudeSettings& claude) {
  if (claude.http_proxy) environment["http_proxy"] = environment["HTTP_PROXY"] = *claude.http_proxy;
  if (claude.https_proxy) environment["https_proxy"] = environment["HTTPS_PROXY"] = *claude.https_proxy;
  if (claude.http_proxy || claude.https_proxy)
    environment["no_proxy"] = environment["NO_PROXY"] = claude.no_proxy.value_or("localhost,127.0.0.1,::1");
}

/// Paths as the container has them; without one the supervisor puts the machine's in their place.
std::map<std::string, std::string> environment_of(const std::string& name, const Settings& settings) {
  std::map<std::string, std::string> out{{"HOME", "/home/agent"},
                                         {"PATH", std::string(kBin) + ":/usr/local/bin:/usr/bin:/bin"},
                                         {"LANG", "C.UTF-8"},
                                         {"HIVE_NAME", name},
                                         {"HIVE_LABEL", settings.label},
                                         {"HIVE_SOCKET_DIR", "/run/hive"},
                                         {"HIVE_CONFIG_DIR", "/etc/hyperhive"},
                                         {"HIVE_STATE_DIR", "/state"},
                                         {"HIVE_SHARE_DIR", kShare},
                                         {"HIVE_CLAUDE", std::string(kBin) + "/claude"},
                                         {"HIVE_OPERATOR_PRONOUNS", settings.operator_pronouns}};
  add_proxies(out, settings.claude);
  // The crash tests reach the harness through the host's own environment; see hive/sdk/crash_point.hpp.
  if (const char* point = std::getenv("HIVE_AGENT_CRASH_POINT")) out["HIVE_CRASH_POINT"] = point;
  if (const char* once = std::getenv("HIVE_AGENT_CRASH_ONCE")) out["HIVE_CRASH_ONCE"] = once;
  return out;
}

agent::Config config_of(const Start& start, const Settings& settings) {
  const auto& toml = start.generation.toml;
  agent::Config out{.name = start.name,
                    .role = is_manager(start.name) ? "manager" : "agent",
                    .model = toml.model.value_or(settings.claude.default_model),
                    .label = settings.label,
                    .operator_pronouns = settings.operator_pronouns};
  out.bash_allow = toml.bash_allow;
  out.allowed_recipients = toml.allowed_recipients;
  if (settings.claude.base_url) out.base_url = replace_name(*settings.claude.base_url, start.name);
  out.usd_per_day = toml.budget.usd_per_day;
  out.env = toml.env;
  out.mcp = toml.mcp;
  out.revision = start.generation.revision;
  return out;
}

supervisor::Limits limits_of(const agent::Limits& wanted) {
  supervisor::Limits out;
  if (wanted.memory) out.memory_bytes = agent::bytes_of(*wanted.memory);
  out.cpus = wanted.cpus;
  out.pids = wanted.pids.value_or(out.pids);
  return out;
}

}  // namespace

Result<fs::path> find_cli(const std::string& command, const std::string& search) {
  std::vector<fs::path> places;
  if (command.find('/') != command.npos) places.emplace_back(command);
  std::istringstream folders(places.empty() ? search : "");
  for (std::string folder; std::getline(folders, folder, ':');) places.push_back(fs::path(folder) / command);
  for (const auto& place : places) {
    std::error_code failure;
    const auto file = fs::canonical(place, failure);
    if (!failure && fs::is_regular_file(file, failure) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return error(Code::not_found,
               "the Claude CLI: no program " + command + " was found; install it or set [claude] command");
}

Result<supervisor::Plan> make_plan(const Start& start, const Settings& settings, const Installation& installation,
                                   const fs::path& root) {
  supervisor::Plan plan;
  plan.root = root;
  plan.name = start.name;
  plan.uid = start.user.uid;
  plan.gid = start.user.gid;
  plan.binds = binds_of(start, root);
  if (auto added = add_programs(plan, settings, installation); !added) return added.error();
  plan.argv = {std::string(kBin) + (is_manager(start.name) ? "/hive-m1nd" : "/hive-ag3nt"), "serve"};
  plan.environment = environment_of(start.name, settings);
  plan.config = encode_text(config_of(start, settings));
  plan.api_key_file = settings.claude.api_key_file;
  plan.oauth_token_file = settings.claude.oauth_token_file;
  plan.limits = limits_of(start.generation.toml.limits);
  plan.cgroup = settings.cgroup;
  plan.allow_unsandboxed = settings.allow_unsandboxed;
  plan.log_file_bytes = settings.log_file_kb << 10;
  plan.log_files = settings.log_files;
  return plan;
}

}  // namespace hive::runtime_local
