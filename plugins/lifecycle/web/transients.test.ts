import assert from "node:assert/strict";
import test from "node:test";
import "../../../sdk/web/src/testing.ts";
import type { Container } from "@hive/web";
import { applyToSlices, loadSlices, topicsOfSlices } from "../../../sdk/web/src/state/slices.ts";
import { failures, followTransients, transients } from "./transients.ts";

const row = (name: string, more: Partial<Container> = {}): Container => ({
  name, incarnation: name, role: "agent", state: "running", desired: "running", since: "2026-01-01T00:00:00.000Z", ...more,
});
function load(...rows: Container[]): void {
  loadSlices({ epoch: "e", seq: 1, panels: [], source_errors: [], containers: rows });
}

test("actions in flight follow their events; each may come twice", () => {
  followTransients();
  followTransients();
  assert.ok(topicsOfSlices().includes("lifecycle.transient_set"));
  load(row("web"), row("alice", { pending: "stopping" }));
  assert.equal(transients.get("alice")?.action, "stopping");
  for (let i = 0; i < 2; i++) {
    applyToSlices("lifecycle.transient_set", { name: "bob", action: "spawning" });
    applyToSlices("lifecycle.transient_cleared", { name: "alice", action: "stopping", ok: false, error: "it did not end" });
    applyToSlices("lifecycle.container_removed", { name: "web", incarnation: "web" });
  }
  assert.deepEqual(transients.list.map(({ name }) => name), ["bob"]);
  assert.equal(failures.value.get("alice"), "it did not end");
  applyToSlices("lifecycle.transient_set", { name: "alice", action: "stopping" });
  assert.equal(failures.value.has("alice"), false);
  load();
  assert.equal(transients.size, 0);
});
