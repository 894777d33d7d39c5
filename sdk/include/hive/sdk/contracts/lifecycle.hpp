#pragma once
#include <hive/sdk/contracts/runtime.hpp>

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
constexpr auto fields(Of<Container>) {
  return shape(field<&Container::name>("name", "the agent's name"),
               field<&Container::incarnation>("incarnation", "tells it apart from other agents that had its name"),
               field<&Container::role>("role", "agent or manager"),
               field<&Container::state>("state", "what the runtime sees"),
               field<&Container::desired>("desired", "what should be"),
               field<&Container::pending>("pending", "the action in flight"),
               field<&Container::since>("since", "when that state was first seen"),
               field<&Container::status>("status", "turn state that the harness reported"),
               field<&Container::turn>("turn", "number of the open turn, also between its attempts"),
               field<&Container::needs_login>("needs_login", "no login and no credential is there"),
               field<&Container::needs_update>("needs_update", "it runs an older configuration than the deployed one"),
               field<&Container::deployed_sha>("deployed_sha", "commit of the configuration in use"),
               field<&Container::model>("model", "model in use"),
               field<&Container::reason>("reason", "why it does not run, or why its turn could not be run"),
               field<&Container::sandbox>("sandbox", "what confines it"));
}
struct Containers {
  std::vector<Container> containers;
};
constexpr auto fields(Of<Containers>) {
  return shape(field<&Containers::containers>("containers", "the manager first, then by name"));
}

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
constexpr auto fields(Of<Accepted>) {
  return shape(field<&Accepted::name>("name", "the agent's name"),
               field<&Accepted::action>("action", "the action now in flight"));
}
inline constexpr std::string_view kCleared = "lifecycle.transient_cleared";

struct Spawn {
  std::string name;
  std::optional<std::string> revision;
};
constexpr auto fields(Of<Spawn>) {
  return shape(field<&Spawn::name>("name", "name of the new agent").matching(&is_agent_name, kAgentName),
               field<&Spawn::revision>("revision", "prepared commit of an approval; absent: a new configuration")
                   .max_bytes(64)
                   .callers(Who::plugins));
}
inline constexpr Method<Spawn, Accepted> kSpawn{.name = "lifecycle.spawn",
                                                .callers = Who::operators | Who::plugins,
                                                .doc = "Creates and starts an agent.",
                                                .cli = {.alias = "spawn", .positional = "name", .awaits = kCleared}};
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
    .cli = {.alias = "start", .positional = "name", .awaits = kCleared}};
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
    .cli = {.alias = "kill", .positional = "name", .awaits = kCleared}};
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
    .cli = {.alias = "restart", .positional = "name", .awaits = kCleared}};

struct Rebuild {
  std::string name;
  std::optional<std::string> revision;
};
constexpr auto fields(Of<Rebuild>) {
  return shape(field<&Rebuild::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
               field<&Rebuild::revision>("revision", "prepared commit of an approval; absent: what is deployed")
                   .max_bytes(64)
                   .callers(Who::plugins));
}
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
    .cli = {.alias = "rebuild", .positional = "name", .awaits = kCleared}};
inline constexpr Method<None, Containers> kUpdateAll{.name = "lifecycle.update_all",
                                                     .callers = Who::operators,
                                                     .doc = "Rebuilds every agent that is behind; answers which."};

struct Destroy {
  std::string name;
  bool purge = false, force = false;
};
constexpr auto fields(Of<Destroy>) {
  return shape(field<&Destroy::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
               field<&Destroy::purge>("purge", "also its state, login, logs and repositories"),
               field<&Destroy::force>("force", "needed for the manager"));
}
inline constexpr Method<Destroy, Accepted> kDestroy{
    .name = "lifecycle.destroy",
    .callers = Who::operators,
    .doc = "Removes an agent; its state is kept unless purge.",
    .cli = {.alias = "destroy", .positional = "name", .awaits = kCleared}};

