import { Body, clean, clockSeconds, get, plural, wordsOf, type Container, type LogLine, type Methods } from "@hive/web";
import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

type Lines = Methods["journal.read"]["result"];

const linesAtFirst = 200;
const mostLines = 5_000;
/** Longest line that is shown whole. */
const longestLine = 4_000;

function tone(line: LogLine): string {
  if (line.stream === "err") return " is-warn";
  return line.stream === "supervisor" ? " is-busy" : "";
}

/** What the container's processes wrote: the harness at first, or all. */
export function Logs({ name, role }: { name: string; role: Container["role"] }): JSX.Element {
  const harness = role === "manager" ? "hive-m1nd.service" : "hive-ag3nt.service";
  const [unit, setUnit] = useState(harness);
  const [many, setMany] = useState(linesAtFirst);
  const [turn, setTurn] = useState(0);
  const [lines, setLines] = useState<readonly LogLine[]>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    let gone = false;
    setBusy(true);
    const asked = `unit=${encodeURIComponent(unit)}&lines=${many}`;
    get<Lines>(`/api/journal/${encodeURIComponent(name)}?${asked}`)
      .then(
        (read) => {
          if (gone) return;
          setLines(read.lines);
          setError(undefined);
        },
        (problem: unknown) => gone || setError(wordsOf(problem)),
      )
      .finally(() => gone || setBusy(false));
    return () => {
      gone = true;
    };
  }, [name, unit, many, turn]);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    <>
      <div class="disc-tools">
        <label class="inline-field">
          <span>unit</span>
          <select class="input" id={id} value={unit} onChange={(event) => setUnit(event.currentTarget.value)}>
            <option value={harness}>{harness}</option>
            <option value="">everything</option>
          </select>
        </label>
        <button type="button" class="btn btn-quiet" data-always aria-busy={busy || undefined} onClick={() => setTurn(turn + 1)}>
          refresh<span class="vh"> the log of {name}</span>
        </button>
        {lines && lines.length >= many && many < mostLines && (
          <button type="button" class="btn btn-quiet" data-always onClick={() => setMany(Math.min(mostLines, many * 5))}>
            older<span class="vh"> lines of {name}</span>
          </button>
        )}
        {lines && <span class="meta">{plural(lines.length, "line")}</span>}
      </div>
      {error !== undefined ? (
        <p class="ink-bad" role="alert" dir="auto">
          {error}
        </p>
      ) : !lines ? (
        <p class="meta">Loading.</p>
      ) : lines.length === 0 ? (
        <p class="meta">Nothing was written yet.</p>
      ) : (
        <div class="log" ref={box} tabIndex={0} role="log" aria-label={`Journal of ${name}`}>
          {lines.map((line) => (
            <div key={line.cursor} class={`ll${tone(line)}`}>
              <time dateTime={line.at}>{clockSeconds(line.at)}</time>
              {line.text.length > longestLine ? <Body text={line.text} /> : <span dir="auto">{clean(line.text)}</span>}
            </div>
          ))}
        </div>
      )}
    </>
  );
}
