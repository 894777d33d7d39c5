import { clock, Empty, isNumbers, jumpTo, kept, Name, oneLine, SaidBy, saidIn, type Entry, type Panel } from "@hive/web";
import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { reply } from "./flow.tsx";
import { inbox } from "./mail.ts";

/** Ids that were read on this browser; the first is the one up to which all were. */
const read = kept<number[]>("inbox-read", [0], isNumbers);
const mostKept = 500;

function isRead(id: number): boolean {
  return id <= (read.value[0] ?? 0) || read.value.includes(id);
}

function setRead(...ids: number[]): void {
  const [upTo = 0, ...rest] = read.peek();
  const next = [...new Set([...rest, ...ids])].sort((a, b) => a - b);
  const over = next.length - mostKept;
  read.value = over > 0 ? [next[over - 1] ?? upTo, ...next.slice(over)] : [upTo, ...next];
}

function readAll(): void {
  const newest = inbox.list[0]?.message.id;
  if (newest !== undefined) read.value = [newest];
}

const fresh = computed(() => inbox.list.filter((row) => !isRead(row.message.id)));

const Row = memo(function Row({ row, isNew }: { row: Entry; isNew: boolean }): JSX.Element {
  const { message } = row;
  const sender = message.from === "system" ? "hive" : message.from;
  return (
    <li class="row line cols-inbox">
      <span class={`dot${isNew ? "" : " is-read"}`} title={isNew ? "new" : undefined}>
        {isNew && <span class="vh">new</span>}
      </span>
      <time class="meta" dateTime={message.sent_at}>
        {clock(message.sent_at)}
      </time>
      <span class="name">
        <Name of={sender} />
      </span>
      <div class="body prose">
        <SaidBy message={message} />
      </div>
      <span class="actions">
        {message.from !== "system" && (
          <button
            type="button"
            class="btn btn-quiet"
            data-always
            onClick={() => {
              setRead(message.id);
              reply(row);
            }}
          >
            reply<span class="vh"> to {sender}</span>
          </button>
        )}
        {isNew && (
          <button type="button" class="btn btn-quiet" data-always title="Mark as read" onClick={() => setRead(message.id)}>
            done<span class="vh">: mark the message of {sender} as read</span>
          </button>
        )}
      </span>
    </li>
  );
});

function Inbox(): JSX.Element {
  const rows = inbox.list;
  if (rows.length === 0)
    return (
      <Empty fact="Nothing new.">
        What agents write to <code>operator</code> lands here.
      </Empty>
    );
  return (
    <ul class="rows inbox-rows" tabIndex={0} aria-label="Messages to you, newest first">
      {rows.map((row) => (
        <Row key={row.message.id} row={row} isNew={!isRead(row.message.id)} />
      ))}
    </ul>
  );
}

function Tools(): JSX.Element | null {
  if (fresh.value.length < 2) return null;
  return (
    <button type="button" class="btn btn-quiet" data-always onClick={readAll}>
      all done<span class="vh">: mark every message as read</span>
    </button>
  );
}

export const inboxPanel: Panel = {
  id: "inbox",
  group: "messages",
  order: 30,
  title: "0P3RAT0R 1NB0X",
  name: "Operator inbox",
  Tools,
  Body: Inbox,
  count: computed(() => (fresh.value.length > 0 ? { text: `${fresh.value.length} new`, tone: "need" as const } : undefined)),
  waits: computed(() => [
    {
      id: "messages",
      tone: "need" as const,
      count: fresh.value.length,
      word: fresh.value.length === 1 ? "message" : "messages",
      target: "inbox",
      items: fresh.value.map(({ message }) => ({
        id: String(message.id),
        text: `${message.from}: ${oneLine(saidIn(message), 120)}`,
      })),
    },
  ]),
  keys: [{ keys: "g i", does: "go to your inbox", run: () => jumpTo("inbox") }],
};
