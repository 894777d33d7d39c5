import assert from "node:assert/strict";
import test from "node:test";
import { FrameReader, type Frame } from "./frames.ts";

function read(...chunks: string[]): { frames: Frame[]; comments: number } {
  const frames: Frame[] = [];
  let comments = 0;
  const reader = new FrameReader((frame) => frames.push(frame), () => (comments += 1));
  for (const chunk of chunks) reader.push(chunk);
  return { frames, comments };
}

const whole = "id: e-1\nevent: broker.sent\ndata: {\"a\":1}\n\n";

test("a frame has id, event and data", () => {
  assert.deepEqual(read(whole).frames, [{ id: "e-1", event: "broker.sent", data: '{"a":1}' }]);
});

test("frames may come in any pieces and with any line ends", () => {
  for (const ends of ["\n", "\r\n", "\r"])
    for (let at = 1; at < whole.length; at++) {
      const text = whole.replaceAll("\n", ends) + `:${ends}`;
      const { frames } = read(text.slice(0, at), text.slice(at));
      assert.equal(frames.length, 1, `${JSON.stringify(ends)} at ${at}`);
      assert.equal(frames[0]?.data, '{"a":1}');
    }
});

test("data of several lines is joined, comments are heard, what is unfinished is not a frame", () => {
  const { frames, comments } = read(": hello\n\nevent: x\ndata: a\ndata:  b\n\n:\ndata: rest\n");
  assert.deepEqual(frames, [{ id: "", event: "x", data: "a\n b" }]);
  assert.equal(comments, 2);
});

test("a line without end is refused", () => {
  assert.throws(() => read("data: " + "x".repeat(8 * 1024 * 1024 + 1)), /more than/);
});
