#include <hive/sdk/contracts/page.hpp>

namespace hive::page {

Fields fields(Of<Model>) {
  static constexpr auto kShape =
      shape(field<&Model::name>("name", "model of the next turn").max_bytes(256),
            field<&Model::from>("from", "who chose it"), field<&Model::since>("since", "when it was chosen"),
            field<&Model::in_use>("in_use", "model of the last run, when that is another one: the choice is queued")
                .max_bytes(256));
  return kShape;
}

Fields fields(Of<Typed>) {
  static constexpr auto kShape =
      shape(field<&Typed::id>("id", "id of the command that brought the message"),
            field<&Typed::at>("at", "when the message came"), field<&Typed::text>("text", "beginning of the message"));
  return kShape;
}

Fields fields(Of<Queue>) {
  static constexpr auto kShape =
      shape(field<&Queue::typed>("typed", "the operator's messages from the page, the oldest 32"),
            field<&Queue::typed_count>("typed_count", "how many such messages there are"),
            field<&Queue::mail>("mail", "messages that were left at the broker by the last look"),
            field<&Queue::compact_since>("compact_since", "when compacting was asked for"),
            field<&Queue::new_session_since>("new_session_since", "when a new session was asked for"));
  return kShape;
}

Fields fields(Of<State>) {
  static constexpr auto kShape =
      shape(field<&State::epoch>("epoch", "epoch of the events"),
            field<&State::seq>("seq", "seq of the newest event that is in this state; 0: none"),
            field<&State::has_store>("has_store", "events are kept; without it history is what is in memory"),
            field<&State::report>("report", "the report as the host has it"),
            field<&State::model>("model", "model of the turns"),
            field<&State::login>("login", "what it is logged in with"), field<&State::queue>("queue", "what waits"),
            field<&State::context_window>("context_window", "tokens that the model of the last run can hold"),
            field<&State::last_turn_ms>("last_turn_ms", "how long the last turn took"),
            field<&State::spent_today>("spent_today", "USD since midnight UTC, by the vendor's list"));
  return kShape;
}

Fields fields(Of<LiveEvent>) {
  static constexpr auto kShape =
      shape(field<&LiveEvent::epoch>("epoch", "one life of the store; in another one numbers mean something else")
                .max_bytes(64),
            field<&LiveEvent::seq>("seq", "growing by one").between(1, kMaxInteger),
            field<&LiveEvent::at>("at", "when the event happened"),
            field<&LiveEvent::turn>("turn", "number of the turn that the event is about"),
            field<&LiveEvent::kind>("kind", "what the payload is").max_bytes(64),
            field<&LiveEvent::payload>("payload", "what happened; its form depends on kind"));
  return kShape;
}

Fields fields(Of<History>) {
  static constexpr auto kShape =
      shape(field<&History::before>("before", "a seq; absent: the newest events").between(1, kMaxInteger),
            field<&History::limit>("limit", "events at most; fewer where they are long").between(1, 500).defaulted());
  return kShape;
}

Fields fields(Of<EventPage>) {
  static constexpr auto kShape = shape(field<&EventPage::epoch>("epoch", "epoch of the events").max_bytes(64),
                                       field<&EventPage::events>("events", "oldest first"),
                                       field<&EventPage::more>("more", "there are older ones"));
  return kShape;
}

Fields fields(Of<Subscribe>) {
  static constexpr auto kShape =
      shape(field<&Subscribe::since>("since", "epoch-seq of the last event that was seen; absent: from now on")
                .max_bytes(96));
  return kShape;
}

Fields fields(Of<Subscribed>) {
  static constexpr auto kShape = shape(field<&Subscribed::stamp>("stamp", "epoch-seq after which events come"));
  return kShape;
}

Fields fields(Of<TurnStart>) {
  static constexpr auto kShape = shape(
      field<&TurnStart::turn>("turn", "number of the turn"), field<&TurnStart::prompt>("prompt", "the wake prompt"),
      field<&TurnStart::model>("model", "model that the turn runs with"),
      field<&TurnStart::new_session>("new_session", "the conversation before it was dropped"));
  return kShape;
}

Fields fields(Of<TurnEnd>) {
  static constexpr auto kShape =
      shape(field<&TurnEnd::turn>("turn", "number of the turn"),
            field<&TurnEnd::result>("result", "ok, unknown, failed, prompt_too_long, cancelled, rate_limited, budget"),
            field<&TurnEnd::reason>("reason", "one line; empty when ok"),
            field<&TurnEnd::duration_ms>("duration_ms", "how long the turn took"));
  return kShape;
}

Fields fields(Of<Note>) {
  static constexpr auto kShape = shape(field<&Note::text>("text", "one sentence"),
                                       field<&Note::command>("command", "kind of the command that was taken"),
                                       field<&Note::id>("id", "id of that command"),
                                       field<&Note::typed>("typed", "what the operator typed (operator_message only)"));
  return kShape;
}

Fields fields(Of<TokenUsage>) {
  static constexpr auto kShape = shape(
      field<&TokenUsage::input_tokens>("input_tokens", "input tokens of the run"),
      field<&TokenUsage::output_tokens>("output_tokens", "output tokens of the run"),
      field<&TokenUsage::cache_read_tokens>("cache_read_tokens", "tokens that the run read from the cache"),
      field<&TokenUsage::cache_creation_tokens>("cache_creation_tokens", "tokens that the run wrote to the cache"),
      field<&TokenUsage::context_tokens>("context_tokens", "tokens of context in the last model call"),
      field<&TokenUsage::context_window>("context_window", "tokens that the model can hold"),
      field<&TokenUsage::cost>("cost", "cost of the run, USD"));
  return kShape;
}

Fields fields(Of<ByPeer>) {
  static constexpr auto kShape =
      shape(field<&ByPeer::peer>("peer", "other agents"), field<&ByPeer::operators>("operator", "the operator"),
            field<&ByPeer::manager>("manager", "the manager"), field<&ByPeer::system>("system", "the hive itself"));
  return kShape;
}

Fields fields(Of<TurnStat>) {
  static constexpr auto kShape =
      shape(field<&TurnStat::id>("id", "growing"), field<&TurnStat::started_at>("started_at", "when the run began"),
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
  return kShape;
}

Fields fields(Of<StatsQuery>) {
  static constexpr auto kShape =
      shape(field<&StatsQuery::since>("since", "only runs that began then or later"),
            field<&StatsQuery::before>("before", "an id; absent: the newest").between(1, kMaxInteger),
            field<&StatsQuery::limit>("limit", "rows at most; fewer where they are long").between(1, 500).defaulted());
  return kShape;
}

Fields fields(Of<Stats>) {
  static constexpr auto kShape =
      shape(field<&Stats::turns>("turns", "oldest first"), field<&Stats::more>("more", "there are older ones"));
  return kShape;
}

}  // namespace hive::page
