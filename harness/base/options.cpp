#include "base/options.hpp"

#include <hive/os/files.hpp>

#include <array>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <optional>
#include <variant>

namespace hive::harness {
namespace {

using Target = std::variant<std::filesystem::path Options::*, std::string Options::*, std::chrono::seconds Options::*>;

struct Flag {
  std::string_view name;
  const char* variable;
  std::string_view help;
  Target target;
};

const std::array kFlags = {
    Flag{"--socket-dir", "HIVE_SOCKET_DIR", "folder of host.sock", &Options::socket_dir},
    Flag{"--config-dir", "HIVE_CONFIG_DIR", "folder of agent.json and credential.json", &Options::config_dir},
    Flag{"--state-dir", "HIVE_STATE_DIR", "the agent's own folder, where its turns run", &Options::state_dir},
    Flag{"--home", "HOME", "home of the CLI: its login and sessions", &Options::home_dir},
    Flag{"--share-dir", "HIVE_SHARE_DIR", "folder of prompts/", &Options::share_dir},
    Flag{"--claude", "HIVE_CLAUDE", "the Claude CLI", &Options::claude},
    Flag{"--events-db", "HYPERHIVE_EVENTS_DB", "file of the event store", &Options::events_db},
    Flag{"--call-prefix", "HIVE_CALL_PREFIX", "begins each idempotency key", &Options::call_prefix},
    Flag{"--turn-deadline", "HIVE_TURN_DEADLINE", "seconds that a turn may take", &Options::turn_deadline},
    Flag{"--silence-limit", "HIVE_SILENCE_LIMIT", "seconds without output that are reported", &Options::silence_limit},
    Flag{"--exit-limit", "HIVE_EXIT_LIMIT", "seconds that the CLI may take to end once it has answered",
         &Options::exit_limit},
    Flag{"--grace", "HIVE_GRACE", "seconds that a turn may go on after SIGTERM", &Options::grace},
    Flag{"--vendor-pause", "HIVE_VENDOR_PAUSE", "seconds to wait when the vendor is down; doubled each time",
         &Options::vendor_pause},
};

std::optional<std::chrono::seconds> seconds_from(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return std::chrono::seconds(number);
}

Status set(Options& options, const Flag& flag, std::string_view value, std::string_view origin) {
  if (const auto* path = std::get_if<0>(&flag.target)) {
    options.*(*path) = std::string(value);
  } else if (const auto* text = std::get_if<1>(&flag.target)) {
    options.*(*text) = std::string(value);
  } else {
    const auto seconds = seconds_from(value);
    if (!seconds)
      return error(Code::invalid_params, std::string(origin) + " is \"" + std::string(value) +
                                             "\"; it must be a whole number of seconds, 0 or more");
    options.*std::get<2>(flag.target) = *seconds;
  }
  return {};
}

const Flag* find(std::string_view name) {
  for (const auto& flag : kFlags)
    if (flag.name == name) return &flag;
  return nullptr;
}

template <class T>
Result<T> read_json(const std::filesystem::path& file) {
  auto text = os::read_file(file);
  if (!text) return text.error();
  auto value = decode_text<T>(*text, Unknown::ignore);
  if (!value) return error(Code::invalid_params, file.string() + ": " + value.error().message);
  return value;
}

}  // namespace

Result<Options> parse_options(Who role, std::span<char* const> arguments) {
  Options options;
  options.role = role;
  std::error_code ignored;  // without /proc the mcp server is found by the path that a container has
  options.program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  for (const auto& flag : kFlags) {
    const char* value = std::getenv(flag.variable);
    if (value == nullptr || *value == '\0') continue;
    if (auto done = set(options, flag, value, flag.variable); !done) return done.error();
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    const auto* flag = find(name);
    if (flag == nullptr)
      return error(Code::invalid_params, "unknown argument " + std::string(name) + "; --help lists what there is");
    if (++i == arguments.size())
      return error(Code::invalid_params, std::string(name) + " has no value; put one after it");
    if (auto done = set(options, *flag, arguments[i], name); !done) return done.error();
  }
  if (options.events_db.empty()) options.events_db = options.state_dir / "hyperhive-events.sqlite";
  return options;
}

std::string options_help() {
  std::string text;
  for (const auto& flag : kFlags) {
    std::string line = "  " + std::string(flag.name) + " VALUE";
    line.resize(28, ' ');
    text += line + std::string(flag.help) + " (" + flag.variable + ")\n";
  }
  return text;
}

Result<agent::Config> read_config(const std::filesystem::path& folder) {
  return read_json<agent::Config>(folder / "agent.json");
}

Result<agent::Credential> read_credential(const std::filesystem::path& folder) {
  auto credential = read_json<agent::Credential>(folder / "credential.json");
  if (!credential && credential.error().code == Code::not_found) return agent::Credential{};
  return credential;
}

}  // namespace hive::harness
