#include "rules.hpp"

#include <hive/agent_toml/agent_toml.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace hive::agent {
namespace {

namespace fs = std::filesystem;
using Broken = std::optional<Mismatch>;

constexpr std::int64_t kLeastMemory = 64 << 20;
constexpr double kLeastCpus = 0.1, kMostCpus = 1'024;
constexpr std::size_t kMostVariables = 256, kMostVariableBytes = 32'768, kMostServers = 32;

// The container's own; a mount neither covers them nor lies in them.
constexpr std::string_view kContainerFolders[] = {
    "/agents",        "/applied", "/bin", "/dev",  "/etc",    "/home/agent", "/lib", "/lib32", "/lib64",
    "/opt/hyperhive", "/proc",    "/run", "/sbin", "/shared", "/state",      "/sys", "/tmp",   "/usr"};
// The machine's own.
constexpr std::string_view kSystemFolders[] = {"/bin",       "/boot",    "/dev",     "/etc",     "/lib",      "/lib32",
                                               "/lib64",     "/proc",    "/run",     "/sbin",    "/sys",      "/usr",
                                               "/var/cache", "/var/lib", "/var/log", "/var/run", "/var/spool"};
constexpr std::string_view kReservedPrefixes[] = {"ANTHROPIC_", "CLAUDE_", "HIVE_", "HYPERHIVE_", "LD_"};

Mismatch broken(std::string path, std::string wanted) {
  return {std::move(path), std::move(wanted)};
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_word(std::string_view text, std::string_view extra) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || extra.find(char(c)) != extra.npos;
  });
}

bool lies_in(const fs::path& inner, const fs::path& outer) {
  const auto [end, at] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end == outer.end();
}
bool overlap(const fs::path& a, const fs::path& b) {
  return lies_in(a, b) || lies_in(b, a);
}

bool is_plain_path(const fs::path& path) {
  return path.is_absolute() && path == path.lexically_normal() && path.has_filename();
}

Broken judge_variables(const std::map<std::string, std::string>& variables, const std::string& path) {
  if (variables.size() > kMostVariables) return broken(path, "at most 256 variables");
  for (const auto& [name, value] : variables) {
    const auto at = path + "." + name;
    if (!is_word(name, "_") || std::isdigit(static_cast<unsigned char>(name[0])) != 0)
      return broken(at, "a name of letters, digits and _, like EDITOR");
    if (value.find('\0') != value.npos || value.size() > kMostVariableBytes)
      return broken(at, "a value without zero bytes, of at most 32 KiB");
  }
  return {};
}

Broken judge_environment(const Toml& toml) {
  if (auto bad = judge_variables(toml.env, ".env")) return bad;
  for (const auto& [name, value] : toml.env) {
    const bool reserved = std::any_of(std::begin(kReservedPrefixes), std::end(kReservedPrefixes),
                                      [&, &variable = name](auto prefix) { return variable.starts_with(prefix); });
    if (reserved || name == "PATH" || name == "HOME")
      return broken(".env." + name,
                    "a name that is not the hive's own (ANTHROPIC_*, CLAUDE_*, HIVE_*, HYPERHIVE_*, "
                    "LD_*, PATH and HOME are)");
  }
  return {};
}

Broken judge_source(const std::string& source, const fs::path& root, const std::string& at) {
  const fs::path path(source);
  if (!is_plain_path(path)) return broken(at, "an absolute path without . or .. and without a slash at its end");
  std::error_code failure;
  const auto canonical = fs::canonical(path, failure);
  if (failure) return broken(at, "a folder that exists: " + failure.message());
  if (canonical != path) return broken(at, "a path without links: it is really " + canonical.string());
  if (!fs::is_directory(path, failure)) return broken(at, "a folder, not a file");
  if (overlap(path, root)) return broken(at, "a folder outside the hive's own root");
  for (const auto folder : kSystemFolders)
    if (overlap(path, folder)) return broken(at, "a folder outside the system's own (" + std::string(folder) + ")");
  return {};
}

