import assert from "node:assert/strict";
import test from "node:test";
import type { LiveEvent, PageState } from "../types.ts";
import { after } from "./shown.ts";

const at = "2026-01-01T00:00:00.000Z";
const state: PageState = {
  epoch: "s",
  seq: 10,
  has_store: true,
  report: { status: "online", state: "idle", since: at, model: "haiku" },
  model: { name: "haiku", from: "built_in" },
  login: "key",
  queue: { typed: [], typed_count: 0, mail: 2 },
  spent_today: 1,
};
let seq = 10;
function event(kind: string, payload: unknown, more: Partial<LiveEvent> = {}): LiveEvent {
  return { epoch: "s", seq: ++seq, at, kind, payload, ...more };
}
const after_all = (...events: LiveEvent[]): PageState => events.reduce(after, state);

test("what the state holds, and what another epoch says, changes nothing", () => {
  const turn_end = { turn: 1, result: "ok", reason: "", duration_ms: 5, stat: { duration_ms: 5, context_window: 200_000 } };
  assert.equal(after(state, event("turn_end", turn_end, { seq: 10 })), state);
  assert.equal(after(state, event("turn_end", turn_end, { epoch: "other" })), state);
  assert.deepEqual(after(state, event("turn_end", turn_end, { seq: 11 })), { ...state, seq: 11, last_turn: turn_end.stat });
});

test("what was asked for waits until a turn takes it", () => {
  const asked = after_all(
    event("note", { text: "", command: "operator_message", id: 4, typed: "hello" }),
    event("note", { text: "", command: "compact", id: 5 }),
    event("note", { text: "", command: "new_session", id: 6 }),
    event("note", { text: "nothing of this" }),
  );
  assert.deepEqual(asked.queue, {
    typed: [{ id: 4, at, text: "hello" }],
    typed_count: 1,
    mail: 2,
    compact_since: at,
    new_session_since: at,
  });
  const compacting = after(asked, event("turn_state_changed", { ...state.report, state: "compacting" }));
  assert.equal(compacting.queue.compact_since, undefined);
  const goes_on = after(compacting, event("turn_start", { turn: 1, prompt: "", model: "haiku", new_session: false }));
  assert.deepEqual(goes_on.queue, { typed: [], typed_count: 0, mail: 2, new_session_since: at });
  const anew = after(goes_on, event("turn_start", { turn: 1, prompt: "", model: "haiku", new_session: true }));
  assert.deepEqual(anew.queue, { typed: [], typed_count: 0, mail: 2 });
});

test("figures and the model follow", () => {
  const model = { name: "opus", from: "choice", in_use: "haiku" };
  const now = after_all(event("token_usage_changed", { cost: 0.5, spent_today: 1.5 }), event("model_changed", model));
  assert.deepEqual([now.spent_today, now.model], [1.5, model]);
});

test("odd payloads are no harm", () => {
  const kinds = ["turn_start", "turn_end", "note", "token_usage_changed", "model_changed", "turn_state_changed", "new_kind"];
  for (const payload of [null, 1, "text", [], {}, { name: 1, from: 2, command: "operator_message", typed: 7, spent_today: "x", stat: { duration_ms: "x" } }]) {
    const now = after_all(...kinds.map((kind) => event(kind, payload)));
    assert.deepEqual({ ...now, seq: 10 }, state);
  }
});
