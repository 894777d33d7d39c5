import assert from "node:assert/strict";
import test from "node:test";
import { NoSession, Stranger } from "../session.ts";
import { FakeWorld, settle } from "../testing.ts";
import { Hub, type FromHub, type ToHub } from "./hub.ts";
import { silenceMs } from "./stream.ts";

interface Page {
  say: (message: ToHub) => void;
  heard: FromHub[];
  /** What was heard since the last look, in words. */
  news: () => string[];
}

function page(hub: Hub): Page {
  const heard: FromHub[] = [];
  let seen = 0;
  const words = (message: FromHub): string => {
    if (message.is === "link") return message.link;
    if (message.is === "opened") return message.resumed ? "resumed" : "opened";
    return `${message.frame.event} ${message.frame.id}`;
  };
  return {
    heard,
    say: hub.connect((message) => heard.push(message)),
    news: () => heard.slice(seen, (seen = heard.length)).map(words),
  };
}

const frame = (seq: number, topic = "t"): string => `id: a-${seq}\nevent: ${topic}\ndata: {}\n\n`;

test("one stream serves all pages, each with its own topics", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  const [one, two] = [page(hub), page(hub)];
  one.say({ do: "join", topics: ["t"] });
  two.say({ do: "join", topics: ["agent/alice", "t"] });
  assert.equal(world.last.url, "/dashboard/stream?topics=agent%2Falice,t");
  assert.ok(world.asked[0]?.signal.aborted);
  const stream = world.last.accept();
  await settle();
  stream.write(frame(1) + frame(2, "agent/alice"));
  await settle();
  assert.deepEqual(one.news(), ["connecting", "live", "opened", "t a-1"]);
  assert.deepEqual(two.news(), ["connecting", "live", "opened", "t a-1", "agent/alice a-2"]);
});

test("a page whose topics are there is served at once", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  page(hub).say({ do: "join", topics: ["s", "t"] });
  world.last.accept();
  await settle();
  const second = page(hub);
  second.say({ do: "join", topics: ["t"] });
  assert.deepEqual(second.news(), ["live", "opened"]);
  assert.equal(world.asked.length, 1);
});

test("a lost stream is resumed from the last frame", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  const one = page(hub);
  one.say({ do: "join", topics: ["t"] });
  const stream = world.last.accept();
  await settle();
  stream.write(frame(41));
  await settle();
  stream.end();
  await settle();
  one.news();
  world.fire();
  assert.equal(world.last.headers["last-event-id"], "a-41");
  world.last.accept().write(frame(42));
  await settle();
  assert.deepEqual(one.news(), ["live", "resumed", "t a-42"]);
});

test("a resync goes to every page", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  const one = page(hub);
  one.say({ do: "join", topics: ["t"] });
  const stream = world.last.accept();
  await settle();
  one.news();
  stream.write('event: resync\ndata: {"reason":"too old"}\n\n');
  await settle();
  assert.deepEqual(one.news(), ["resync "]);
});

test("silence is a lost connection, and comments are no silence", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  const one = page(hub);
  one.say({ do: "join", topics: ["t"] });
  const stream = world.last.accept();
  await settle();
  stream.write(": still here\n\n");
  await settle();
  assert.deepEqual(world.waits, [silenceMs]);
  world.fire();
  await settle();
  assert.equal(one.news().at(-1), "reconnecting");
});

test("after three tries it is offline, and tries go on ever slower up to 15 s", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  const one = page(hub);
  one.say({ do: "join", topics: ["t"] });
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    world.last.fail();
    await settle();
    waits.push(...world.waits);
    world.fire();
  }
  assert.deepEqual(one.news(), ["connecting", "reconnecting", "offline"]);
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test("without a session it is tried again now and then, and when it is asked for", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  const one = page(hub);
  one.say({ do: "join", topics: ["t"] });
  world.last.fail(new NoSession());
  await settle();
  assert.equal(one.news().at(-1), "signed-out");
  assert.deepEqual(world.waits, [15_000]);
  one.say({ do: "retry" });
  assert.equal(world.asked.length, 2);
});

test("a stranger at the host's address is named, and the host is back when it is back", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  const one = page(hub);
  one.say({ do: "join", topics: ["t"] });
  world.last.fail(new Stranger());
  await settle();
  assert.deepEqual(one.news(), ["connecting", "stranger"]);
  world.fire();
  world.last.accept();
  await settle();
  assert.deepEqual(one.news(), ["live", "opened"]);
});

test("a page that comes after the session ended brings the others back", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  const [one, two] = [page(hub), page(hub)];
  one.say({ do: "join", topics: ["t"] });
  world.last.fail(new NoSession());
  await settle();
  two.say({ do: "join", topics: ["t"] });
  assert.equal(world.asked.length, 2);
  world.last.accept();
  await settle();
  assert.equal(one.news().at(-1), "opened");
  assert.equal(two.news().at(-1), "opened");
});

test("the last page that leaves closes the stream", async () => {
  const world = new FakeWorld();
  const hub = new Hub(world);
  const one = page(hub);
  one.say({ do: "join", topics: ["t"] });
  world.last.accept();
  await settle();
  one.say({ do: "leave" });
  assert.ok(world.last.signal.aborted);
  await settle();
  assert.deepEqual(world.waits, []);
});
