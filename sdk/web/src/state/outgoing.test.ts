import assert from "node:assert/strict";
import test from "node:test";
import "../testing_session.ts";
import { signal } from "@preact/signals";
import { Outgoing } from "./outgoing.ts";

/** Keys of the posts; each is answered by the next of `answers`: a status, or nothing at all. */
function host(...answers: (number | undefined)[]): string[] {
  const keys: string[] = [];
  globalThis.fetch = (_, init) => {
    keys.push((JSON.parse(typeof init?.body === "string" ? init.body : "") as { key: string }).key);
    const status = answers.shift();
    if (status === undefined) return Promise.reject(new TypeError("no network"));
    return Promise.resolve(new Response(status === 200 ? "{}" : '{"detail": "There is no bob."}', { status }));
  };
  return keys;
}

test("a message keeps its key until it is answered", async () => {
  const draft = signal("hello");
  const outgoing = new Outgoing(draft);
  const send = (body: string): Promise<void> => outgoing.send("/op-send", { to: "bob", body });
  const keys = host(undefined, 503, 200, 200, undefined);
  await assert.rejects(send("hello"), /cannot be reached.*What you typed stays here; send it again/);
  await assert.rejects(send("hello"), /send it again/);
  await send("hello");
  await send("hello");
  await assert.rejects(send("another"), /send it again/);
  assert.match(keys[0] ?? "", /^[0-9a-f]{32}$/);
  assert.deepEqual(keys.slice(0, 3), [keys[0], keys[0], keys[0]]);
  assert.equal(new Set(keys).size, 3);
});

test("what was refused says why and no more", async () => {
  host(404);
  await assert.rejects(new Outgoing(signal("hello")).send("/op-send", { to: "bob", body: "hello" }), { message: "There is no bob." });
});

test("an emptied field begins another message, of the same words too", async () => {
  const draft = signal("yes");
  const outgoing = new Outgoing(draft);
  const keys = host(undefined, 200);
  await assert.rejects(outgoing.send("/op-send", { to: "bob", body: "yes" }));
  draft.value = "";
  draft.value = "yes";
  await outgoing.send("/op-send", { to: "bob", body: "yes" });
  assert.notEqual(keys[0], keys[1]);
});
