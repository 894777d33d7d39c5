import assert from "node:assert/strict";
import test from "node:test";
import type { Frame } from "./frames.ts";
import { Order, parseMark } from "./order.ts";

function frame(seq: number, epoch = "a"): Frame {
  return { id: `${epoch}-${seq}`, event: "t", data: String(seq) };
}
const seqs = (frames: Frame[]): number[] => frames.map(({ data }) => Number(data));

/** An order that has shown the snapshot of `seq`. */
function level(seq: number): Order {
  const order = new Order();
  order.snapshot({ epoch: "a", seq });
  return order;
}

test("a mark is an epoch, which may hold dashes, and a number", () => {
  assert.deepEqual(parseMark("01-ab-7"), { epoch: "01-ab", seq: 7 });
  for (const bad of ["", "7", "-7", "a-", "a-x", "a-1.5", "a-99999999999999999999"]) assert.equal(parseMark(bad), undefined, bad);
});

test("frames before the snapshot wait; those that it holds are dropped, the rest follows in order", () => {
  const order = new Order();
  for (const seq of [4, 5, 6, 7]) assert.deepEqual(order.frame(frame(seq)).apply, []);
  const { fits, apply } = order.snapshot({ epoch: "a", seq: 5 });
  assert.ok(fits);
  assert.deepEqual(seqs(apply), [6, 7]);
  assert.deepEqual(seqs(order.frame(frame(8)).apply), [8]);
});

test("a frame that comes twice is applied once", () => {
  const order = level(5);
  assert.deepEqual(seqs(order.frame(frame(6)).apply), [6]);
  assert.deepEqual(order.frame(frame(6)), { apply: [], resync: false });
  assert.deepEqual(order.frame(frame(3)), { apply: [], resync: false });
});

test("numbers that are left out are other topics', not a hole", () => {
  const order = level(5);
  assert.deepEqual(order.frame(frame(90)), { apply: [frame(90)], resync: false });
});

test("another epoch asks for a new state and nothing of it is applied before", () => {
  const order = level(50);
  assert.deepEqual(order.frame(frame(1, "b")), { apply: [], resync: true });
  assert.deepEqual(order.frame(frame(2, "b")), { apply: [], resync: false });
  const { fits, apply } = order.snapshot({ epoch: "b", seq: 1 });
  assert.ok(fits);
  assert.deepEqual(seqs(apply), [2]);
});

test("a snapshot of another life than the frames' is not shown", () => {
  const order = new Order();
  order.frame(frame(7, "b"));
  assert.deepEqual(order.snapshot({ epoch: "a", seq: 90 }), { fits: false, apply: [] });
  order.frame(frame(8, "b"));
  const next = order.snapshot({ epoch: "b", seq: 7 });
  assert.ok(next.fits);
  assert.deepEqual(seqs(next.apply), [8]);
});

test("a resync makes frames wait again", () => {
  const order = level(5);
  order.begin();
  assert.deepEqual(order.frame(frame(9)).apply, []);
  assert.deepEqual(seqs(order.snapshot({ epoch: "a", seq: 8 }).apply), [9]);
});

test("more frames than are kept make the snapshot be fetched again", () => {
  const order = new Order();
  for (let seq = 1; seq <= 10_001; seq++) order.frame(frame(seq));
  assert.equal(order.snapshot({ epoch: "a", seq: 3 }).fits, false);
  assert.equal(order.snapshot({ epoch: "a", seq: 10_001 }).fits, true);
});

test("control frames and odd ids are nothing", () => {
  assert.deepEqual(level(5).frame({ id: "", event: "resync", data: "{}" }), { apply: [], resync: false });
});
