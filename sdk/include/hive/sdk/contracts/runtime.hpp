#pragma once
#include <hive/sdk/contracts/host.hpp>

/// Role `runtime`: builds, activates, starts and stops containers, one for an agent.
namespace hive::runtime {

enum class State { absent, stopped, starting, running, stopping, refused };
constexpr auto names(Of<State>) {
  return words<State>({{State::absent, "absent"},
                       {State::stopped, "stopped"},
                       {State::starting, "starting"},
                       {State::running, "running"},
                       {State::stopping, "stopping"},
                       {State::refused, "refused"}});
}
enum class Sandbox { full, partial, none };
constexpr auto names(Of<Sandbox>) {
  return words<Sandbox>({{Sandbox::full, "full"}, {Sandbox::partial, "partial"}, {Sandbox::none, "none"}});
}

struct Name {
  std::string name;
};
constexpr auto fields(Of<Name>) {
  return shape(field<&Name::name>("name", "name of the agent").matching(&is_agent_name, kAgentName));
}

struct SandboxLevel {
  Sandbox level = Sandbox::none;
  std::vector<std::string> reasons;
};
constexpr auto fields(Of<SandboxLevel>) {
  return shape(field<&SandboxLevel::level>("level", "what was applied at the last start"),
               field<&SandboxLevel::reasons>("reasons", "what is missing and which capability it wants"));
}

/// What one container is now. Looked up, never remembered.
struct Container {
  std::string name;
  State state = State::absent;
  Time since;
  std::optional<std::string> revision;  // generation that is active
  std::optional<SandboxLevel> sandbox;  // absent before the first start
  std::optional<std::string> reason;    // why it was refused, or how its last process ended
};
constexpr auto fields(Of<Container>) {
  return shape(field<&Container::name>("name", "the agent's name"),
               field<&Container::state>("state", "state of the container now"),
               field<&Container::since>("since", "when that state was first seen"),
               field<&Container::revision>("revision", "commit of the active configuration"),
               field<&Container::sandbox>("sandbox", "what confines it"),
               field<&Container::reason>("reason", "why it was refused or how it ended"));
}
struct Containers {
  std::vector<Container> containers;
};
constexpr auto fields(Of<Containers>) {
  return shape(field<&Containers::containers>("containers", "every container, by name"));
}

struct Prepare {
  std::string name;
  std::optional<std::string> revision;
};
constexpr auto fields(Of<Prepare>) {
  return shape(field<&Prepare::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
               field<&Prepare::revision>("revision", "commit in applied; absent: its main").max_bytes(64));
}
struct Prepared {
  std::string generation, revision;
  std::vector<std::string> notes{};
};
constexpr auto fields(Of<Prepared>) {
  return shape(field<&Prepared::generation>("generation", "what activate takes"),
               field<&Prepared::revision>("revision", "the commit that it was made from"),
               field<&Prepared::notes>("notes", "what whoever decides about it should know, a sentence each"));
}
struct Activate {
  std::string name, generation;
};
constexpr auto fields(Of<Activate>) {
  return shape(field<&Activate::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
               field<&Activate::generation>("generation", "generation, as prepare gave it").max_bytes(64));
}
struct Active {
  std::optional<std::string> generation, revision;
  std::optional<std::vector<std::string>> allowed_recipients;
};
constexpr auto fields(Of<Active>) {
  return shape(field<&Active::generation>("generation", "absent: none"),
               field<&Active::revision>("revision", "commit of that generation"),
               field<&Active::allowed_recipients>("allowed_recipients", "as in its agent.toml; empty: anyone"));
}
struct Stop {
  std::string name;
  std::int64_t grace_seconds = 20;
};
constexpr auto fields(Of<Stop>) {
  return shape(
      field<&Stop::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&Stop::grace_seconds>("grace_seconds", "time to end well before it is killed").between(0, 600).defaulted());
}
struct Destroy {
  std::string name;
  bool purge = false;
};
constexpr auto fields(Of<Destroy>) {
  return shape(field<&Destroy::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
               field<&Destroy::purge>("purge", "also its state, login, logs and repositories"));
}
struct ReadLogs {
  std::string name;
  std::optional<std::int64_t> after;
  std::int64_t lines = 200;
};
constexpr auto fields(Of<ReadLogs>) {
  return shape(field<&ReadLogs::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
               field<&ReadLogs::after>("after", "cursor of the last line that was read; absent: the newest lines")
                   .between(0, kMaxInteger),
               field<&ReadLogs::lines>("lines", "how many lines at most").between(1, 5'000).defaulted());
}
struct LogLine {
  std::int64_t cursor = 0;
  Time at;
  std::string stream, text;
};
constexpr auto fields(Of<LogLine>) {
  return shape(field<&LogLine::cursor>("cursor", "growing by one; a gap is what rotation took"),
               field<&LogLine::at>("at", "when the line was written"),
               field<&LogLine::stream>("stream", "out, err or supervisor"),
               field<&LogLine::text>("text", "at most 8 KiB"));
}
struct LogLines {
  std::vector<LogLine> lines;
  std::int64_t cursor = 0;
};
constexpr auto fields(Of<LogLines>) {
  return shape(field<&LogLines::lines>("lines", "oldest first"),
               field<&LogLines::cursor>("cursor", "cursor to ask the next lines with"));
}
struct LoginState {
  bool logged_in = false;
};
constexpr auto fields(Of<LoginState>) {
  return shape(field<&LoginState::logged_in>("logged_in", "a login file is there, or a credential is configured"));
}
struct Limits {
  std::int64_t name_bytes = 31;
};
constexpr auto fields(Of<Limits>) {
  return shape(field<&Limits::name_bytes>("name_bytes", "longest agent name that this runtime takes"));
}

inline constexpr std::chrono::milliseconds kBuildTime{7'200'000};
inline constexpr Method<Prepare, Prepared> kPrepare{
    .name = "runtime.prepare",
    .callers = Who::plugins,
    .doc = "Builds a generation from a commit of applied; what runs goes on.",
    .deadline = kBuildTime};
inline constexpr Method<Activate, None> kActivate{.name = "runtime.activate",
                                                  .callers = Who::plugins,
                                                  .doc = "Makes a generation the one that the next start uses.",
                                                  .deadline = kBuildTime};
inline constexpr Method<Activate, None> kDiscard{
    .name = "runtime.discard", .callers = Who::plugins, .doc = "Forgets a prepared generation that is not active."};
inline constexpr Method<Name, Active> kActive{
    .name = "runtime.active", .callers = Who::plugins, .doc = "Which generation is active."};
inline constexpr Method<Name, Container> kStart{
    .name = "runtime.start",
    .callers = Who::plugins,
    .doc = "Starts the container and answers when its process runs, or why it was refused.",
    .deadline = std::chrono::milliseconds(120'000)};
inline constexpr Method<Stop, Container> kStop{.name = "runtime.stop",
                                               .callers = Who::plugins,
                                               .doc = "Stops the container and answers when nothing of it is left.",
                                               .deadline = std::chrono::milliseconds(660'000)};
inline constexpr Method<Destroy, None> kDestroy{.name = "runtime.destroy",
                                                .callers = Who::plugins,
                                                .doc = "Removes a stopped container; its files stay unless purge.",
                                                .deadline = std::chrono::milliseconds(120'000)};
inline constexpr Method<None, Containers> kList{
    .name = "runtime.list", .callers = Who::plugins, .doc = "Every container that has a generation or runs."};
inline constexpr Method<Name, Container> kStatus{
    .name = "runtime.status", .callers = Who::plugins, .doc = "One container."};
inline constexpr Method<ReadLogs, LogLines> kLogs{
    .name = "runtime.logs", .callers = Who::plugins, .doc = "Output of the container's processes."};
inline constexpr Method<Name, LoginState> kLoginState{
    .name = "runtime.login_state", .callers = Who::plugins, .doc = "By fstat of the login file alone."};
inline constexpr Method<None, Limits> kLimits{
    .name = "runtime.limits", .callers = Who::plugins, .doc = "What names this runtime takes."};

inline constexpr Method<host_api::Stopping, None> kBeforeStop{
    .name = "runtime.before_stop",
    .callers = Who::plugins,
    .doc = "Called by the host when it ends: stops all agents if they are to stop too.",
    .deadline = host_api::kBeforeStopTime};

struct StateChanged {
  Container container;
};
constexpr auto fields(Of<StateChanged>) {
  return shape(field<&StateChanged::container>("container", "the container as it is now"));
}
struct Output {
  std::string name;
  std::int64_t cursor = 0;
};
constexpr auto fields(Of<Output>) {
  return shape(field<&Output::name>("name", "the agent's name"),
               field<&Output::cursor>("cursor", "cursor of the newest line"));
}
inline constexpr Event<StateChanged> kStateChanged{"runtime.state_changed", Who::plugins,
                                                   "A container started, ended or was refused."};
inline constexpr Event<Output> kOutput{"runtime.output", Who::plugins,
                                       "New lines can be read; at most one event in 200 ms for an agent."};

}  // namespace hive::runtime
