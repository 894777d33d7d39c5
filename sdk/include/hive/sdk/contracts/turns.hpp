#pragma once
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
constexpr auto fields(Of<Usage>) {
  return shape(
      field<&Usage::input_tokens>("input_tokens", "input tokens of the turn").defaulted(),
      field<&Usage::output_tokens>("output_tokens", "output tokens of the turn").defaulted(),
      field<&Usage::cache_read_tokens>("cache_read_tokens", "tokens that the turn read from the cache").defaulted(),
      field<&Usage::cache_creation_tokens>("cache_creation_tokens", "tokens that the turn wrote to the cache")
          .defaulted());
}

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
constexpr auto fields(Of<Report>) {
  return shape(field<&Report::status>("status", "state of the connection to the model's vendor"),
               field<&Report::state>("state", "what the turn loop does"),
               field<&Report::since>("since", "when it began to do that"),
               field<&Report::turn>("turn", "number of the open turn, also between its attempts"),
               field<&Report::model>("model", "the model in use").max_bytes(128),
               field<&Report::context_tokens>("context_tokens", "tokens of context in the last model call")
                   .between(0, kMaxInteger),
               field<&Report::usage>("usage", "tokens of the last turn"),
               field<&Report::cost>("cost", "cost of the last turn, USD"),
               field<&Report::last_output_at>("last_output_at", "when the CLI last wrote a line"),
               field<&Report::rate_limited_until>("rate_limited_until", "when the vendor's limit resets"),
               field<&Report::retry_at>("retry_at", "when the turn that could not be run is tried again"),
               field<&Report::reason>("reason", "why turns wait").max_bytes(512),
               field<&Report::notes_bytes>("notes_bytes", "size of /state/notes.md").between(0, kMaxInteger));
}
inline constexpr Method<Report, None> kReport{.name = "turns.report",
                                              .callers = Who::manager | Who::agents,
                                              .doc = "One row an agent: what its harness does now."};

struct AgentTurns {
  std::string name;
  Report report;
};
constexpr auto fields(Of<AgentTurns>) {
  return shape(field<&AgentTurns::name>("name", "the agent's name"),
               field<&AgentTurns::report>("report", "its last report"));
}
struct AllTurns {
  std::vector<AgentTurns> agents;
  bool paused = false;
  std::vector<std::string> paused_agents;
};
constexpr auto fields(Of<AllTurns>) {
  return shape(field<&AllTurns::agents>("agents", "every agent with its last report, by name"),
               field<&AllTurns::paused>("paused", "true: the whole swarm is paused"),
               field<&AllTurns::paused_agents>("paused_agents", "names of the agents that are paused by themselves"));
}
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
constexpr auto fields(Of<Command>) {
  return shape(field<&Command::id>("id", "growing for an agent; `after` acknowledges it"),
               field<&Command::kind>("kind", "what to do"),
               field<&Command::model>("model", "the model to use (model only); absent: the configured one"),
               field<&Command::text>("text", "the message (operator_message only)"),
               field<&Command::until>("until", "when turns begin again (park only)"),
               field<&Command::turn>("turn", "the one turn to end (cancel only); another one goes on"),
               field<&Command::keep_days>("keep_days", "days that events are kept (sweep only)"),
               field<&Command::keep_rows>("keep_rows", "events that are kept at most (sweep only)"));
}
struct TakeCommands {
  std::int64_t after = 0;
  std::int64_t wait_seconds = 0;
};
constexpr auto fields(Of<TakeCommands>) {
  return shape(
      field<&TakeCommands::after>("after", "the last id that was acted on; those up to it are forgotten")
          .between(0, kMaxInteger),
      field<&TakeCommands::wait_seconds>("wait_seconds", "how long to wait for one").between(0, 180).defaulted());
}
struct Commands {
  std::vector<Command> commands;
};
constexpr auto fields(Of<Commands>) {
  return shape(field<&Commands::commands>("commands", "oldest first"));
}
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
constexpr auto fields(Of<GiveCommand>) {
  return shape(
      field<&GiveCommand::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
      field<&GiveCommand::kind>("kind", "what to do"),
      field<&GiveCommand::model>("model", "the model to use (model only); absent: the configured one").max_bytes(128),
      field<&GiveCommand::text>("text", "the message (operator_message only)").max_bytes(65'536),
      field<&GiveCommand::until>("until", "when turns begin again (park only)"),
      field<&GiveCommand::turn>("turn", "number of the turn to end (cancel only); absent: the open one")
          .between(1, kMaxInteger),
      field<&GiveCommand::key>("key", "idempotency key, unique per caller, kept 30 days").max_bytes(128));
}
struct Given {
  std::int64_t id = 0;
};
constexpr auto fields(Of<Given>) {
  return shape(field<&Given::id>("id", "id of the command"));
}
inline constexpr Method<GiveCommand, Given> kCommand{.name = "turns.command",
                                                     .callers = Who::operators | Who::plugins,
                                                     .doc = "Gives a harness a command; durable until taken.",
                                                     .cli = {.positional = "name kind"}};

struct PauseTarget {
  std::optional<std::string> name;
};
constexpr auto fields(Of<PauseTarget>) {
  return shape(
      field<&PauseTarget::name>("name", "an agent; absent: the whole swarm").matching(&is_agent_name, kAgentName));
}
inline constexpr Method<PauseTarget, None> kPause{.name = "turns.pause",
                                                  .callers = Who::operators,
                                                  .doc = "No new turns; messages queue.",
                                                  .cli = {.positional = "name"}};
inline constexpr Method<PauseTarget, None> kResume{
    .name = "turns.resume", .callers = Who::operators, .doc = "Turns begin again.", .cli = {.positional = "name"}};

/// What a harness asks before each turn.
struct Gate {
  bool paused = false;
};
constexpr auto fields(Of<Gate>) {
  return shape(field<&Gate::paused>("paused", "the agent or the swarm is paused: begin no turn"));
}
inline constexpr Method<None, Gate> kGate{
    .name = "turns.gate", .callers = Who::manager | Who::agents, .doc = "Whether the caller may begin a turn now."};

inline constexpr Event<AgentTurns> kChanged{"turns.changed", Who::operators | Who::plugins | Who::self,
                                            "Something that shows changed."};

}  // namespace hive::turns
