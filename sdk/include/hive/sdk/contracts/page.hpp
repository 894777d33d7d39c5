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
Fields fields(Of<Model>);

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
Fields fields(Of<Typed>);
/// What waits for the next turn.
struct Queue {
  std::vector<Typed> typed;
  std::int64_t typed_count = 0, mail = 0;
  std::optional<Time> compact_since, new_session_since;
};
Fields fields(Of<Queue>);

struct ByPeer {
  std::int64_t peer = 0, operators = 0, manager = 0, system = 0;
};
Fields fields(Of<ByPeer>);
using ToolCounts = std::map<std::string, std::int64_t>;
/// One run of the CLI in figures: what the statistics keep, and what reports and events say of it.
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
Fields fields(Of<TurnStat>);

struct State {
  std::string epoch;
  std::int64_t seq = 0;
  bool has_store = false;
  turns::Report report;
  Model model;
  Login login = Login::none;
  Queue queue;
  std::optional<TurnStat> last_turn;
  std::optional<double> spent_today;
};
Fields fields(Of<State>);
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
Fields fields(Of<LiveEvent>);
/// Of `events.subscribe` on this socket.
inline constexpr Event<LiveEvent> kEvent{"page.event", Who::plugins, "A turn of the agent, as it happens."};

struct History {
  std::optional<std::int64_t> before;
  std::int64_t limit = 200;
};
Fields fields(Of<History>);
struct EventPage {
  std::string epoch;
  std::vector<LiveEvent> events;
  bool more = false;
  LeftOut unreadable{};
};
Fields fields(Of<EventPage>);
inline constexpr Method<History, EventPage> kHistory{
    .name = "page.history", .callers = Who::plugins, .doc = "A page of past events, from the newest back."};

struct Subscribe {
  std::optional<std::string> since;
};
Fields fields(Of<Subscribe>);
struct Subscribed {
  std::string stamp;
};
Fields fields(Of<Subscribed>);
/// not_found: those events are no longer in memory, or of another epoch; take the state and history.
inline constexpr Method<Subscribe, Subscribed> kSubscribe{
    .name = "events.subscribe", .callers = Who::plugins, .doc = "Makes the connection a stream of page.event."};

struct TurnStart {
  std::int64_t turn = 0;
  std::string prompt, model;
  bool new_session = false;
};
Fields fields(Of<TurnStart>);
struct TurnEnd {
  std::int64_t turn = 0;
  std::string result, reason;
  std::int64_t duration_ms = 0;
  TurnStat stat;
};
Fields fields(Of<TurnEnd>);
/// Something to be read by people. A command that was taken says its kind and id; `typed` is what the operator typed.
struct Note {
  std::string text;
  std::optional<turns::CommandKind> command;
  std::optional<std::int64_t> id;
  std::optional<std::string> typed;
};
Fields fields(Of<Note>);
struct TokenUsage {
  std::int64_t input_tokens = 0, output_tokens = 0, cache_read_tokens = 0, cache_creation_tokens = 0;
  std::optional<std::int64_t> context_tokens, context_window;
  double cost = 0;
  std::optional<double> spent_today;
};
Fields fields(Of<TokenUsage>);

struct StatsQuery {
  std::optional<Time> since;
  std::optional<std::int64_t> before;
  std::int64_t limit = 500;
};
Fields fields(Of<StatsQuery>);
struct Stats {
  std::vector<TurnStat> turns;
  bool more = false;
  LeftOut unreadable{};
};
Fields fields(Of<Stats>);
inline constexpr Method<StatsQuery, Stats> kStats{
    .name = "page.stats", .callers = Who::plugins, .doc = "Past turns in figures, from the newest back."};

}  // namespace hive::page
