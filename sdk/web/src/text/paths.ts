// Files that agents speak of, in the form that /api/state-file takes. A link to another file than the one that was
// meant is worse than none: a name is read whole, in every script, or is no link.

import { clean } from "./clean.ts";

export interface Piece {
  text: string;
  isPath: boolean;
}

/** What follows a text: nothing, or more of it that is not here. */
export type End = "end" | "cut";

/** Scripts that put no space between words. */
const unspaced = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}`;
/** Right behind the letter of another script, or within another path, none begins. */
const begin = String.raw`(?<![\/.~_\-\)\}]|[[\p{L}\p{M}\p{N}]--[${unspaced}]])(?:\/agents\/[a-z][a-z0-9\-]{0,30}\/state|\/shared)\/`;

/** Letters with their marks and joiners, numbers, emoji, and signs that end no sentence. */
const sign = String.raw`[\p{L}\p{M}\p{N}\p{So}\p{Sc}\p{EMod}\u200c\u200d\u00b7\u30fb\/@%+=~_\-]`;
/** What may stand within a name and ends a sentence all the same. */
const within = String.raw`[.,:;!?'’#&*\^\p{Pd}[\p{Sm}--[<>\|+=~]]]`;
const inner = String.raw`${within}+(?=${sign})(?!(?<=[,:;'’\p{Sm}])\/)`;
const brackets = ["()", "[]", "{}"].map((both) => enclosed(both, ""));
/** Those of other scripts may as well enclose a remark on the file: they are its name's when that goes on behind them. */
const wideBrackets = ["（）", "「」", "『』", "【】", "《》"].map((both) => enclosed(both, String.raw`(?=\.[\p{L}\p{N}]|\/)`));

function enclosed([open, close]: string, behind: string): string {
  return String.raw`\u{${point(open)}}(?:${sign}|${within})*\u{${point(close)}}${behind}`;
}
function point(character = ""): string {
  return character.charCodeAt(0).toString(16);
}

const token = new RegExp(`${begin}(?:${[sign, inner, ...brackets, ...wideBrackets].join("|")})+`, "gv");
/** The sentence that goes on behind `x.md` without a space, as in `x.mdを見て`. */
const sentence = new RegExp(String.raw`(?<=\.[A-Za-z][A-Za-z0-9]{0,7})[${unspaced}\p{scx=Hang}][^.\/]*$`, "v");
/** A file that a message names beside its text: all of it is the name, blanks too. */
export function isPath(file: string): boolean {
  return place.test(file) && clean(file) === file;
}
const place = /^(?:\/agents\/[a-z][a-z0-9-]{0,30}\/state|\/shared)\/./;

/** A name that goes on with what no link can hold: a character that `clean` has named. */
const broken = /^[^\s"'<>]*⟨U\+/;

/** Splits a text, after `clean`, at the paths in it. */
export function splitPaths(text: string, end: End = "end"): Piece[] {
  const pieces: Piece[] = [];
  // Most texts name no file, and looking for the words is much quicker than for what may stand around them.
  if (!text.includes("/shared/") && !text.includes("/agents/")) return text === "" ? [] : [{ text, isPath: false }];
  let at = 0;
  for (const match of text.matchAll(token)) {
    const path = match[0].replace(sentence, "");
    const next = match.index + path.length;
    if ((next === text.length && end === "cut") || broken.test(text.slice(next, next + 64))) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), isPath: false });
    pieces.push({ text: path, isPath: true });
    at = next;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isPath: false });
  return pieces;
}
