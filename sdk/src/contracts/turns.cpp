#include <hive/sdk/contracts/turns.hpp>

namespace hive::turns {

Fields fields(Of<Usage>) {
  static constexpr auto kShape = shape(
      field<&Usage::input_tokens>("input_tokens", "input tokens of the turn").defaulted(),
      field<&Usage::output_tokens>("output_tokens", "output tokens of the turn").defaulted(),
      field<&Usage::cache_read_tokens>("cache_read_tokens", "tokens that the turn read from the cache").defaulted(),
      field<&Usage::cache_creation_tokens>("cache_creation_tokens", "tokens that the turn wrote to the cache")
          .defaulted());
  return kShape;
}

Fields fields(Of<Report>) {
  static constexpr auto kShape =
      shape(field<&Report::status>("status", "state of the connection to the model's vendor"),
            field<&Report::state>("state", "what the turn loop does now"),
            field<&Report::since>("since", "when the turn loop began to do that"),
            field<&Report::turn>("turn", "number of the open turn, also between its attempts"),
            field<&Report::model>("model", "model that is in use").max_bytes(128),
            field<&Report::context_tokens>("context_tokens", "tokens of context in the last model call")
                .between(0, kMaxInteger),
            field<&Report::usage>("usage", "tokens of the last turn"),
            field<&Report::cost>("cost", "US dollars that the last turn cost"),
            field<&Report::last_output_at>("last_output_at", "when the CLI last wrote a line"),
            field<&Report::rate_limited_until>("rate_limited_until", "when the vendor's limit resets"),
            field<&Report::retry_at>("retry_at", "when the turn that could not be run is tried again"),
            field<&Report::reason>("reason", "why turns have to wait").max_bytes(512),
            field<&Report::notes_bytes>("notes_bytes", "bytes of the file /state/notes.md").between(0, kMaxInteger));
  return kShape;
}

Fields fields(Of<AgentTurns>) {
  static constexpr auto kShape = shape(field<&AgentTurns::name>("name", "the agent's name"),
                                       field<&AgentTurns::report>("report", "what the agent's harness reported last"));
  return kShape;
}

Fields fields(Of<AllTurns>) {
  static constexpr auto kShape =
      shape(field<&AllTurns::agents>("agents", "every agent with its last report, by name"),
            field<&AllTurns::paused>("paused", "true: the whole swarm is paused"),
            field<&AllTurns::paused_agents>("paused_agents", "names of the agents that are paused one by one"),
            left_out<&AllTurns::unreadable>());
  return kShape;
}

Fields fields(Of<Command>) {
  static constexpr auto kShape =
      shape(field<&Command::id>("id", "number of the command; later commands of the agent have larger ones"),
            field<&Command::kind>("kind", "kind of the command: what the harness has to do"),
            field<&Command::model>("model", "model to use (model only); absent: the configured one"),
            field<&Command::text>("text", "text of the message (operator_message only)"),
            field<&Command::until>("until", "time until which no turn begins (park only)"),
            field<&Command::turn>("turn", "number of the turn to end (cancel only); another turn goes on"),
            field<&Command::keep_days>("keep_days", "days that events are kept at most (sweep only)"),
            field<&Command::keep_rows>("keep_rows", "number of events that are kept at most (sweep only)"));
  return kShape;
}

Fields fields(Of<TakeCommands>) {
  static constexpr auto kShape =
      shape(field<&TakeCommands::after>(
                "after", "id of the last command that was acted on; it and those before it are forgotten")
                .between(0, kMaxInteger),
            field<&TakeCommands::wait_seconds>("wait_seconds", "seconds to wait for a command when none is there")
                .between(0, 180)
                .defaulted());
  return kShape;
}

Fields fields(Of<Commands>) {
  static constexpr auto kShape =
      shape(field<&Commands::commands>("commands", "commands for the harness, oldest first"));
  return kShape;
}

Fields fields(Of<GiveCommand>) {
  static constexpr auto kShape =
      shape(field<&GiveCommand::name>("name", "the agent's name").matching(&is_agent_name, kAgentName),
            field<&GiveCommand::kind>("kind", "kind of the command: what the harness has to do"),
            field<&GiveCommand::model>("model", "model to use (model only); absent: the configured one").max_bytes(128),
            field<&GiveCommand::text>("text", "text of the message (operator_message only)").max_bytes(65'536),
            field<&GiveCommand::until>("until", "time until which no turn begins (park only)"),
            field<&GiveCommand::turn>("turn", "number of the turn to end (cancel only); absent: the open one")
                .between(1, kMaxInteger),
            field<&GiveCommand::key>("key", "idempotency key of the command, unique for each caller, kept 30 days")
                .max_bytes(128));
  return kShape;
}

Fields fields(Of<Given>) {
  static constexpr auto kShape = shape(field<&Given::id>("id", "id of the command"));
  return kShape;
}

Fields fields(Of<PauseTarget>) {
  static constexpr auto kShape = shape(field<&PauseTarget::name>("name", "name of an agent; absent: the whole swarm")
                                           .matching(&is_agent_name, kAgentName));
  return kShape;
}

Fields fields(Of<Gate>) {
  static constexpr auto kShape =
      shape(field<&Gate::paused>("paused", "true: the agent or the whole swarm is paused, and no turn may begin"));
  return kShape;
}

}  // namespace hive::turns
