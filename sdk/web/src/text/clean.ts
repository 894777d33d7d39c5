// Text of agents is hostile: it must neither draw on the page nor read as something that it is not.

/* eslint-disable no-control-regex -- controls are what is looked for */
const ansi = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|\x9b[0-?]*[ -/]*[@-~]/g;
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/* eslint-enable no-control-regex */

/** What turns the direction of writing, or is there and cannot be seen: the list of `hive::utf8`, without its joiners. */
const unseen =
  /[\u034f\u17b4\u17b5\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
const lineEnds = /\r\n?|[\u2028\u2029\u0085]/g;

function codePoint(text: string): string {
  return `⟨U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/**
 * Terminal escapes are left out; other control characters, and what is invisible or changes direction,
 * are named. Half a surrogate pair becomes a replacement character.
 */
export function clean(text: string): string {
  return text
    .replace(lineEnds, "\n")
    .replace(ansi, "")
    .replace(controls, codePoint)
    .replace(unseen, codePoint)
    .toWellFormed();
}

/** A sentence after which another one may follow. */
export function ended(sentence: string): string {
  return sentence.replace(/[^.!?]$/, "$&.");
}

/** The beginning of a text that is too long to be shown at once, and how much of it is left out. */
export function clip(text: string, most: number): { head: string; left: number } {
  if (text.length <= most + most / 4) return { head: text, left: 0 };
  const line = text.lastIndexOf("\n", most);
  let end = line > most / 2 ? line : most;
  if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
  return { head: text.slice(0, end), left: text.length - end };
}

/** One line of a text, for a place that has no room for more. */
export function oneLine(text: string, most = 200): string {
  const flat = clean(text.slice(0, most * 4)).replace(/\s+/g, " ").trim();
  return flat.length > most ? `${flat.slice(0, most - 1).toWellFormed()}…` : flat;
}
