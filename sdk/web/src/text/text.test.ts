import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import "../testing.ts";
import { clean, clip, oneLine } from "./clean.ts";
import { counts, ofHunks, ofTexts } from "./diff.ts";
import { markdown } from "./markdown.ts";
import { bytes, dollars, duration } from "./numbers.ts";
import { saidIn } from "./said.ts";

function html(text: string): string {
  const box = document.createElement("div");
  box.append(markdown(text));
  return box.innerHTML;
}

test("terminal escapes are gone, controls and what turns text around are named", () => {
  assert.equal(clean("\x1b[31;1mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1bP1;2q\x1b\\ \x9b1mx"), "red link x");
  assert.equal(clean("a\0b\x07\x7f\x85c"), "a⟨U+0000⟩b⟨U+0007⟩⟨U+007F⟩\nc");
  assert.equal(clean("\u202egnp\u202c \u2066x\u2069 a\u200bb\ufeff"), "⟨U+202E⟩gnp⟨U+202C⟩ ⟨U+2066⟩x⟨U+2069⟩ a⟨U+200B⟩b⟨U+FEFF⟩");
  assert.equal(clean("hidden \u{e0041}\u{e007f}"), "hidden ⟨U+E0041⟩⟨U+E007F⟩");
  assert.equal(clean("a\r\nb\rc\u2028d\te"), "a\nb\nc\nd\te");
  assert.equal(clean("\ud800x 👩‍💻"), "\ufffdx 👩‍💻");
});

test("what cannot be seen is the list that logs, names and the command line have, without the joiners", () => {
  const list = readFileSync("sdk/support/utf8/src/unseen.hpp", "utf8");
  const ranges = [...list.matchAll(/\{0x(\w+), 0x(\w+)\}/g)].map(([, first = "", last = ""]) => [parseInt(first, 16), parseInt(last, 16)] as const);
  assert.equal(ranges.length, 19);
  const isIn = (of: readonly (readonly [number, number])[], point: number): boolean => of.some(([first, last]) => first <= point && point <= last);
  const stays = [...ranges.slice(-1), [0x09, 0x0a] as const];
  const differ: string[] = [];
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const text = String.fromCodePoint(point);
    const isNamed = clean(text) !== text;
    const ignorable = /\p{Default_Ignorable_Code_Point}/u.test(text) && !/[\u180b-\u180d\u180f\ufe00-\ufe0f]/.test(text);
    if (isNamed !== (isIn(ranges, point) && !isIn(stays, point)) || (ignorable && !isIn(ranges, point))) differ.push(point.toString(16));
  }
  assert.deepEqual(differ, []);
});

test("an escape that never ends takes no more than its own text", () => {
  const text = clean("\x1b]0;" + "x".repeat(10) + "\nnext");
  assert.ok(!text.includes("\x1b"));
});

test("a long text is cut at a line, else anywhere but in a character", () => {
  assert.deepEqual(clip("short", 100), { head: "short", left: 0 });
  assert.deepEqual(clip(`${"a".repeat(80)}\n${"b".repeat(80)}`, 100).head, "a".repeat(80));
  assert.equal(clip(`${"a".repeat(9)}😀${"b".repeat(50)}`, 10).head, "a".repeat(9));
  assert.equal(oneLine(" a\n  b\t c ", 100), "a b c");
  assert.equal(oneLine("x".repeat(1 << 20), 10).length, 10);
});

test("what the hive says as JSON is a sentence, what anyone else says stays", () => {
  const of = (body: object, from = "system"): string => saidIn({ from, body: JSON.stringify(body) });
  assert.equal(of({ event: "spawned", name: "bob", ok: true, cause: "spawned by the operator" }), "bob was spawned by the operator");
  assert.equal(of({ event: "started", name: "bob", ok: true, cause: "the host has started" }), "bob was started: the host has started");
  assert.equal(of({ event: "rebuilt", name: "bob", ok: false, error: "agent.toml: line 3" }), "bob could not be rebuilt: agent.toml: line 3");
  assert.equal(of({ event: "kicked", reason: "r", text: "you were just started" }), "you were just started");
  assert.equal(of({ event: "session_reset", agent: "bob" }), "session reset, agent bob");
  assert.equal(of({ event: "kicked" }), '{"event":"kicked"}');
  assert.equal(of({ event: "spawned" }, "bob"), '{"event":"spawned"}');
  assert.equal(saidIn({ from: "system", body: "null" }), "null");
  assert.equal(saidIn({ from: "bob", body: "see", file: "/shared/bob/x.md" }), "see\n/shared/bob/x.md");
});

test("markdown is shown, what it could smuggle in is not", () => {
  assert.match(html("**b** `c`\n\n1. one\n2. two"), /<strong>b<\/strong> <code>c<\/code>.*<ol>.*<li dir="auto">one/s);
  assert.equal(html("<script>alert(1)</script>").includes("<script"), false);
  const box = document.createElement("div");
  box.innerHTML = html(
    '<img src=x onerror=alert(1)> ![i](http://e.test/x.png) [a](javascript:alert(1)) [d](data:text/html,x) <a href="x" onclick="y">z</a> <style>*{}</style>',
  );
  const elements = [...box.querySelectorAll("*")];
  assert.deepEqual([...new Set(elements.map((one) => one.localName))], ["p", "a"]);
  assert.deepEqual([...new Set(elements.flatMap((one) => one.getAttributeNames()))].sort(), ["dir", "href", "rel", "target"]);
  assert.deepEqual(elements.map((one) => one.getAttribute("href")).filter(Boolean), ["http://e.test/x.png"]);
  assert.match(html("[ok](https://e.test)"), /<a href="https:\/\/e.test" target="_blank" rel="noopener noreferrer">/);
  assert.match(html("![i](https://e.test/x.png)"), /<a href="https:\/\/e.test\/x.png"/);
  assert.match(html("# h\n\n- [x] done"), /<p.*<strong>h<\/strong>.*☑ done/s);
});

test("differences", () => {
  const lines = ofTexts("a\nb\nc\n", "a\nx\nc\nd\n");
  assert.deepEqual(lines.map((line) => `${line.is} ${line.text}`), ["same a", "del b", "add x", "same c", "add d"]);
  assert.deepEqual(counts(lines), { added: 2, removed: 1 });
  assert.deepEqual(counts(ofTexts("", "a\nb")), { added: 2, removed: 0 });
  const patch = ofHunks([{ oldStart: 4, oldLines: 2, newStart: 4, newLines: 2, lines: [" a", "-b", "+c", "\\ No newline at end of file"] }]);
  assert.deepEqual(patch.map(({ is, before, after }) => [is, before, after]), [["hunk", undefined, undefined], ["same", 4, 4], ["del", 5, undefined], ["add", undefined, 5]]);
  assert.ok(ofTexts("", "x\n".repeat(100_000)).length <= 2_001);
});

test("numbers for people", () => {
  assert.deepEqual([0, 42_000, 185_000, 7_800_000, 200_000_000].map(duration), ["0 s", "42 s", "3 m 05 s", "2 h 10 m", "2 d"]);
  assert.deepEqual([0, 0.000_02, 0.0002, 0.5, 12].map(dollars), ["$0.00", "< $0.0001", "$0.0002", "$0.50", "$12.00"]);
  assert.deepEqual([0, 1100, 1 << 20, 5e9].map(bytes), ["0 B", "1.1 KB", "1.0 MB", "4.7 GB"]);
});
