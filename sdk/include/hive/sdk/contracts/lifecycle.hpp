#pragma once
#include <hive/sdk/contracts/runtime.hpp>
#include <hive/sdk/contracts/unreadable.hpp>

/// Role `lifecycle`: the swarm's roster. It decides what should run; the runtime knows what does.
namespace hive::lifecycle {

using runtime::Name;

enum class Role { agent, manager };
constexpr auto names(Of<Role>) {
  return words<Role>({{Role::agent, "agent"}, {Role::manager, "manager"}});
}
enum class Desired { running, stopped };
constexpr auto names(Of<Desired>) {
  return words<Desired>({{Desired::running, "running"}, {Desired::stopped, "stopped"}});
}
/// A lifecycle action in flight.
enum class Transient { spawning, starting, stopping, restarting, rebuilding, destroying };
constexpr auto names(Of<Transient>) {
  return words<Transient>({{Transient::spawning, "spawning"},
                           {Transient::starting, "starting"},
                           {Transient::stopping, "stopping"},
                           {Transient::restarting, "restarting"},
                           {Transient::rebuilding, "rebuilding"},
                           {Transient::destroying, "destroying"}});
}

/// Tells the agents that have had one name apart: 32 lowercase hexadecimal digits, random. It begins when an
/// agent is spawned and nothing is kept under its name, survives destroy and revive, and ends when its state
/// is purged. What is kept of an agent by its name (mail, commands, history) belongs to its incarnation, so
/// that the next agent of that name gets none of it.
using Incarnation = std::string;

struct Container {
  std::string name;
  Incarnation incarnation;
  Role role = Role::agent;
  runtime::State state = runtime::State::absent;
  Desired desired = Desired::stopped;
  std::optional<Transient> pending;
  Time since;
  std::optional<std::string> status;  // what the harness reported: idle, thinking, …
  std::optional<std::int64_t> turn;
  bool needs_login = false, needs_update = false;
  std::optional<std::string> deployed_sha, model, reason;
  std::optional<runtime::SandboxLevel> sandbox;
};
Fields fields(Of<Container>);
struct Containers {
  std::vector<Container> containers;
  LeftOut unreadable{};
};
Fields fields(Of<Containers>);

inline constexpr Method<None, Containers> kList{
    .name = "lifecycle.list",
    .callers = Who::operators | Who::manager | Who::plugins,
    .doc = "Every agent and how it is.",
    .tool =
        {.name = "list_agents",
         .description =
             "List every agent: its role and state, what it does now, its turn and model, and what is wrong with it.",
         .lines = "{name} ({role}): {state} since {since}[, {pending}][, {status}][, turn {turn}][, model {model}]"
                  "[, needs a login{needs_login?}][, needs an update{needs_update?}][: {reason}]",
         .effect = Effect::reads,
         .idempotent = true},
    .cli = {.alias = "list",
            .columns = "NAME=name STATE=state ACTION=pending DOING=status TURN=turn SINCE=since MODEL=model "
                       "SANDBOX=sandbox.level LOGIN=needs_login REASON=reason"}};

/// Answers of actions that take long: it is recorded; its end is `lifecycle.transient_cleared`.
struct Accepted {
  std::string name;
  Transient action = Transient::starting;
};
Fields fields(Of<Accepted>);
inline constexpr std::string_view kCleared = "lifecycle.transient_cleared";

struct Spawn {
  std::string name;
  std::optional<std::string> revision;
};
Fields fields(Of<Spawn>);
inline constexpr Method<Spawn, Accepted> kSpawn{.name = "lifecycle.spawn",
                                                .callers = Who::operators | Who::plugins,
                                                .doc = "Creates and starts an agent.",
                                                .cli = {.alias = "spawn", .positional = "name", .awaits = kCleared},
                                                .http = kNotFromPages};
inline constexpr Method<Name, Accepted> kStart{
    .name = "lifecycle.start",
    .callers = Who::operators | Who::manager | Who::plugins,
    .doc = "Starts a stopped agent.",
    .tool = {.name = "start",
             .description =
                 "Start a stopped agent; you cannot name yourself. It answers once this is noted. When it is done you "
                 "get a message of the system with the event `started`, whose `ok` and `error` say how it went.",
             .answer = "{name} is being started. The event `started` will tell you how it went.",
             .idempotent = true},
    .cli = {.alias = "start", .positional = "name", .awaits = kCleared},
    .http = {"POST", "/start/{name}"}};
inline constexpr Method<Name, Accepted> kStop{
    .name = "lifecycle.stop",
    .callers = Who::operators | Who::manager | Who::plugins,
    .doc = "Stops an agent; its state stays.",
    .tool = {.name = "kill",
             .description =
                 "Stop an agent, also in the middle of its turn; its state and mail stay. You cannot name yourself. It "
                 "answers once this is noted. When it is done you get a message of the system with the event `killed`, "
                 "whose `ok` and `error` say how it went.",
             .answer = "{name} is being stopped. The event `killed` will tell you how it went.",
             .effect = Effect::destroys,
             .idempotent = true},
    .cli = {.alias = "kill", .positional = "name", .awaits = kCleared},
    .http = {"POST", "/kill/{name}"}};
inline constexpr Method<Name, Accepted> kRestart{
    .name = "lifecycle.restart",
    .callers = Who::operators | Who::manager | Who::plugins,
    .doc = "Stops and starts an agent.",
    .tool =
        {.name = "restart",
         .description =
             "Stop and start an agent, also in the middle of its turn; its session, state and mail stay. You cannot "
             "name yourself. It answers once this is noted. When it is done you get a message of the system with "
             "the event `restarted`, whose `ok` and `error` say how it went.",
         .answer = "{name} is being restarted. The event `restarted` will tell you how it went.",
         .effect = Effect::destroys},
    .cli = {.alias = "restart", .positional = "name", .awaits = kCleared},
    .http = {"POST", "/restart/{name}"}};

struct Rebuild {
  std::string name;
  std::optional<std::string> revision;
};
Fields fields(Of<Rebuild>);
inline constexpr Method<Rebuild, Accepted> kRebuild{
    .name = "lifecycle.rebuild",
    .callers = Who::operators | Who::manager | Who::plugins,
    .doc = "Applies again everything that the host owns for this agent, after its turn.",
    .tool = {.name = "update",
             .description =
                 "Rebuild an agent from its deployed configuration, once its turn has ended; its state and mail stay. "
                 "You cannot name yourself. It answers once this is noted. When it is done you get a message of the "
                 "system with the event `rebuilt`, whose `ok` and `error` say how it went.",
             .answer = "{name} is being rebuilt. The event `rebuilt` will tell you how it went.",
             .idempotent = true},
    .cli = {.alias = "rebuild", .positional = "name", .awaits = kCleared},
    .http = {"POST", "/rebuild/{name}"}};
inline constexpr Method<None, Containers> kUpdateAll{.name = "lifecycle.update_all",
                                                     .callers = Who::operators,
                                                     .doc = "Rebuilds every agent that is behind; answers which.",
                                                     .http = {"POST", "/update-all"}};

struct Destroy {
  std::string name;
  bool purge = false, force = false;
};
Fields fields(Of<Destroy>);
inline constexpr Method<Destroy, Accepted> kDestroy{
    .name = "lifecycle.destroy",
    .callers = Who::operators,
    .doc = "Removes an agent; its state is kept unless purge.",
    .cli = {.alias = "destroy", .positional = "name", .awaits = kCleared},
    .http = {"POST", "/destroy/{name}"}};

struct Tombstone {
  std::string name;
  Incarnation incarnation;
  Time destroyed_at;
};
Fields fields(Of<Tombstone>);
struct Tombstones {
  std::vector<Tombstone> tombstones;
  LeftOut unreadable{};
};
Fields fields(Of<Tombstones>);
inline constexpr Method<None, Tombstones> kTombstones{.name = "lifecycle.tombstones",
                                                      .callers = Who::operators | Who::plugins,
                                                      .doc = "Kept state of destroyed agents.",
                                                      .cli = {.columns = "NAME=name DESTROYED=destroyed_at"}};
inline constexpr Method<Name, None> kPurgeTombstone{.name = "lifecycle.purge_tombstone",
                                                    .callers = Who::operators,
                                                    .doc = "Removes the kept state of a destroyed agent for good.",
                                                    .cli = {.positional = "name"},
                                                    .http = {"POST", "/purge-tombstone/{name}"},
                                                    .deadline = std::chrono::milliseconds(150'000)};

struct Finding {
  std::string subject, message;
  bool ok = false;
};
Fields fields(Of<Finding>);
struct Preflight {
  bool ok = false;
  std::vector<Finding> findings;
};
Fields fields(Of<Preflight>);
inline constexpr Method<Name, Preflight> kPreflight{
    .name = "lifecycle.preflight",
    .callers = Who::operators | Who::manager | Who::plugins,
    .doc = "Whether an agent of this name could be spawned or rebuilt, and what stands in the way.",
    .cli = {.positional = "name", .columns = "OK=ok CHECK=subject FOUND=message"}};
inline constexpr Method<None, None> kRescan{
    .name = "lifecycle.rescan",
    .callers = Who::plugins,
    .doc = "Compares a fresh listing with the last one and publishes what changed."};

struct ReadConfig {
  std::string name;
  std::optional<std::string> path;
};
Fields fields(Of<ReadConfig>);
struct ConfigFile {
  std::string path, text;
};
Fields fields(Of<ConfigFile>);
struct ConfigFiles {
  std::string revision;
  std::vector<ConfigFile> files;
};
Fields fields(Of<ConfigFiles>);
inline constexpr Method<ReadConfig, ConfigFiles> kConfig{.name = "lifecycle.config",
                                                         .callers = Who::operators | Who::manager | Who::plugins,
                                                         .doc = "The files of an agent's deployed configuration.",
                                                         .cli = {.positional = "name"},
                                                         .http = {"GET", "/api/agent-config/{name}"}};

struct TransientEvent {
  std::string name;
  Transient action = Transient::starting;
  bool ok = true;
  std::optional<std::string> error;
};
Fields fields(Of<TransientEvent>);
struct ContainerEvent {
  Container container;
};
Fields fields(Of<ContainerEvent>);
/// A row that is no more.
struct Gone {
  std::string name;
  Incarnation incarnation;
  bool purged = false;
};
Fields fields(Of<Gone>);

inline constexpr Who kWatchers = Who::operators | Who::manager | Who::plugins;
inline constexpr Event<TransientEvent> kTransientSet{"lifecycle.transient_set", kWatchers, "An action began."};
inline constexpr Event<TransientEvent> kTransientCleared{"lifecycle.transient_cleared", kWatchers, "An action ended."};
inline constexpr Event<ContainerEvent> kContainerChanged{"lifecycle.container_changed", kWatchers,
                                                         "Something that shows changed."};
inline constexpr Event<Gone> kContainerRemoved{"lifecycle.container_removed", kWatchers, "An agent was destroyed."};
inline constexpr Event<Tombstone> kTombstoneChanged{"lifecycle.tombstone_changed", kWatchers,
                                                    "State of a destroyed agent is kept."};
inline constexpr Event<Gone> kTombstoneRemoved{"lifecycle.tombstone_removed", kWatchers,
                                               "Kept state was purged or revived."};

}  // namespace hive::lifecycle
