#pragma once
#include <hive/sdk/contracts/turns.hpp>

/// The agent's own socket, `run/agents/<name>/page/page.sock`: what its page shows. The harness serves it, so
/// what comes is written by an agent: whoever passes it on bounds and decodes it. The lines are those of every
/// socket; these methods are asked there, never of the host.
namespace hive::page {

inline constexpr std::string_view kFolder = "page", kSocket = "page.sock";

/// Whose choice the model of the next turn is.
enum class ModelFrom { choice, configuration, built_in };
constexpr auto names(Of<ModelFrom>) {
  return words<ModelFrom>(
      {{ModelFrom::choice, "choice"}, {ModelFrom::configuration, "configuration"}, {ModelFrom::built_in, "built_in"}});
}
struct Model {
  std::string name;
  ModelFrom from = ModelFrom::built_in;
  std::optional<Time> since;
  std::optional<std::string> in_use;
};
constexpr auto fields(Of<Model>) {
  return shape(field<&Model::name>("name", "model of the next turn").max_bytes(256),
               field<&Model::from>("from", "who chose it"), field<&Model::since>("since", "when it was chosen"),
               field<&Model::in_use>("in_use", "model of the last run, when that is another one: the choice is queued")
                   .max_bytes(256));
}

/// What the CLI shows to the vendor: a configured key or token, or a login file. refused: not until it changes.
enum class Login { none, key, token, file, refused };
constexpr auto names(Of<Login>) {
  return words<Login>({{Login::none, "none"},
                       {Login::key, "key"},
                       {Login::token, "token"},
                       {Login::file, "file"},
                       {Login::refused, "refused"}});
}

struct Typed {
  std::int64_t id = 0;
  Time at;
  std::string text;
};
constexpr auto fields(Of<Typed>) {
  return shape(field<&Typed::id>("id", "id of the command that brought the message"),
               field<&Typed::at>("at", "when the message came"),
               field<&Typed::text>("text", "beginning of the message"));
}
/// What waits for the next turn.
struct Queue {
  std::vector<Typed> typed;
  std::int64_t typed_count = 0, mail = 0;
  std::optional<Time> compact_since, new_session_since;
};
constexpr auto fields(Of<Queue>) {
  return shape(field<&Queue::typed>("typed", "the operator's messages from the page, the oldest 32"),
               field<&Queue::typed_count>("typed_count", "how many such messages there are"),
               field<&Queue::mail>("mail", "messages that were left at the broker by the last look"),
               field<&Queue::compact_since>("compact_since", "when compacting was asked for"),
               field<&Queue::new_session_since>("new_session_since", "when a new session was asked for"));
}

struct State {
  std::string epoch;
  std::int64_t seq = 0;
  bool has_store = false;
  turns::Report report;
  Model model;
  Login login = Login::none;
  Queue queue;
  std::optional<std::int64_t> context_window, last_turn_ms;
  std::optional<double> spent_today;
};
constexpr auto fields(Of<State>) {
  return shape(field<&State::epoch>("epoch", "epoch of the events"),
               field<&State::seq>("seq", "seq of the newest event that is in this state; 0: none"),
               field<&State::has_store>("has_store", "events are kept; without it history is what is in memory"),
               field<&State::report>("report", "the report as the host has it"),
               field<&State::model>("model", "model of the turns"),
               field<&State::login>("login", "what it is logged in with"), field<&State::queue>("queue", "what waits"),
               field<&State::context_window>("context_window", "tokens that the model of the last run can hold"),
               field<&State::last_turn_ms>("last_turn_ms", "how long the last turn took"),
               field<&State::spent_today>("spent_today", "USD since midnight UTC, by the vendor's list"));
}
inline constexpr Method<None, State> kState{
    .name = "page.state", .callers = Who::plugins, .doc = "Everything that the badges of the page show."};

/// One thing that happened. Its payload by kind: stream: a line of the CLI, as it stands; turn_start: TurnStart;
/// turn_end: TurnEnd; note: Note; model_changed: Model; token_usage_changed: TokenUsage; status_changed {status};
/// turn_state_changed: turns::Report. A payload over 512 KiB has its longest texts cut; of one that cannot be made
/// to fit, or is nested more than 24 deep, {type: "clipped", bytes, head} is left.
struct LiveEvent {
  std::string epoch;
  std::int64_t seq = 0;
  Time at;
  std::optional<std::int64_t> turn;
  std::string kind;
  json::value payload;
};
constexpr auto fields(Of<LiveEvent>) {
  return shape(field<&LiveEvent::epoch>("epoch", "one life of the store; in another one numbers mean something else")
                   .max_bytes(64),
               field<&LiveEvent::seq>("seq", "growing by one").between(1, kMaxInteger),
               field<&LiveEvent::at>("at", "when the event happened"),
               field<&LiveEvent::turn>("turn", "number of the turn that the event is about"),
               field<&LiveEvent::kind>("kind", "what the payload is").max_bytes(64),
               field<&LiveEvent::payload>("payload", "what happened; its form depends on kind"));
}
/// Of `events.subscribe` on this socket.
inline constexpr Event<LiveEvent> kEvent{"page.event", Who::plugins, "A turn of the agent, as it happens."};

struct History {
  std::optional<std::int64_t> before;
  std::int64_t limit = 200;
};
constexpr auto fields(Of<History>) {
  return shape(
      field<&History::before>("before", "a seq; absent: the newest events").between(1, kMaxInteger),
      field<&History::limit>("limit", "events at most; fewer where they are long").between(1, 500).defaulted());
}
struct EventPage {
  std::string epoch;
  std::vector<LiveEvent> events;
  bool more = false;
};
constexpr auto fields(Of<EventPage>) {
  return shape(field<&EventPage::epoch>("epoch", "epoch of the events").max_bytes(64),
               field<&EventPage::events>("events", "oldest first"),
               field<&EventPage::more>("more", "there are older ones"));
}
inline constexpr Method<History, EventPage> kHistory{
    .name = "page.history", .callers = Who::plugins, .doc = "A page of past events, from the newest back."};

struct Subscribe {
  std::optional<std::string> since;
};
constexpr auto fields(Of<Subscribe>) {
  return shape(field<&Subscribe::since>("since", "epoch-seq of the last event that was seen; absent: from now on")
                   .max_bytes(96));
}
struct Subscribed {
  std::string stamp;
};
constexpr auto fields(Of<Subscribed>) {
  return shape(field<&Subscribed::stamp>("stamp", "epoch-seq after which events come"));
}
/// not_found: those events are no longer in memory, or of another epoch; take the state and history.
inline constexpr Method<Subscribe, Subscribed> kSubscribe{
    .name = "events.subscribe", .callers = Who::plugins, .doc = "Makes the connection a stream of page.event."};

struct TurnStart {
  std::int64_t turn = 0;
  std::string prompt, model;
  bool new_session = false;
};
constexpr auto fields(Of<TurnStart>) {
  return shape(field<&TurnStart::turn>("turn", "number of the turn"),
               field<&TurnStart::prompt>("prompt", "the wake prompt"),
               field<&TurnStart::model>("model", "model that the turn runs with"),
               field<&TurnStart::new_session>("new_session", "the conversation before it was dropped"));
}
struct TurnEnd {
  std::int64_t turn = 0;
  std::string result, reason;
  std::int64_t duration_ms = 0;
};
constexpr auto fields(Of<TurnEnd>) {
  return shape(
      field<&TurnEnd::turn>("turn", "number of the turn"),
      field<&TurnEnd::result>("result", "ok, unknown, failed, prompt_too_long, cancelled, rate_limited, budget"),
      field<&TurnEnd::reason>("reason", "one line; empty when ok"),
      field<&TurnEnd::duration_ms>("duration_ms", "how long the turn took"));
}
/// Something to be read by people. A command that was taken says its kind and id; `typed` is what the operator typed.
struct Note {
  std::string text;
  std::optional<turns::CommandKind> command;
  std::optional<std::int64_t> id;
  std::optional<std::string> typed;
};
constexpr auto fields(Of<Note>) {
  return shape(field<&Note::text>("text", "one sentence"),
               field<&Note::command>("command", "kind of the command that was taken"),
               field<&Note::id>("id", "id of that command"),
               field<&Note::typed>("typed", "what the operator typed (operator_message only)"));
}
struct TokenUsage {
  std::int64_t input_tokens = 0, output_tokens = 0, cache_read_tokens = 0, cache_creation_tokens = 0;
  std::optional<std::int64_t> context_tokens, context_window;
  double cost = 0;
};
constexpr auto fields(Of<TokenUsage>) {
  return shape(
      field<&TokenUsage::input_tokens>("input_tokens", "input tokens of the run"),
      field<&TokenUsage::output_tokens>("output_tokens", "output tokens of the run"),
      field<&TokenUsage::cache_read_tokens>("cache_read_tokens", "tokens that the run read from the cache"),
      field<&TokenUsage::cache_creation_tokens>("cache_creation_tokens", "tokens that the run wrote to the cache"),
      field<&TokenUsage::context_tokens>("context_tokens", "tokens of context in the last model call"),
      field<&TokenUsage::context_window>("context_window", "tokens that the model can hold"),
      field<&TokenUsage::cost>("cost", "cost of the run, USD"));
}

struct ByPeer {
  std::int64_t peer = 0, operators = 0, manager = 0, system = 0;
};
constexpr auto fields(Of<ByPeer>) {
  return shape(field<&ByPeer::peer>("peer", "other agents"), field<&ByPeer::operators>("operator", "the operator"),
               field<&ByPeer::manager>("manager", "the manager"), field<&ByPeer::system>("system", "the hive itself"));
}
using ToolCounts = std::map<std::string, std::int64_t>;
/// One run of the CLI, as it is kept for statistics.
struct TurnStat {
  std::int64_t id = 0;
  Time started_at, ended_at;
  std::int64_t duration_ms = 0;
  std::string model, wake_from, result_kind, note;
  turns::Usage usage;
  double cost_usd = 0;
  std::int64_t context_window = 0, tool_call_count = 0;
  ToolCounts tool_calls;
  ByPeer received, sent;
  std::optional<std::int64_t> open_threads, open_reminders, inbox_depth;
  bool compacted = false;
  std::string session_id;
  std::int64_t num_turns = 0;
};
constexpr auto fields(Of<TurnStat>) {
  return shape(field<&TurnStat::id>("id", "growing"), field<&TurnStat::started_at>("started_at", "when the run began"),
               field<&TurnStat::ended_at>("ended_at", "when the run ended"),
               field<&TurnStat::duration_ms>("duration_ms", "how long the run took by the monotonic clock"),
               field<&TurnStat::model>("model", "model that the run used"),
               field<&TurnStat::wake_from>("wake_from", "sender of its first message"),
               field<&TurnStat::result_kind>("result_kind", "as in TurnEnd"),
               field<&TurnStat::note>("note", "why, when it is not ok"), field<&TurnStat::usage>("usage", "tokens"),
               field<&TurnStat::cost_usd>("cost_usd", "cost by the vendor's list"),
               field<&TurnStat::context_window>("context_window", "tokens that the model can hold"),
               field<&TurnStat::tool_call_count>("tool_call_count", "calls of all tools together"),
               field<&TurnStat::tool_calls>("tool_calls", "calls of each tool"),
               field<&TurnStat::received>("received", "messages of the wake prompt, by sender"),
               field<&TurnStat::sent>("sent", "messages, by recipient"),
               field<&TurnStat::open_threads>("open_threads", "after it; absent: not known"),
               field<&TurnStat::open_reminders>("open_reminders", "after it; absent: not known"),
               field<&TurnStat::inbox_depth>("inbox_depth", "messages left when it began; absent: not known"),
               field<&TurnStat::compacted>("compacted", "the session was compacted in it"),
               field<&TurnStat::session_id>("session_id", "id of the CLI's session"),
               field<&TurnStat::num_turns>("num_turns", "model turns that the CLI counted"));
}
struct StatsQuery {
  std::optional<Time> since;
  std::optional<std::int64_t> before;
  std::int64_t limit = 500;
};
constexpr auto fields(Of<StatsQuery>) {
  return shape(
      field<&StatsQuery::since>("since", "only runs that began then or later"),
      field<&StatsQuery::before>("before", "an id; absent: the newest").between(1, kMaxInteger),
      field<&StatsQuery::limit>("limit", "rows at most; fewer where they are long").between(1, 500).defaulted());
}
struct Stats {
  std::vector<TurnStat> turns;
  bool more = false;
};
constexpr auto fields(Of<Stats>) {
  return shape(field<&Stats::turns>("turns", "oldest first"), field<&Stats::more>("more", "there are older ones"));
}
inline constexpr Method<StatsQuery, Stats> kStats{
    .name = "page.stats", .callers = Who::plugins, .doc = "Past turns in figures, from the newest back."};

}  // namespace hive::page
