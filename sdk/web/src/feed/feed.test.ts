import assert from "node:assert/strict";
import test from "node:test";
import { settle } from "../testing.ts";
import { Feed } from "./feed.ts";
import type { FromHub } from "./hub.ts";

/** A page whose hub and host are the test. */
function given(): {
  feed: Feed;
  hear: (message: FromHub) => void;
  frame: (id: string) => void;
  /** Answers the oldest request for the state that is open. */
  state: (epoch: string, seq: number) => Promise<void>;
  fail: () => Promise<void>;
  open: () => number;
  log: string[];
} {
  const log: string[] = [];
  const waiting: { resolve: (mark: { epoch: string; seq: number }) => void; reject: (error: Error) => void }[] = [];
  let hear: (message: FromHub) => void = () => undefined;
  const feed = new Feed(
    {
      fetch: () =>
        new Promise((resolve, reject) => {
          waiting.push({
            resolve: (mark) => resolve({ mark, load: () => log.push(`state ${mark.epoch}-${mark.seq}`) }),
            reject,
          });
        }),
      apply: (topic, payload) => log.push(`${topic} ${JSON.stringify(payload)}`),
    },
    (listener) => {
      hear = listener;
      return (message) => void log.push(message.do);
    },
  );
  return {
    feed,
    hear: (message) => hear(message),
    frame: (id) => hear({ is: "frame", frame: { id, event: "t", data: JSON.stringify(id) } }),
    state: async (epoch, seq) => {
      waiting.shift()?.resolve({ epoch, seq });
      await settle();
    },
    fail: async () => {
      waiting.shift()?.reject(new Error("no state"));
      await settle();
    },
    open: () => waiting.length,
    log,
  };
}

test("the state is fetched when the stream is open, and frames follow it", async () => {
  const page = given();
  page.feed.join(["t"]);
  assert.equal(page.open(), 0);
  page.hear({ is: "opened", resumed: false });
  page.frame("a-5");
  page.frame("a-6");
  await page.state("a", 5);
  page.frame("a-7");
  assert.deepEqual(page.log, ["join", "state a-5", 't "a-6"', 't "a-7"']);
  assert.ok(page.feed.ready.value);
});

test("a resumed stream needs no new state, a resync does", async () => {
  const page = given();
  page.feed.join(["t"]);
  page.hear({ is: "opened", resumed: false });
  await page.state("a", 1);
  page.hear({ is: "opened", resumed: true });
  assert.equal(page.open(), 0);
  page.frame("a-2");
  page.hear({ is: "frame", frame: { id: "", event: "resync", data: '{"reason":"gone"}' } });
  page.frame("a-9");
  await page.state("a", 8);
  assert.deepEqual(page.log, ["join", "state a-1", 't "a-2"', "state a-8", 't "a-9"']);
});

test("a host that began anew: nothing of its frames is shown before its state", async () => {
  const page = given();
  page.feed.join(["t"]);
  page.hear({ is: "opened", resumed: false });
  await page.state("a", 90);
  page.frame("b-1");
  page.frame("b-2");
  await page.state("b", 1);
  assert.deepEqual(page.log, ["join", "state a-90", "state b-1", 't "b-2"']);
});

test("a state that is late is not shown over a newer one", async () => {
  const page = given();
  page.feed.join(["t"]);
  page.hear({ is: "opened", resumed: false });
  page.hear({ is: "opened", resumed: false });
  await page.state("a", 1);
  assert.deepEqual(page.log, ["join"]);
  await page.state("a", 2);
  assert.deepEqual(page.log, ["join", "state a-2"]);
});

test("a state that cannot be fetched is named and tried again", async () => {
  const page = given();
  page.feed.join(["t"]);
  page.hear({ is: "opened", resumed: false });
  await page.fail();
  assert.equal(page.feed.error.value, "no state");
  page.feed.retry();
  await page.state("a", 1);
  assert.equal(page.feed.error.value, undefined);
  assert.equal(page.log.at(-1), "state a-1");
});

test("an event that is no JSON costs that event alone", async (t) => {
  t.mock.method(console, "error", () => undefined);
  const page = given();
  page.feed.join(["t"]);
  page.hear({ is: "opened", resumed: false });
  await page.state("a", 1);
  page.hear({ is: "frame", frame: { id: "a-2", event: "t", data: "{" } });
  page.frame("a-3");
  await new Promise((done) => setTimeout(done, 100));
  assert.equal(page.log.at(-1), 't "a-3"');
});

test("a stream that is resumed by another session needs its state", async () => {
  const page = given();
  page.feed.join(["t"]);
  page.hear({ is: "opened", resumed: false });
  await page.state("a", 1);
  page.hear({ is: "link", link: "signed-out" });
  page.hear({ is: "link", link: "live" });
  page.hear({ is: "opened", resumed: true });
  page.frame("a-2");
  await page.state("a", 1);
  assert.deepEqual(page.log.slice(-2), ["state a-1", 't "a-2"']);
});

test("a flood of frames is a few changes of the page", async () => {
  const page = given();
  page.feed.join(["t"]);
  page.hear({ is: "opened", resumed: false });
  await page.state("a", 1);
  page.log.length = 0;
  for (let seq = 2; seq <= 500; seq++) page.frame(`a-${seq}`);
  assert.equal(page.log.length, 1);
  const steps = new Set<number>();
  const shown = (): number => page.log.length;
  while (shown() < 499) {
    await new Promise((done) => setTimeout(done, 5));
    steps.add(shown());
  }
  assert.deepEqual(page.log, Array.from({ length: 499 }, (_, i) => `t "a-${i + 2}"`));
  assert.ok(steps.size > 3 && steps.size < 20, [...steps].join(" "));
});

test("what was gathered before a new state is part of it", async () => {
  const page = given();
  page.feed.join(["t"]);
  page.hear({ is: "opened", resumed: false });
  await page.state("a", 1);
  page.frame("a-2");
  page.frame("a-3");
  page.hear({ is: "frame", frame: { id: "", event: "resync", data: "{}" } });
  await page.state("a", 3);
  await new Promise((done) => setTimeout(done, 100));
  assert.deepEqual(page.log, ["join", "state a-1", 't "a-2"', "state a-3"]);
});
