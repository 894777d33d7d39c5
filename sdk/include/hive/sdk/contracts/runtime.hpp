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
Fields fields(Of<Name>);

struct SandboxLevel {
  Sandbox level = Sandbox::none;
  std::vector<std::string> reasons;
};
Fields fields(Of<SandboxLevel>);

/// What one container is now. Looked up, never remembered.
struct Container {
  std::string name;
  State state = State::absent;
  Time since;
  std::optional<std::string> revision;  // generation that is active
  std::optional<SandboxLevel> sandbox;  // absent before the first start
  std::optional<std::string> reason;    // why it was refused, or how its last process ended
};
Fields fields(Of<Container>);
struct Containers {
  std::vector<Container> containers;
};
Fields fields(Of<Containers>);

struct Prepare {
  std::string name;
  std::optional<std::string> revision;
};
Fields fields(Of<Prepare>);
struct Prepared {
  std::string generation, revision;
  std::vector<std::string> notes{};
};
Fields fields(Of<Prepared>);
struct Activate {
  std::string name, generation;
};
Fields fields(Of<Activate>);
struct Active {
  std::optional<std::string> generation, revision;
  std::optional<std::vector<std::string>> allowed_recipients;
};
Fields fields(Of<Active>);
struct Stop {
  std::string name;
  std::int64_t grace_seconds = 20;
};
Fields fields(Of<Stop>);
struct Destroy {
  std::string name;
  bool purge = false;
};
Fields fields(Of<Destroy>);
struct ReadLogs {
  std::string name;
  std::optional<std::int64_t> after;
  std::int64_t lines = 200;
};
Fields fields(Of<ReadLogs>);
struct LogLine {
  std::int64_t cursor = 0;
  Time at;
  std::string stream, text;
};
Fields fields(Of<LogLine>);
struct LogLines {
  std::vector<LogLine> lines;
  std::int64_t cursor = 0;
};
Fields fields(Of<LogLines>);
struct LoginState {
  bool logged_in = false;
};
Fields fields(Of<LoginState>);
struct Limits {
  std::int64_t name_bytes = 31;
};
Fields fields(Of<Limits>);

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
Fields fields(Of<StateChanged>);
struct Output {
  std::string name;
  std::int64_t cursor = 0;
};
Fields fields(Of<Output>);
inline constexpr Event<StateChanged> kStateChanged{"runtime.state_changed", Who::plugins,
                                                   "A container started, ended or was refused."};
inline constexpr Event<Output> kOutput{"runtime.output", Who::plugins,
                                       "New lines can be read; at most one event in 200 ms for an agent."};

}  // namespace hive::runtime
