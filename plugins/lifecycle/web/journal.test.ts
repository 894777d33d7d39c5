import assert from "node:assert/strict";
import test from "node:test";
import { settle } from "../../../sdk/web/src/testing.ts";
import "../../../sdk/web/src/testing_session.ts";
import { Journal } from "./journal.ts";

interface Asked {
  path: string;
  cursor: number | undefined;
  ended: () => boolean;
  answer: (lines: number[], status?: number) => Promise<void>;
}

/** Whatever is asked for waits for its answer: lines by their cursors. */
function host(): Asked[] {
  const asked: Asked[] = [];
  globalThis.fetch = (path, init) =>
    new Promise((resolve, reject) => {
      const { signal } = init ?? {};
      signal?.addEventListener("abort", () => reject(new Error("aborted")));
      const { cursor } = JSON.parse(typeof init?.body === "string" ? init.body : "{}") as { cursor?: number };
      asked.push({
        path: typeof path === "string" ? path : "",
        cursor,
        ended: () => signal?.aborted ?? false,
        answer: (lines, status = 200) => {
          const rows = lines.map((one) => ({ cursor: one, at: "2026-01-01T00:00:00.000Z", stream: "out", text: `line ${one}` }));
          const body = status === 200 ? { lines: rows, cursor: lines.at(-1) ?? cursor ?? 0 } : { detail: "There is no bob." };
          resolve(new Response(JSON.stringify(body), { status }));
          return settle();
        },
      });
    });
  return asked;
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const cursors = (journal: Journal): number[] | undefined => journal.lines.value?.map(({ cursor }) => cursor);

test("what is there is read, then what comes, until a pause; after it nothing is missing", async () => {
  const asked = host();
  const journal = new Journal("bob", "u");
  journal.follow();
  await settle();
  assert.equal(asked[0]?.path, "/api/journal/bob?unit=u&lines=200");
  await asked[0].answer([1, 2]);
  assert.deepEqual([asked[1]?.path, asked[1]?.cursor], ["/api/call/journal.follow", 2]);
  await asked[1]?.answer([3]);
  await asked[2]?.answer([]);
  assert.equal(asked[3]?.cursor, 3);
  journal.pause();
  await settle();
  assert.ok(asked[3].ended());
  assert.deepEqual(cursors(journal), [1, 2, 3]);
  journal.follow();
  await settle();
  await asked[4]?.answer([1, 2, 3, 4, 5]);
  assert.deepEqual(cursors(journal), [1, 2, 3, 4, 5]);
  journal.pause();
  assert.equal(journal.error.value, undefined);
});

test("a flood leaves the newest lines, as many as were asked for at most", async () => {
  const asked = host();
  const journal = new Journal("bob", "");
  journal.follow();
  await settle();
  await asked[0]?.answer(range(1, 200));
  assert.ok(journal.hasOlder);
  await asked[1]?.answer(range(201, 1_150));
  assert.deepEqual(cursors(journal), range(151, 1_150));
  journal.pause();
  void journal.older();
  await settle();
  assert.match(asked.at(-1)?.path ?? "", /lines=5000$/);
  await asked.at(-1)?.answer(range(1, 1_170));
  assert.deepEqual(cursors(journal), range(1, 1_150), "who reads back sees nothing come in below");
  assert.equal(journal.hasOlder, false);
});

test("the third that is followed takes the place of the first", async () => {
  const asked = host();
  const journals = ["a", "b", "c"].map((name) => new Journal(name, ""));
  for (const journal of journals) journal.follow();
  await settle();
  assert.deepEqual(journals.map(({ wanted }) => wanted.value), [false, true, true]);
  for (const one of asked.slice(0, 3)) await one.answer([1]);
  assert.deepEqual(asked.slice(3).map(({ path }) => path), ["/api/call/journal.follow", "/api/call/journal.follow"]);
  for (const journal of journals) journal.pause();
  await settle();
  assert.ok(asked.slice(3).every((one) => one.ended()));
});

test("what the host refuses is told and not asked again", async () => {
  const asked = host();
  const journal = new Journal("bob", "");
  journal.follow();
  await settle();
  await asked[0]?.answer([], 404);
  assert.equal(journal.error.value, "There is no bob.");
  assert.equal(journal.wanted.value, false);
  assert.equal(asked.length, 1);
});
