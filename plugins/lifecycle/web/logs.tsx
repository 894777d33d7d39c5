import { Body, clean, clockSeconds, isReached, isSeen, plural, Terminal, type Container } from "@hive/web";
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Journal, type LogLine } from "./journal.ts";

/** Longest line that is shown whole. */
const longestLine = 4_000;

function tone(line: LogLine): string {
  if (line.stream === "err") return " is-warn";
  return line.stream === "supervisor" ? " is-busy" : "";
}

const Line = memo(function Line({ line }: { line: LogLine }): JSX.Element {
  return (
    <div class={`ll${tone(line)}`}>
      <time dateTime={line.at}>{clockSeconds(line.at)}</time>
      {line.text.length > longestLine ? <Body text={line.text} /> : <span dir="auto">{clean(line.text)}</span>}
    </div>
  );
});

function Tools({ name, journal }: { name: string; journal: Journal }): JSX.Element {
  const lines = journal.lines.value;
  return (
    <>
      <label class="switch">
        <input type="checkbox" checked={journal.wanted.value} onChange={(event) => (journal.wanted.value = event.currentTarget.checked)} />
        <span>
          follow<span class="vh"> the log of {name}</span>
        </span>
      </label>
      <button type="button" class="btn btn-quiet" data-always aria-busy={journal.busy.value || undefined} onClick={() => void journal.refresh()}>
        refresh<span class="vh"> the log of {name}</span>
      </button>
      {journal.hasOlder && (
        <button type="button" class="btn btn-quiet" data-always onClick={() => void journal.older()}>
          older<span class="vh"> lines of {name}</span>
        </button>
      )}
      {lines && <span class="meta">{plural(lines.length, "line")}</span>}
    </>
  );
}

/** What the container's processes wrote: the harness at first, or all. */
export function Logs({ name, role }: { name: string; role: Container["role"] }): JSX.Element {
  const harness = role === "manager" ? "hive-m1nd.service" : "hive-ag3nt.service";
  const [unit, setUnit] = useState(harness);
  const [atEnd, setAtEnd] = useState(true);
  const journal = useMemo(() => new Journal(name, unit), [name, unit]);
  const follows = journal.wanted.value && atEnd && isReached.value && isSeen.value;
  useEffect(() => {
    if (follows) journal.follow();
    else journal.pause();
  }, [journal, follows]);
  useEffect(() => {
    setAtEnd(true);
    if (!follows) void journal.refresh();
    return () => journal.pause();
  }, [journal]);
  const lines = journal.lines.value;
  const error = journal.error.value;
  return (
    <>
      <div class="disc-tools">
        <label class="inline-field">
          <span>unit</span>
          <select class="input" value={unit} onChange={(event) => setUnit(event.currentTarget.value)}>
            <option value={harness}>{harness}</option>
            <option value="">everything</option>
          </select>
        </label>
        <Tools name={name} journal={journal} />
      </div>
      {error !== undefined && (
        <p class="ink-bad" role="alert" dir="auto">
          {error}
        </p>
      )}
      {lines && lines.length > 0 ? (
        <Terminal
          key={unit}
          label={`Journal of ${name}`}
          ids={lines.map((line) => line.cursor)}
          onBottom={setAtEnd}
          {...(journal.wanted.value ? { away: "paused, go on" } : {})}
        >
          {lines.map((line) => (
            <Line key={line.cursor} line={line} />
          ))}
        </Terminal>
      ) : (
        error === undefined && <p class="meta">{lines ? "Nothing was written yet." : "Loading."}</p>
      )}
    </>
  );
}
