// Line by line, for the terminal.
export interface DiffLine {
  is: "add" | "del" | "same" | "hunk";
  before?: number;
  after?: number;
  text: string;
}

/** A patch as the CLI gives it with the result of Edit and Write. */
export interface Hunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: string[];
}

/** Lines that are shown of one diff. */
const maxLines = 2_000;
/** With more lines than this on a side everything is one removal and one addition. */
const maxCompared = 400;

export function ofHunks(hunks: Hunk[]): DiffLine[] {
  const out: DiffLine[] = [];
  for (const hunk of hunks) {
    out.push({ is: "hunk", text: `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@` });
    let before = hunk.oldStart;
    let after = hunk.newStart;
    for (const line of hunk.lines) {
      const text = line.slice(1);
      if (line.startsWith("+")) out.push({ is: "add", after: after++, text });
      else if (line.startsWith("-")) out.push({ is: "del", before: before++, text });
      else if (!line.startsWith("\\")) out.push({ is: "same", before: before++, after: after++, text });
    }
  }
  return bounded(out);
}

/** The difference of two texts, by the longest common subsequence of their lines. */
export function ofTexts(before: string, after: string): DiffLine[] {
  const a = before === "" ? [] : before.replace(/\n$/, "").split("\n");
  const b = after === "" ? [] : after.replace(/\n$/, "").split("\n");
  if (a.length > maxCompared || b.length > maxCompared)
    return bounded([...a.map((text) => ({ is: "del" as const, text })), ...b.map((text) => ({ is: "add" as const, text }))]);
  const common = lengths(a, b);
  const out: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const down = common[i + 1]?.[j] ?? -1;
    const right = common[i]?.[j + 1] ?? -1;
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ is: "same", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || down >= right)) {
      out.push({ is: "del", text: a[i++] ?? "" });
    } else {
      out.push({ is: "add", text: b[j++] ?? "" });
    }
  }
  return bounded(out);
}

/** `[i][j]`: the length of the longest common subsequence from line i and line j on. */
function lengths(a: string[], b: string[]): Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = rows[i];
      const next = rows[i + 1];
      if (!row || !next) continue;
      row[j] = a[i] === b[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  return rows;
}

function bounded(lines: DiffLine[]): DiffLine[] {
  if (lines.length <= maxLines) return lines;
  return [...lines.slice(0, maxLines), { is: "hunk", text: `… ${lines.length - maxLines} more lines` }];
}

export function counts(lines: DiffLine[]): { added: number; removed: number } {
  const of = (is: DiffLine["is"]): number => lines.filter((line) => line.is === is).length;
  return { added: of("add"), removed: of("del") };
}
