import type { JSX } from "preact";
import { memo } from "preact/compat";
import { clockSeconds, hourMinute } from "../text/numbers.ts";
import type { Entry, Message } from "../types.ts";
import { Name, SaidBy } from "./text.tsx";

const states = {
  queued: { glyph: "○", ink: "dim", word: "queued" },
  leased: { glyph: "◐", ink: "busy", word: "being read" },
  settled: { glyph: "✓", ink: "dim", word: "read" },
  dead: { glyph: "✗", ink: "bad", word: "undelivered, given up" },
} as const;

const deaths: Record<NonNullable<Entry["died"]>, string> = {
  failed: "five turns failed on it",
  purged: "its recipient was purged",
};
/** Why a message is dead, as far as it is known. */
export function deathOf(row: Entry): string | undefined {
  return row.died && deaths[row.died];
}

export function MessageState({ row }: { row: Entry }): JSX.Element {
  const { glyph, ink, word: state } = states[row.state];
  const death = row.state === "dead" ? deathOf(row) : undefined;
  const word = death === undefined ? state : `${state}: ${death}`;
  return (
    <span class={`st ink-${ink}`} title={word}>
      <span aria-hidden="true">{glyph}</span>
      <span class="vh">{word}</span>
    </span>
  );
}

/** Names as the operator says them. */
export function Party({ name }: { name: string }): JSX.Element {
  if (name === "operator") return <b class="ink-accent">you</b>;
  return (
    <b>
      <Name of={name === "system" ? "hive" : name === "*" ? "everyone" : name} />
    </b>
  );
}

/** Whose message it is and for whom. */
export function Route({ message }: { message: Message }): JSX.Element {
  return (
    <>
      <Party name={message.from} />
      <span class="arrow">
        {" "}
        <span aria-hidden="true">→</span>
        <span class="vh">to</span>{" "}
      </span>
      <Party name={message.to} />
    </>
  );
}

const MessageRow = memo(function MessageRow({ row }: { row: Entry }): JSX.Element {
  const { message } = row;
  return (
    <li class={`msg${message.from === "system" ? " is-sys" : ""}`} id={`m-${message.id}`}>
      <time dateTime={message.sent_at} title={`${clockSeconds(message.sent_at)}, message ${message.id}`}>
        {hourMinute(message.sent_at)}
      </time>
      <span class="route">
        <Route message={message} />
      </span>
      <div class="say">
        <SaidBy message={message} />
      </div>
      <MessageState row={row} />
    </li>
  );
});

/** Days of messages by their times: all are compared with each change of the list. */
const days = new Map<string, string>();
const mostDays = 20_000;

function day(time: string): string {
  let known = days.get(time);
  if (known === undefined) {
    if (days.size >= mostDays) days.clear();
    known = new Date(time).toDateString();
    days.set(time, known);
  }
  return known;
}

function dayWords(time: string): string {
  const at = new Date(time);
  return day(time) === new Date().toDateString() ? "today" : at.toLocaleDateString("en-GB", { dateStyle: "long" });
}

/** Messages under each other, with a line where a day begins. */
export function MessageRows({ rows }: { rows: readonly Entry[] }): JSX.Element {
  return (
    <ol class="msgs">
      {/* One flat list: a row keeps its elements when those before it come and go. */}
      {rows.flatMap((row, i) => {
        const shown = <MessageRow key={row.message.id} row={row} />;
        const before = rows[i - 1];
        if (before && day(before.message.sent_at) === day(row.message.sent_at)) return shown;
        const mark = (
          <li class="term-mark" key={`day-${day(row.message.sent_at)}`}>
            <span>{dayWords(row.message.sent_at)}</span>
          </li>
        );
        return [mark, shown];
      })}
    </ol>
  );
}
