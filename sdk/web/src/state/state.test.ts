import assert from "node:assert/strict";
import test from "node:test";
import { settle } from "../testing.ts";
import type { Container, Entry, Snapshot } from "../types.ts";
import { containers, followContainers } from "./containers.ts";
import { messageLog } from "./messages.ts";
import { Rows } from "./rows.ts";
import { applyToSlices, loadSlices, topicsOfSlices } from "./slices.ts";

function entry(id: number, state: Entry["state"] = "queued"): Entry {
  const message = { id, from: "alice", to: "bob", kind: "agent" as const, body: String(id), sent_at: "2026-01-01T00:00:00.000Z" };
  return { message, state };
}
const ids = (rows: readonly Entry[]): number[] => rows.map((row) => row.message.id);

test("rows are in their order however they come, and an upsert replaces", () => {
  const rows = new Rows<number, { id: number; text: string }>((row) => row.id, (a, b) => a.id - b.id);
  for (const id of [3, 1, 2, 5, 4, 3]) rows.upsert({ id, text: `v${id}` });
  rows.upsert({ id: 2, text: "new" });
  rows.edit(9, () => ({ id: 9, text: "never" }));
  assert.deepEqual(rows.list.map((row) => row.text), ["v1", "new", "v3", "v4", "v5"]);
  rows.remove(1, 9);
  assert.equal(rows.size, 4);
});

test("what events say while a page is under way wins over the page", async () => {
  let answer: (page: { messages: Entry[] }) => void = () => undefined;
  const log = messageLog(() => new Promise((resolve) => (answer = resolve)), () => true);
  const refreshed = log.refresh();
  log.slice.on["broker.sent"]?.({ message: entry(7).message });
  log.slice.on["broker.settled"]?.({ id: 5, owner: "bob" });
  answer({ messages: [entry(6), entry(5, "leased")] });
  await refreshed;
  assert.deepEqual(log.rows.list.map((row) => `${row.message.id} ${row.state}`), ["5 settled", "6 queued", "7 queued"]);
});

test("a page that reaches down to what is there leaves no hole, another one replaces it", async () => {
  const pages = [[entry(3), entry(2), entry(1)], [entry(5), entry(4), entry(3)], [entry(90), entry(89)]];
  const log = messageLog(() => Promise.resolve({ messages: pages.shift() ?? [] }), () => true);
  await log.refresh();
  await log.refresh();
  assert.deepEqual(ids(log.rows.list), [1, 2, 3, 4, 5]);
  await log.refresh();
  assert.deepEqual(ids(log.rows.list), [89, 90]);
});

test("there are older ones when the host says so, however many came", async () => {
  const pages = [{ messages: [entry(9), entry(8)], more: true }, { messages: [entry(7)] }];
  const log = messageLog(() => Promise.resolve(pages.shift() ?? { messages: [] }), () => true);
  await log.refresh();
  assert.equal(log.more.value, true);
  await log.older();
  assert.deepEqual([log.more.value, ids(log.rows.list)], [false, [7, 8, 9]]);
});

test("rows that cannot be read are named until the newest page has none", async () => {
  const row = (id: string): { id: string; why: string } => ({ id, why: "kind" });
  const pages = [
    { messages: [entry(9)], more: true, unreadable: [row("8")] },
    { messages: [entry(6)], unreadable: [row("8"), row("5")] },
    { messages: [entry(9)] },
  ];
  const log = messageLog(() => Promise.resolve(pages.shift() ?? { messages: [] }), () => true);
  await log.refresh();
  await log.older();
  assert.deepEqual(log.lacking.value?.map(({ id }) => id), ["8", "5"]);
  await log.refresh();
  assert.equal(log.lacking.value, undefined);
});

test("a page that fails is named, and what is there stays", async () => {
  let fails = false;
  const log = messageLog(() => (fails ? Promise.reject(new Error("no")) : Promise.resolve({ messages: [entry(1)] })), () => true);
  await log.refresh();
  fails = true;
  await log.refresh();
  assert.deepEqual([log.error.value, log.busy.value, log.rows.size], ["no", false, 1]);
});

const row = (name: string, more: Partial<Container> = {}): Container => ({
  name, incarnation: name, role: "agent", state: "running", desired: "running", since: "2026-01-01T00:00:00.000Z", ...more,
});
const snapshot = (rows: Container[]): Snapshot => ({ epoch: "e", seq: 1, panels: [], source_errors: [], containers: rows });

test("containers follow their events; each may come twice", async () => {
  followContainers();
  followContainers();
  assert.ok(topicsOfSlices().includes("lifecycle.container_changed"));
  loadSlices(snapshot([row("web"), row("alice"), row("manager", { role: "manager" })]));
  assert.deepEqual(containers.list.map(({ name }) => name), ["manager", "alice", "web"]);
  for (let i = 0; i < 2; i++) {
    applyToSlices("lifecycle.container_changed", { container: row("bob") });
    applyToSlices("lifecycle.container_removed", { name: "web", incarnation: "web" });
  }
  assert.deepEqual(containers.list.map(({ name }) => name), ["manager", "alice", "bob"]);
  applyToSlices("unknown.topic", {});
  loadSlices(snapshot([]));
  assert.equal(containers.size, 0);
  await settle();
});
