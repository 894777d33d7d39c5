#include <hive/sdk/contracts/page.hpp>

namespace hive::page {

Fields fields(Of<Model>) {
  static constexpr auto kShape = shape(
      field<&Model::name>("name", "model that the next turn runs with").max_bytes(256),
      field<&Model::from>("from", "who chose the model"), field<&Model::since>("since", "when the model was chosen"),
      field<&Model::in_use>("in_use", "model of the last run, where the next turn uses another one").max_bytes(256));
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
      shape(field<&Queue::typed>(
                "typed", "messages that the operator typed on the page and that no turn has taken, the oldest 32"),
            field<&Queue::typed_count>("typed_count", "number of such messages"),
            field<&Queue::mail>("mail", "number of messages in the mailbox when the harness last looked"),
            field<&Queue::compact_since>("compact_since", "when compacting was asked for"),
            field<&Queue::new_session_since>("new_session_since", "when a new session was asked for"));
  return kShape;
}

Fields fields(Of<State>) {
  static constexpr auto kShape = shape(
      field<&State::epoch>("epoch", "epoch of the events, which changes with their store"),
      field<&State::seq>("seq", "seq of the newest event that this state includes; 0: it includes none"),
      field<&State::has_store>("has_store", "true: events are kept on disk; false: only those in memory can be read"),
      field<&State::report>("report", "what the harness does, as it reported it to the host"),
      field<&State::model>("model", "model of the turns and who chose it"),
      field<&State::login>("login", "login or credential that the agent has"),
      field<&State::queue>("queue", "what waits for a turn"),
      field<&State::last_turn>("last_turn", "the last run of a turn in figures"),
      field<&State::spent_today>("spent_today", "US dollars spent since midnight UTC, by the vendor's price list"));
  return kShape;
}

Fields fields(Of<LiveEvent>) {
  static constexpr auto kShape =
      shape(field<&LiveEvent::epoch>("epoch", "epoch of the event store; numbers of another epoch are of other events")
                .max_bytes(64),
            field<&LiveEvent::seq>("seq", "number of the event, one more than that of the event before it")
                .between(1, kMaxInteger),
            field<&LiveEvent::at>("at", "when the event happened"),
            field<&LiveEvent::turn>("turn", "number of the turn that the event is about"),
            field<&LiveEvent::kind>("kind", "kind of the event, which says what its payload is").max_bytes(64),
            field<&LiveEvent::payload>("payload", "what happened; its form depends on the kind"));
  return kShape;
}

Fields fields(Of<History>) {
  static constexpr auto kShape =
      shape(field<&History::before>("before", "seq of an event; only older ones are read; absent: the newest events")
                .between(1, kMaxInteger),
            field<&History::limit>("limit", "events to read at most; there are fewer where they are long")
                .between(1, 500)
                .defaulted());
  return kShape;
}

Fields fields(Of<EventPage>) {
  static constexpr auto kShape =
      shape(field<&EventPage::epoch>("epoch", "epoch of the events, which changes with their store").max_bytes(64),
            field<&EventPage::events>("events", "events, oldest first"),
            field<&EventPage::more>("more", "true: there are older events"),
            left_out<&EventPage::unreadable>().max_items(kMostUnreadable));
  return kShape;
}

Fields fields(Of<Subscribe>) {
  static constexpr auto kShape = shape(
      field<&Subscribe::since>("since", "epoch-seq of the last event that the reader has; absent: only new events come")
          .max_bytes(96));
  return kShape;
}

Fields fields(Of<Subscribed>) {
  static constexpr auto kShape =
      shape(field<&Subscribed::stamp>("stamp", "epoch-seq of the event after which events come"));
  return kShape;
}

Fields fields(Of<TurnStart>) {
  static constexpr auto kShape =
      shape(field<&TurnStart::turn>("turn", "number of the turn"),
            field<&TurnStart::prompt>("prompt", "prompt that woke the agent"),
            field<&TurnStart::model>("model", "model that the turn runs with"),
            field<&TurnStart::new_session>("new_session", "true: the turn begins a new conversation"));
  return kShape;
}

Fields fields(Of<TurnEnd>) {
  static constexpr auto kShape = shape(
      field<&TurnEnd::turn>("turn", "number of the turn"),
      field<&TurnEnd::result>(
          "result", "how the turn ended: ok, unknown, failed, prompt_too_long, cancelled, rate_limited or budget"),
      field<&TurnEnd::reason>("reason", "why the turn did not end well, in one line; empty when it is ok"),
      field<&TurnEnd::duration_ms>("duration_ms", "milliseconds that the turn took"),
      field<&TurnEnd::stat>("stat", "the run in figures; its id is that of no row"));
  return kShape;
}

Fields fields(Of<Note>) {
  static constexpr auto kShape =
      shape(field<&Note::text>("text", "what happened, in one sentence"),
            field<&Note::command>("command", "kind of the command that the harness took"),
            field<&Note::id>("id", "id of the command that the harness took"),
            field<&Note::typed>("typed", "text that the operator typed (operator_message only)"));
  return kShape;
}

Fields fields(Of<TokenUsage>) {
  static constexpr auto kShape = shape(
      field<&TokenUsage::input_tokens>("input_tokens", "input tokens of the run"),
      field<&TokenUsage::output_tokens>("output_tokens", "output tokens of the run"),
      field<&TokenUsage::cache_read_tokens>("cache_read_tokens", "tokens that the run read from the cache"),
      field<&TokenUsage::cache_creation_tokens>("cache_creation_tokens", "tokens that the run wrote to the cache"),
      field<&TokenUsage::context_tokens>("context_tokens", "tokens of context in the last model call"),
      field<&TokenUsage::context_window>("context_window", "tokens of context that the model can hold"),
      field<&TokenUsage::cost>("cost", "US dollars that the run cost"),
      field<&TokenUsage::spent_today>("spent_today", "USD since midnight UTC, with this run; absent: not known"));
  return kShape;
}

Fields fields(Of<ByPeer>) {
  static constexpr auto kShape = shape(field<&ByPeer::peer>("peer", "number of messages with other agents"),
                                       field<&ByPeer::operators>("operator", "number of messages with the operator"),
                                       field<&ByPeer::manager>("manager", "number of messages with the manager"),
                                       field<&ByPeer::system>("system", "number of messages with the hive itself"));
  return kShape;
}

Fields fields(Of<TurnStat>) {
  static constexpr auto kShape = shape(
      field<&TurnStat::id>("id", "number of the run; later runs have larger ones"),
      field<&TurnStat::started_at>("started_at", "when the run began"),
      field<&TurnStat::ended_at>("ended_at", "when the run ended"),
      field<&TurnStat::duration_ms>("duration_ms", "milliseconds that the run took, by the monotonic clock"),
      field<&TurnStat::model>("model", "model that the run used"),
      field<&TurnStat::wake_from>("wake_from", "sender of the first message that woke it"),
      field<&TurnStat::result_kind>(
          "result_kind", "how the run ended: ok, unknown, failed, prompt_too_long, cancelled, rate_limited or budget"),
      field<&TurnStat::note>("note", "why the run did not end well"),
      field<&TurnStat::usage>("usage", "tokens that the run used"),
      field<&TurnStat::cost_usd>("cost_usd", "US dollars that the run cost, by the vendor's price list"),
      field<&TurnStat::context_window>("context_window", "tokens of context that the model can hold"),
      field<&TurnStat::tool_call_count>("tool_call_count", "number of calls of all tools together"),
      field<&TurnStat::tool_calls>("tool_calls", "number of calls of each tool, by its name"),
      field<&TurnStat::received>("received", "messages in the wake prompt, by sender"),
      field<&TurnStat::sent>("sent", "messages that were sent in the run, by recipient"),
      field<&TurnStat::open_threads>("open_threads",
                                     "number of threads that were open after the run; absent: it is not known"),
      field<&TurnStat::open_reminders>("open_reminders",
                                       "number of reminders that were open after the run; absent: it is not known"),
      field<&TurnStat::inbox_depth>("inbox_depth",
                                    "number of messages in the mailbox when the run began; absent: it is not known"),
      field<&TurnStat::compacted>("compacted", "true: the session was compacted in the run"),
      field<&TurnStat::session_id>("session_id", "id of the CLI's session"),
      field<&TurnStat::num_turns>("num_turns", "number of model turns in the run, as the CLI counted them"));
  return kShape;
}

Fields fields(Of<StatsQuery>) {
  static constexpr auto kShape =
      shape(field<&StatsQuery::since>("since", "time from which on runs are listed, by their beginning"),
            field<&StatsQuery::before>("before", "id of a run; only older ones are listed; absent: the newest")
                .between(1, kMaxInteger),
            field<&StatsQuery::limit>("limit", "runs to list at most; there are fewer where they are long")
                .between(1, 500)
                .defaulted());
  return kShape;
}

Fields fields(Of<Stats>) {
  static constexpr auto kShape = shape(field<&Stats::turns>("turns", "runs, oldest first"),
                                       field<&Stats::more>("more", "true: there are older runs"),
                                       left_out<&Stats::unreadable>().max_items(kMostUnreadable));
  return kShape;
}

}  // namespace hive::page
