#pragma once
#include <hive/sdk/method.hpp>

namespace hive::abi {

/// The words for levels, in settings and calls alike.
constexpr auto names(Of<Level>) {
  return words<Level>({{Level::trace, "trace"},
                       {Level::debug, "debug"},
                       {Level::info, "info"},
                       {Level::warning, "warning"},
                       {Level::error, "error"}});
}

}  // namespace hive::abi

/// Role `host`: answered by the host itself.
namespace hive::host_api {

struct Info {
  std::string version, root, abi, epoch;
  std::int64_t pid = 0;
  Time started_at;
  std::int64_t start_ms = 0, memory_kb = 0;
};
constexpr auto fields(Of<Info>) {
  return shape(field<&Info::version>("version", "version of the host"),
               field<&Info::root>("root", "folder of the hive"), field<&Info::abi>("abi", "plugin ABI, major.minor"),
               field<&Info::epoch>("epoch", "epoch of the event stream; another one after each start"),
               field<&Info::pid>("pid", "process id of the host"),
               field<&Info::started_at>("started_at", "when the host was ready"),
               field<&Info::start_ms>("start_ms", "milliseconds from process start to ready"),
               field<&Info::memory_kb>("memory_kb", "resident memory now"));
}
inline constexpr Method<None, Info> kInfo{
    .name = "host.info", .callers = Who::operators | Who::plugins, .doc = "What this host is."};

enum class PluginState { found, accepted, created, started, running, stopped, waiting, faulted, quarantined, disabled };
constexpr auto names(Of<PluginState>) {
  return words<PluginState>({{PluginState::found, "found"},
                             {PluginState::accepted, "accepted"},
                             {PluginState::created, "created"},
                             {PluginState::started, "started"},
                             {PluginState::running, "running"},
                             {PluginState::stopped, "stopped"},
                             {PluginState::waiting, "waiting"},
                             {PluginState::faulted, "faulted"},
                             {PluginState::quarantined, "quarantined"},
                             {PluginState::disabled, "disabled"}});
}
struct Plugin {
  std::string id, version, file;
  PluginState state = PluginState::found;
  std::vector<std::string> provides, needs;
  bool isolated = false;
  std::optional<std::string> reason;
  std::int64_t start_ms = 0;
  std::optional<std::string> panel;
  std::vector<std::string> snapshot, left_out;
};
constexpr auto fields(Of<Plugin>) {
  return shape(field<&Plugin::id>("id", "id of the plugin"),
               field<&Plugin::version>("version", "version of the plugin"),
               field<&Plugin::file>("file", "path of its shared object"),
               field<&Plugin::state>("state", "state of the plugin now"),
               field<&Plugin::provides>("provides", "roles that it provides"),
               field<&Plugin::needs>("needs", "roles that it needs"),
               field<&Plugin::isolated>("isolated", "it runs in a process of its own"),
               field<&Plugin::reason>("reason", "why it does not run"),
               field<&Plugin::start_ms>("start_ms", "how long its start took"),
               field<&Plugin::panel>("panel", "ES module that shows it on the operator's page"),
               field<&Plugin::snapshot>("snapshot", "its part of the page's state, each key=method/member"),
               field<&Plugin::left_out>("left_out", "what of it is not used, each with the reason").defaulted());
}
struct Plugins {
  std::vector<Plugin> plugins;
};
constexpr auto fields(Of<Plugins>) {
  return shape(field<&Plugins::plugins>("plugins", "every plugin, in start order"));
}
inline constexpr Method<None, Plugins> kPlugins{
    .name = "host.plugins",
    .callers = Who::operators | Who::plugins,
    .doc = "Every plugin that was found and how it is.",
    .cli = {.alias = "plugins", .columns = "PLUGIN=id STATE=state VERSION=version ROLES=provides REASON=reason"}};

struct MethodAbout {
  std::string name;
  std::vector<std::string> callers;
  std::int64_t deadline_ms = 0;
  json::value about;
};
constexpr auto fields(Of<MethodAbout>) {
  return shape(field<&MethodAbout::name>("name", "role.verb"),
               field<&MethodAbout::callers>("callers", "who may call it"),
               field<&MethodAbout::deadline_ms>("deadline_ms", "milliseconds after which the caller hears timeout"),
               field<&MethodAbout::about>("about", "doc, params, result, tool, cli"));
}
struct Methods {
  std::vector<MethodAbout> methods;
};
constexpr auto fields(Of<Methods>) {
  return shape(field<&Methods::methods>("methods", "every method, by name"));
}
inline constexpr Who kEverybody = Who::operators | Who::manager | Who::agents | Who::plugins;
inline constexpr Method<None, Methods> kMethodsList{
    .name = "methods.list", .callers = kEverybody, .doc = "What the caller may call, with schemas."};
inline constexpr Method<None, Methods> kMethods{
    .name = "host.methods",
    .callers = Who::operators,
    .doc = "Every method, whoever may call it.",
    .cli = {.alias = "methods", .columns = "METHOD=name CALLERS=callers WHAT=about.doc"}};

struct Topic {
  std::string topic, plugin;
  std::vector<std::string> audience;
};
constexpr auto fields(Of<Topic>) {
  return shape(field<&Topic::topic>("topic", "role.fact"),
               field<&Topic::plugin>("plugin", "id of the plugin that publishes it"),
               field<&Topic::audience>("audience", "who may see it"));
}
struct Topics {
  std::vector<Topic> topics;
};
constexpr auto fields(Of<Topics>) {
  return shape(field<&Topics::topics>("topics", "every topic, by name"));
}
inline constexpr Method<None, Topics> kEvents{
    .name = "host.events", .callers = Who::operators, .doc = "Every topic and who may see it."};

struct PluginHealth {
  std::string id;
  std::int64_t holds_over_10_ms = 0, holds_over_100_ms = 0, longest_us = 0, calls_in_flight = 0, left_out = 0;
  std::optional<std::string> slowest;
};
constexpr auto fields(Of<PluginHealth>) {
  return shape(
      field<&PluginHealth::id>("id", "id of the plugin"),
      field<&PluginHealth::holds_over_10_ms>("holds_over_10_ms", "times that it held its strand for more than 10 ms"),
      field<&PluginHealth::holds_over_100_ms>("holds_over_100_ms",
                                              "times that it held its strand for more than 100 ms"),
      field<&PluginHealth::longest_us>("longest_us", "the longest time that it held its strand, in microseconds"),
      field<&PluginHealth::calls_in_flight>("calls_in_flight", "calls that it owes an answer"),
      field<&PluginHealth::left_out>("left_out", "parts of it that are not used; host.plugins says why").defaulted(),
      field<&PluginHealth::slowest>("slowest", "what ran the longest"));
}
struct Health {
  bool ok = true;
  std::vector<PluginHealth> plugins;
  std::int64_t connections = 0, subscribers = 0, calls_in_flight = 0;
};
constexpr auto fields(Of<Health>) {
  return shape(field<&Health::ok>("ok", "every plugin that should run does"),
               field<&Health::plugins>("plugins", "every plugin that runs, by id"),
               field<&Health::connections>("connections", "open connections of all sockets"),
               field<&Health::subscribers>("subscribers", "connections that read events"),
               field<&Health::calls_in_flight>("calls_in_flight", "calls in flight in the whole host"));
}
inline constexpr Method<None, Health> kHealth{
    .name = "host.health", .callers = Who::operators, .doc = "Slow handlers, calls in flight, connections."};

struct LogLevel {
  std::string plugin;
  abi::Level level = abi::Level::info;
};
constexpr auto fields(Of<LogLevel>) {
  return shape(field<&LogLevel::plugin>("plugin", "id, or host, or * for all").max_bytes(64),
               field<&LogLevel::level>("level", "the least that is logged"));
}
inline constexpr Method<LogLevel, None> kLogLevel{
    .name = "host.log_level",
    .callers = Who::operators,
    .doc = "Changes what is logged from now on, until the host ends or hive.toml says another level.",
    .cli = {.positional = "plugin level"}};

struct PluginRef {
  std::string plugin;
};
constexpr auto fields(Of<PluginRef>) {
  return shape(field<&PluginRef::plugin>("plugin", "id of the plugin").max_bytes(64));
}
inline constexpr Method<PluginRef, Plugin> kReload{
    .name = "host.reload",
    .callers = Who::operators,
    .doc = "Stops a plugin and starts it with its configuration read anew.",
    .cli = {.positional = "plugin"}};

struct Shutdown {
  bool agents = false;
};
constexpr auto fields(Of<Shutdown>) {
  return shape(field<&Shutdown::agents>("agents", "stop the agents too; without it they go on"));
}
inline constexpr Method<Shutdown, None> kShutdown{.name = "host.shutdown",
                                                  .callers = Who::operators,
                                                  .doc = "Ends the host after it has answered.",
                                                  .cli = {.alias = "shutdown"},
                                                  .deadline = std::chrono::milliseconds(120'000)};

/// Plugins that serve agents on sockets of their own ask the host to open and close them.
struct OpenSocket {
  std::string name;
  std::int64_t uid = 0, gid = 0;
};
constexpr auto fields(Of<OpenSocket>) {
  return shape(field<&OpenSocket::name>("name", "the agent's name; manager gets the manager's principal")
                   .matching(&is_agent_name, kAgentName),
               field<&OpenSocket::uid>("uid", "user id that peers must have").between(0, 4'294'967'294),
               field<&OpenSocket::gid>("gid", "group of the socket file").between(0, 4'294'967'294));
}
struct AgentRef {
  std::string name;
};
constexpr auto fields(Of<AgentRef>) {
  return shape(field<&AgentRef::name>("name", "the agent's name").matching(&is_agent_name, kAgentName));
}
inline constexpr Method<OpenSocket, None> kOpenSocket{
    .name = "host.open_agent_socket",
    .callers = Who::plugins,
    .doc = "Binds run/agents/<name>/host.sock for this agent; idempotent. The folder must exist."};
inline constexpr Method<AgentRef, None> kCloseSocket{
    .name = "host.close_agent_socket", .callers = Who::plugins, .doc = "Closes it and drops its connections."};

struct Stopping {
  bool agents = false;
};
constexpr auto fields(Of<Stopping>) {
  return shape(field<&Stopping::agents>("agents", "these are to be stopped too"));
}
/// A plugin that has something to end before the host stops answers a method `<role>.before_stop` with
/// params Stopping and result None, callers plugins. The host calls all of them at once when it is asked
/// to end, with every socket and plugin still serving, and waits for their answers or deadlines.
inline constexpr std::string_view kBeforeStop = ".before_stop";
inline constexpr std::chrono::milliseconds kBeforeStopTime{60'000};

inline constexpr Event<Stopping> kStopping{"host.stopping", kEverybody, "The host ends in an orderly way."};

}  // namespace hive::host_api