struct Tombstone {
  std::string name;
  Incarnation incarnation;
  Time destroyed_at;
};
constexpr auto fields(Of<Tombstone>) {
  return shape(field<&Tombstone::name>("name", "the agent's name"),
               field<&Tombstone::incarnation>("incarnation", "incarnation that an agent spawned from it goes on with"),
               field<&Tombstone::destroyed_at>("destroyed_at", "when the agent was destroyed"));
}
struct Tombstones {
  std::vector<Tombstone> tombstones;
};
constexpr auto fields(Of<Tombstones>) {
  return shape(field<&Tombstones::tombstones>("tombstones", "newest first"));
}
inline constexpr Method<None, Tombstones> kTombstones{.name = "lifecycle.tombstones",
                                                      .callers = Who::operators | Who::plugins,
                                                      .doc = "Kept state of destroyed agents.",
                                                      .cli = {.columns = "NAME=name DESTROYED=destroyed_at"}};
inline constexpr Method<Name, None> kPurgeTombstone{.name = "lifecycle.purge_tombstone",
                                                    .callers = Who::operators,
                                                    .doc = "Removes the kept state of a destroyed agent for good.",
                                                    .cli = {.positional = "name"},
                                                    .deadline = std::chrono::milliseconds(150'000)};

struct Finding {
  std::string subject, message;
  bool ok = false;
};
constexpr auto fields(Of<Finding>) {
  return shape(field<&Finding::subject>("subject", "what was looked at"),
               field<&Finding::message>("message", "what was found and what to do"),
               field<&Finding::ok>("ok", "nothing stands in the way"));
}
struct Preflight {
  bool ok = false;
  std::vector<Finding> findings;
};
constexpr auto fields(Of<Preflight>) {
  return shape(field<&Preflight::ok>("ok", "true: every finding is ok"),
               field<&Preflight::findings>("findings", "one for each check"));
}
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
constexpr auto fields(Of<ReadConfig>) {
  return shape(field<&ReadConfig::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
               field<&ReadConfig::path>("path", "one file; absent: all of them").max_bytes(1'024));
}
struct ConfigFile {
  std::string path, text;
};
constexpr auto fields(Of<ConfigFile>) {
  return shape(field<&ConfigFile::path>("path", "path in the repository"), field<&ConfigFile::text>("text", "content"));
}
struct ConfigFiles {
  std::string revision;
  std::vector<ConfigFile> files;
};
constexpr auto fields(Of<ConfigFiles>) {
  return shape(field<&ConfigFiles::revision>("revision", "commit of applied main"),
               field<&ConfigFiles::files>("files", "agent.toml and agent.nix first"));
}
inline constexpr Method<ReadConfig, ConfigFiles> kConfig{.name = "lifecycle.config",
                                                         .callers = Who::operators | Who::manager | Who::plugins,
                                                         .doc = "The files of an agent's deployed configuration.",
                                                         .cli = {.positional = "name"}};

struct TransientEvent {
  std::string name;
  Transient action = Transient::starting;
  bool ok = true;
  std::optional<std::string> error;
};
constexpr auto fields(Of<TransientEvent>) {
  return shape(
      field<&TransientEvent::name>("name", "the agent's name"), field<&TransientEvent::action>("action", "the action"),
      field<&TransientEvent::ok>("ok", "true: the action did what was asked; while it is in flight this means nothing"),
      field<&TransientEvent::error>("error", "why the action failed"));
}
struct ContainerEvent {
  Container container;
};
constexpr auto fields(Of<ContainerEvent>) {
  return shape(field<&ContainerEvent::container>("container", "the row as it is now"));
}
/// A row that is no more.
struct Gone {
  std::string name;
  Incarnation incarnation;
  bool purged = false;
};
constexpr auto fields(Of<Gone>) {
  return shape(field<&Gone::name>("name", "the agent's name"),
               field<&Gone::incarnation>("incarnation", "incarnation of that agent"),
               field<&Gone::purged>("purged", "its state is gone too and its incarnation has ended"));
}

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
