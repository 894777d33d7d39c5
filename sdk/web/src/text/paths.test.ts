import assert from "node:assert/strict";
import test from "node:test";
import { isPath, splitPaths } from "./paths.ts";

const found = (text: string): string[] => splitPaths(text).filter((piece) => piece.isPath).map((piece) => piece.text);

const nfd = "/shared/a2/re\u0301sume\u0301.md";
const whole = [
  "/shared/a/b.md",
  "/agents/web-2/state/x.md",
  "/shared/a2/résumé.md",
  nfd,
  "/shared/grüße/straße_1.txt",
  "/shared/отчёт/май.csv",
  "/shared/报告/第一章.md",
  "/shared/レポート・案/ファイル",
  "/shared/보고서/초안.md",
  "/shared/تقرير/ملف.txt",
  "/shared/דוח/קובץ.md",
  "/shared/हिन्दी/किताब.md",
  "/shared/ไทย/น้ำ.md",
  "/shared/می\u200cشود.md",
  "/shared/🐝/👩\u200d💻.md",
  "/shared/❤\ufe0f.md",
  "/shared/👍🏽/🇩🇪.md",
  "/shared/col·lecció.md",
  "/shared/l’été/it's.md",
  "/shared/2020–2021/a—b.md",
  "/shared/x(1).md",
  "/shared/x[1]{2}/y(2)",
  "/shared/報告（1）.md",
  "/shared/v1.2版本.md",
  "/shared/a&b#1!,c;d.md",
  "/shared/a→b/5×3.md",
  "/shared/.hidden/..x",
  "/shared/x.md:12",
  "/shared/x~",
  "/shared/½/№5/25°.md",
];

test("a path is read whole in every script", () => {
  for (const path of whole) for (const text of [path, `see ${path} now`, `(${path})`, `"${path}"`]) assert.deepEqual(found(text), [path], text);
});

test("it ends where its sentence goes on, in every script", () => {
  const ends = [
    ". ", ", and", ": ", "; ", "!", "?", "…", "...", ")", "]", "}", "'", "’", "”", "»", '"', "`", "<", ">", "|", "\\n", "\n", "\u3000", "**",
    "。", "，", "、", "；", "：", "！", "？", "」", "』", "）", "】", "》", "（仮）", "「仮」", "،", "؛", "؟", "।", "။", "།", "·".replace("·", "‧"), "→", " →",
  ];
  for (const path of ["/shared/a/x.md", "/shared/a2/résumé.md", "/shared/报告/第一章", "/shared/ملف.txt"])
    for (const end of ends) assert.deepEqual(found(`x ${path}${end}`), [path], `${path}${end}`);
  assert.deepEqual(found("/shared/a.md,/shared/b.md;/shared/c.md:/shared/d.md→/shared/e.md"), ["a", "b", "c", "d", "e"].map((name) => `/shared/${name}.md`));
  assert.deepEqual(found("['/shared/a.md','/shared/b.md']"), ["/shared/a.md", "/shared/b.md"]);
  assert.deepEqual(found("[x](/shared/a.md) (see /shared/b(1).md)"), ["/shared/a.md", "/shared/b(1).md"]);
  assert.deepEqual(found("文件/shared/a/x.md已更新，/shared/b/y.mdを見て。/shared/c/z.md는"), ["/shared/a/x.md", "/shared/b/y.md", "/shared/c/z.md"]);
});

test("what names no file of the hive, or not all of a name, is no link", () => {
  const none = [
    "/state/x.md", "/etc/shared/x", "/agents/Web/state/x", "http://h/shared/x", "/shared/", "~/shared/x", "${root}/shared/x", "$(pwd)/shared/x",
    "résumé/shared/x", "re\u0301sume\u0301/shared/x", "отчёт/shared/x", "../shared/x", "x_/shared/y",
    "/shared/a⟨U+202E⟩dm.exe", "/shared/a/x.md⟨U+200B⟩", "/shared/a.⟨U+00AD⟩md",
  ];
  for (const text of none) assert.deepEqual(found(text), [], text);
  assert.deepEqual(found("⟨U+202E⟩ see /shared/a.md"), ["/shared/a.md"]);
});

test("a file that a message names beside its text may have any name that can be seen", () => {
  for (const file of ["/shared/a b/my notes (1).md", "/agents/web-2/state/x, y.md", nfd]) assert.ok(isPath(file), file);
  for (const file of ["/shared/", "/etc/passwd", "/state/x", "/agents/Web/state/x", "/shared/a\u202eb", "/shared/a\nb/../c\u0000"]) assert.ok(!isPath(file), file);
});

test("of a text that goes on elsewhere the last path may be cut, so it is no link", () => {
  const paths = (text: string): string[] => splitPaths(text, "cut").filter((piece) => piece.isPath).map((piece) => piece.text);
  assert.deepEqual(paths("/shared/a.md and /shared/b"), ["/shared/a.md"]);
  assert.deepEqual(paths("/shared/a.md and more"), ["/shared/a.md"]);
});

test("nothing of the text is lost, and a long one takes no longer than its length", () => {
  for (const text of ["a /shared/b c", `${whole.join(" ")} `, "/shared/" + "(".repeat(50_000), "/shared/" + "a.".repeat(50_000), "/shared/" + "'".repeat(50_000), "/shared/x".repeat(10_000)])
    assert.equal(splitPaths(text).map((piece) => piece.text).join(""), text);
});
