import type { JSX } from "preact";
import { clean } from "../text/clean.ts";
import type { DiffLine } from "../text/diff.ts";

const signs = { add: "+", del: "−", same: "", hunk: "" } as const;
const words = { add: "added: ", del: "removed: ", same: "", hunk: "" } as const;
/** Longest line that is shown of a diff. */
const longestLine = 2_000;

export function Diff({ lines, label }: { lines: readonly DiffLine[]; label: string }): JSX.Element {
  return (
    <div class="diff" tabIndex={0} role="group" aria-label={label}>
      {lines.map((line, i) => (
        <div key={i} class={`dl${line.is === "same" ? "" : ` is-${line.is}`}`}>
          <span class="ln">{line.before}</span>
          <span class="ln">{line.after}</span>
          <span class="sg">
            <span aria-hidden="true">{signs[line.is]}</span>
            <span class="vh">{words[line.is]}</span>
          </span>
          <code dir="ltr">
            {clean(line.text.length > longestLine ? `${line.text.slice(0, longestLine)}… ` : line.text) || " "}
          </code>
        </div>
      ))}
    </div>
  );
}
