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
Fields fields(Of<Info>);
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
Fields fields(Of<Plugin>);
struct Plugins {
  std::vector<Plugin> plugins;
};
Fields fields(Of<Plugins>);
inline constexpr Method<None, Plugins> kPlugins{
    .name = "host.plugins",
    .callers = Who::operators | Who::plugins,
    .doc = "Every plugin that was found and how it is.",
    .cli = {.alias = "plugins", .columns = "PLUGIN=id STATE=state VERSION=version ROLES=provides REASON=reason"}};

struct ToolAbout {
  std::string name, description, answer, lines;
  std::optional<std::int64_t> to{};
  bool read_only = false;
  std::optional<std::string> effect{};
  std::optional<bool> idempotent{}, open_world{};
  json::value params{};
};
Fields fields(Of<ToolAbout>);
struct CliAbout {
  std::string alias, positional, awaits, columns, text;
};
Fields fields(Of<CliAbout>);
struct RouteAbout {
  std::string verb, path, with{}, joins{};
};
Fields fields(Of<RouteAbout>);
/// What hive::about() writes; each member may be absent, for plugins are built with other versions of the SDK too.
struct About {
  std::string doc;
  json::value params, result;
  std::optional<ToolAbout> tool{};
  CliAbout cli{};
  std::vector<RouteAbout> http{};
  bool from_pages = true;
};
Fields fields(Of<About>);
/// The properties of `params` or `result`; empty when the schema has none. [any-thread]
json::object properties_of(const json::value& schema);

struct MethodAbout {
  std::string name;
  std::vector<std::string> callers;
  std::int64_t deadline_ms = 0;
  About about{};
  std::optional<bool> away{};
};
Fields fields(Of<MethodAbout>);
struct Methods {
  std::vector<MethodAbout> methods;
};
Fields fields(Of<Methods>);
inline constexpr Who kEverybody = Who::operators | Who::manager | Who::agents | Who::plugins;
struct ListMethods {
  bool away = false;
};
Fields fields(Of<ListMethods>);
inline constexpr Method<ListMethods, Methods> kMethodsList{
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
Fields fields(Of<Topic>);
struct Topics {
  std::vector<Topic> topics;
};
Fields fields(Of<Topics>);
inline constexpr Method<None, Topics> kEvents{
    .name = "host.events", .callers = Who::operators, .doc = "Every topic and who may see it."};

struct PluginHealth {
  std::string id;
  std::int64_t holds_over_10_ms = 0, holds_over_100_ms = 0, longest_us = 0, calls_in_flight = 0, left_out = 0;
  std::optional<std::string> slowest;
};
Fields fields(Of<PluginHealth>);
struct Health {
  bool ok = true;
  std::vector<PluginHealth> plugins;
  std::int64_t connections = 0, subscribers = 0, calls_in_flight = 0;
};
Fields fields(Of<Health>);
inline constexpr Method<None, Health> kHealth{
    .name = "host.health", .callers = Who::operators, .doc = "Slow handlers, calls in flight, connections."};

struct LogLevel {
  std::string plugin;
  abi::Level level = abi::Level::info;
};
Fields fields(Of<LogLevel>);
inline constexpr Method<LogLevel, None> kLogLevel{
    .name = "host.log_level",
    .callers = Who::operators,
    .doc = "Changes what is logged from now on, until the host ends or hive.toml says another level.",
    .cli = {.positional = "plugin level"}};

struct PluginRef {
  std::string plugin;
};
Fields fields(Of<PluginRef>);
inline constexpr Method<PluginRef, Plugin> kReload{
    .name = "host.reload",
    .callers = Who::operators,
    .doc = "Stops a plugin and starts it with its configuration read anew.",
    .cli = {.positional = "plugin"}};

struct Shutdown {
  bool agents = false;
};
Fields fields(Of<Shutdown>);
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
Fields fields(Of<OpenSocket>);
struct AgentRef {
  std::string name;
};
Fields fields(Of<AgentRef>);
inline constexpr Method<OpenSocket, None> kOpenSocket{
    .name = "host.open_agent_socket",
    .callers = Who::plugins,
    .doc = "Binds run/agents/<name>/host.sock for this agent; idempotent. The folder must exist."};
inline constexpr Method<AgentRef, None> kCloseSocket{
    .name = "host.close_agent_socket", .callers = Who::plugins, .doc = "Closes it and drops its connections."};

struct Stopping {
  bool agents = false;
};
Fields fields(Of<Stopping>);
/// A plugin that has something to end before the host stops answers a method `<role>.before_stop` with
/// params Stopping and result None, callers plugins. The host calls all of them at once when it is asked
/// to end, with every socket and plugin still serving, and waits for their answers or deadlines.
inline constexpr std::string_view kBeforeStop = ".before_stop";
inline constexpr std::chrono::milliseconds kBeforeStopTime{60'000};

inline constexpr Event<Stopping> kStopping{"host.stopping", kEverybody, "The host ends in an orderly way."};
inline constexpr Event<None> kAddressesChanged{
    "host.addresses_changed", Who::operators | Who::plugins,
    "A method with an address of the page, or one that the page may not call, came or went; methods.list has them."};

}  // namespace hive::host_api
