import type { LiveEvent, PagePayloads, PageState } from "../types.ts";

/** The oldest that are kept of what the operator typed, as the harness does. */
const mostTyped = 32;

/**
 * The state of an agent's page after an event of its harness. What the state holds already, and what belongs to
 * another epoch, changes nothing.
 */
export function after(state: PageState, event: LiveEvent): PageState {
  if (event.epoch !== state.epoch || event.seq <= state.seq) return state;
  return { ...changed(state, event), seq: event.seq };
}

function changed(state: PageState, event: LiveEvent): PageState {
  // The host has checked the event, not its payload: that is an agent's word.
  if (typeof event.payload !== "object" || event.payload === null) return state;
  const payload: unknown = event.payload;
  if (event.kind === "turn_start") return turnStart(state, payload as Partial<PagePayloads["turn_start"]>);
  if (event.kind === "turn_end") return turnEnd(state, payload as Partial<PagePayloads["turn_end"]>);
  if (event.kind === "note") return note(state, event, payload as Partial<PagePayloads["note"]>);
  if (event.kind === "token_usage_changed") return usage(state, payload as Partial<PagePayloads["token_usage_changed"]>);
  if (event.kind === "model_changed") return model(state, payload as Partial<PagePayloads["model_changed"]>);
  if (event.kind === "turn_state_changed") return turnState(state, payload as Partial<PagePayloads["turn_state_changed"]>);
  return state;
}

/** What waited for a turn is in it. */
function turnStart(state: PageState, { new_session }: Partial<PagePayloads["turn_start"]>): PageState {
  const { new_session_since, ...queue } = { ...state.queue, typed: [], typed_count: 0 };
  const waits = new_session_since !== undefined && new_session !== true;
  return { ...state, queue: waits ? { ...queue, new_session_since } : queue };
}

/** An event is what a harness said, perhaps an older one; of a statistics column that it lacks `stat` says nothing, so what shows it must bear that. */
function turnEnd(state: PageState, { stat }: Partial<PagePayloads["turn_end"]>): PageState {
  const is_stat = typeof stat?.duration_ms === "number" && typeof stat.context_window === "number";
  return is_stat ? { ...state, last_turn: stat } : state;
}

function note(state: PageState, event: LiveEvent, { command, id, typed }: Partial<PagePayloads["note"]>): PageState {
  const { queue } = state;
  if (command === "compact") return { ...state, queue: { ...queue, compact_since: queue.compact_since ?? event.at } };
  if (command === "new_session") return { ...state, queue: { ...queue, new_session_since: queue.new_session_since ?? event.at } };
  if (command !== "operator_message" || typeof typed !== "string") return state;
  const row = { id: id ?? 0, at: event.at, text: typed };
  return {
    ...state,
    queue: { ...queue, typed: [...queue.typed, row].slice(0, mostTyped), typed_count: queue.typed_count + 1 },
  };
}

function usage(state: PageState, { spent_today }: Partial<PagePayloads["token_usage_changed"]>): PageState {
  return typeof spent_today === "number" ? { ...state, spent_today } : state;
}

function model(state: PageState, { name, from, since, in_use }: Partial<PagePayloads["model_changed"]>): PageState {
  if (typeof name !== "string" || (from !== "choice" && from !== "configuration" && from !== "built_in")) return state;
  const known = { name, from, ...(typeof since === "string" ? { since } : {}), ...(typeof in_use === "string" ? { in_use } : {}) };
  return { ...state, model: known };
}

function turnState(state: PageState, payload: Partial<PagePayloads["turn_state_changed"]>): PageState {
  if (payload.state !== "compacting") return state;
  const queue = { ...state.queue };
  delete queue.compact_since;
  return { ...state, queue };
}