Broken judge_target(const Toml& toml, std::size_t index, const std::string& at) {
  const fs::path target(toml.mount[index].target);
  if (!is_plain_path(target)) return broken(at, "an absolute path like /mnt/project");
  if (has_control(toml.mount[index].target)) return broken(at, "a path without control characters");
  for (const auto folder : kContainerFolders)
    if (overlap(target, folder)) return broken(at, "a place outside " + std::string(folder) + ", like /mnt/project");
  for (std::size_t other = 0; other < index; ++other)
    if (overlap(target, toml.mount[other].target))
      return broken(at, "a place of its own: it overlaps " + toml.mount[other].target);
  return {};
}

Broken judge_mounts(const Toml& toml, const fs::path& root) {
  for (std::size_t i = 0; i < toml.mount.size(); ++i) {
    const auto at = ".mount[" + std::to_string(i) + "]";
    const auto& mount = toml.mount[i];
    if (mount.mode != "ro" && mount.mode != "rw") return broken(at + ".mode", "ro or rw");
    if (auto bad = judge_target(toml, i, at + ".target")) return bad;
    if (auto bad = judge_source(mount.source, root, at + ".source")) return bad;
  }
  return {};
}

Broken judge_limits(const Toml& toml) {
  const auto& limits = toml.limits;
  if (limits.memory && bytes_of(*limits.memory).value_or(0) < kLeastMemory)
    return broken(".limits.memory", "at least 64M, like 512M or 2G");
  if (limits.cpus && !(*limits.cpus >= kLeastCpus && *limits.cpus <= kMostCpus))
    return broken(".limits.cpus", "0.1 to 1024");
  const auto usd = toml.budget.usd_per_day;
  if (usd && !(std::isfinite(*usd) && *usd >= 0)) return broken(".budget.usd_per_day", "0 or more");
  return {};
}

Broken judge_servers(const Toml& toml) {
  if (toml.mcp.size() > kMostServers) return broken(".mcp", "at most 32 servers");
  for (const auto& [key, server] : toml.mcp) {
    const auto at = ".mcp." + key;
    if (key == "hyperhive") return broken(at, "another key: hyperhive is the hive's own server");
    if (!is_word(key, "_-") || key.size() > 64) return broken(at, "a key of letters, digits, _ and -");
    if (server.command.empty() || has_control(server.command)) return broken(at + ".command", "a program");
    if (auto bad = judge_variables(server.env, at + ".env")) return bad;
  }
  return {};
}

Broken judge_words(const Toml& toml) {
  if (toml.model && (!is_word(*toml.model, "-._:[]/@") || toml.model->starts_with('-')))
    return broken(".model", "a model's name, like sonnet");
  for (std::size_t i = 0; i < toml.allowed_recipients.size(); ++i)
    if (!is_agent_name(toml.allowed_recipients[i]))
      return broken(".allowed_recipients[" + std::to_string(i) + "]", "an agent's name, manager or operator");
  const auto patterns = toml.bash_allow.value_or(std::vector<std::string>{});
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (patterns[i].empty() || has_control(patterns[i]) || patterns[i].find_first_of("(),") != std::string::npos)
      return broken(".bash_allow[" + std::to_string(i) + "]", "a pattern like \"git *\", without brackets and commas");
  return {};
}

}  // namespace

std::optional<std::int64_t> bytes_of(std::string_view size) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(size.data(), size.data() + size.size(), number);
  const std::string_view unit(end, std::size_t(size.data() + size.size() - end));
  const std::pair<std::string_view, int> units[] = {{"", 0}, {"K", 10}, {"M", 20}, {"G", 30}, {"T", 40}};
  for (const auto& [name, shift] : units)
    if (failure == std::errc{} && unit == name && number >= 0 && number <= (kMaxInteger >> shift))
      return number << shift;
  return {};
}

std::optional<Mismatch> first_broken_rule(const Toml& toml, const fs::path& root) {
  if (auto bad = judge_words(toml)) return bad;
  if (auto bad = judge_environment(toml)) return bad;
  if (auto bad = judge_mounts(toml, root)) return bad;
  if (auto bad = judge_limits(toml)) return bad;
  return judge_servers(toml);
}

}  // namespace hive::agent
