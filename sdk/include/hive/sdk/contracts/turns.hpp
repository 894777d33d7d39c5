#pragma once
#include <hive/sdk/contracts/unreadable.hpp>
#include <hive/sdk/method.hpp>

/// Role `turns`: what harnesses report, and commands for them.
namespace hive::turns {

enum class TurnState {
  starting,
  needs_login,
  idle,
  thinking,
  compacting,
  rate_limited,
  retrying,
  over_budget,
  paused,
  stopping
};
constexpr auto names(Of<TurnState>) {
  return words<TurnState>({{TurnState::starting, "starting"},
                           {TurnState::needs_login, "needs_login"},
                           {TurnState::idle, "idle"},
                           {TurnState::thinking, "thinking"},
                           {TurnState::compacting, "compacting"},
                           {TurnState::rate_limited, "rate_limited"},
                           {TurnState::retrying, "retrying"},
                           {TurnState::over_budget, "over_budget"},
                           {TurnState::paused, "paused"},
                           {TurnState::stopping, "stopping"}});
}
enum class Status { online, needs_login_idle, needs_login_in_progress, offline };
constexpr auto names(Of<Status>) {
  return words<Status>({{Status::online, "online"},
                        {Status::needs_login_idle, "needs_login_idle"},
                        {Status::needs_login_in_progress, "needs_login_in_progress"},
                        {Status::offline, "offline"}});
}

struct Usage {
  std::int64_t input_tokens = 0, output_tokens = 0, cache_read_tokens = 0, cache_creation_tokens = 0;
};
Fields fields(Of<Usage>);

struct Report {
  Status status = Status::online;
  TurnState state = TurnState::starting;
  Time since;
  std::optional<std::int64_t> turn;
  std::string model;
  std::optional<std::int64_t> context_tokens;
  std::optional<Usage> usage;
  std::optional<double> cost;
  std::optional<Time> last_output_at, rate_limited_until, retry_at;
  std::optional<std::string> reason;
  std::optional<std::int64_t> notes_bytes;
};
Fields fields(Of<Report>);
inline constexpr Method<Report, None> kReport{.name = "turns.report",
                                              .callers = Who::manager | Who::agents,
                                              .doc = "One row an agent: what its harness does now."};

struct AgentTurns {
  std::string name;
  Report report;
};
Fields fields(Of<AgentTurns>);
struct AllTurns {
  std::vector<AgentTurns> agents;
  bool paused = false;
  std::vector<std::string> paused_agents;
  LeftOut unreadable{};
};
Fields fields(Of<AllTurns>);
inline constexpr Method<None, AllTurns> kList{
    .name = "turns.list",
    .callers = Who::operators | Who::plugins,
    .doc = "The last report of each agent.",
    .cli = {.columns = "NAME=name STATE=report.state LOGIN=report.status TURN=report.turn SINCE=report.since "
                       "MODEL=report.model CONTEXT=report.context_tokens COST=report.cost"}};

enum class CommandKind { cancel, compact, new_session, model, pause, resume, park, sweep, operator_message };
constexpr auto names(Of<CommandKind>) {
  return words<CommandKind>({{CommandKind::cancel, "cancel"},
                             {CommandKind::compact, "compact"},
                             {CommandKind::new_session, "new_session"},
                             {CommandKind::model, "model"},
                             {CommandKind::pause, "pause"},
                             {CommandKind::resume, "resume"},
                             {CommandKind::park, "park"},
                             {CommandKind::sweep, "sweep"},
                             {CommandKind::operator_message, "operator_message"}});
}
struct Command {
  std::int64_t id = 0;
  CommandKind kind = CommandKind::cancel;
  std::optional<std::string> model, text;
  std::optional<Time> until;
  std::optional<std::int64_t> turn, keep_days, keep_rows;
};
Fields fields(Of<Command>);
struct TakeCommands {
  std::int64_t after = 0;
  std::int64_t wait_seconds = 0;
};
Fields fields(Of<TakeCommands>);
struct Commands {
  std::vector<Command> commands;
};
Fields fields(Of<Commands>);
inline constexpr Method<TakeCommands, Commands> kCommands{
    .name = "turns.commands",
    .callers = Who::manager | Who::agents,
    .doc = "Long poll for commands; they are kept until acknowledged.",
    .deadline = std::chrono::milliseconds(185'000)};

struct GiveCommand {
  std::string name;
  CommandKind kind = CommandKind::cancel;
  std::optional<std::string> model, text;
  std::optional<Time> until;
  std::optional<std::int64_t> turn;
  std::optional<std::string> key;
};
Fields fields(Of<GiveCommand>);
struct Given {
  std::int64_t id = 0;
};
Fields fields(Of<Given>);
inline constexpr Routes kCommandRoutes{
    Route{.verb = "POST", .path = "/agent/{name}/send", .with = "kind=operator_message"},
    Route{.verb = "POST", .path = "/agent/{name}/api/cancel", .with = "kind=cancel"},
    Route{.verb = "POST", .path = "/agent/{name}/api/compact", .with = "kind=compact"},
    Route{.verb = "POST", .path = "/agent/{name}/api/model", .with = "kind=model"},
    Route{.verb = "POST", .path = "/agent/{name}/api/new-session", .with = "kind=new_session"}};
inline constexpr Method<GiveCommand, Given> kCommand{.name = "turns.command",
                                                     .callers = Who::operators | Who::plugins,
                                                     .doc = "Gives a harness a command; durable until taken.",
                                                     .cli = {.positional = "name kind"},
                                                     .http = kCommandRoutes};

struct PauseTarget {
  std::optional<std::string> name;
};
Fields fields(Of<PauseTarget>);
inline constexpr Method<PauseTarget, None> kPause{.name = "turns.pause",
                                                  .callers = Who::operators,
                                                  .doc = "No new turns; messages queue.",
                                                  .cli = {.positional = "name"},
                                                  .http = {"POST", "/pause"}};
inline constexpr Method<PauseTarget, None> kResume{.name = "turns.resume",
                                                   .callers = Who::operators,
                                                   .doc = "Turns begin again.",
                                                   .cli = {.positional = "name"},
                                                   .http = {"POST", "/resume"}};

/// What a harness asks before each turn.
struct Gate {
  bool paused = false;
};
Fields fields(Of<Gate>);
inline constexpr Method<None, Gate> kGate{
    .name = "turns.gate", .callers = Who::manager | Who::agents, .doc = "Whether the caller may begin a turn now."};

inline constexpr Event<AgentTurns> kChanged{"turns.changed", Who::operators | Who::plugins | Who::self,
                                            "Something that shows changed."};

}  // namespace hive::turns
