import {
  Action,
  call,
  clock,
  deathOf,
  jumpTo,
  Lacking,
  MessageState,
  oneLine,
  plural,
  Route,
  SaidBy,
  saidIn,
  thousands,
  toast,
  type Entry,
  type Panel,
} from "@hive/web";
import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { deadLacking, deadLetters, deadTotal, deadTrouble, moreDead, olderDead, refreshDead } from "./dead_letters.ts";

/** The mailbox of a purged agent is gone; nobody of that name is to get its mail. */
function canRequeue(row: Entry): boolean {
  return row.died !== "purged";
}

async function requeueAll(): Promise<void> {
  const { requeued, left } = await call("broker.requeue_all", {});
  const stay = left > 0 ? ` ${plural(left, "stays, because its recipient was", "stay, because their recipients were")} purged.` : "";
  toast({ tone: "ok", glyph: "✓", text: `${plural(requeued, "message is", "messages are")} queued again.${stay}` });
}

const Row = memo(function Row({ row }: { row: Entry }): JSX.Element {
  const { message } = row;
  return (
    <li class="row line cols-dead" id={`dead-${message.id}`}>
      <MessageState row={row} />
      <time class="meta" dateTime={message.sent_at}>
        {clock(message.sent_at)}
      </time>
      <span class="name">
        <Route message={message} />
      </span>
      <div class="body prose">
        <SaidBy message={message} />
        {row.died && <p class="meta">Given up: {deathOf(row)}.</p>}
      </div>
      <span class="actions">
        {canRequeue(row) && (
          <Action class="btn-quiet" label={`Queue message ${message.id} to ${message.to} again`} run={() => call("broker.requeue", { id: message.id })}>
            requeue
            <span class="vh">
              : queue message {message.id} to {message.to} again
            </span>
          </Action>
        )}
      </span>
    </li>
  );
});

function Dead(): JSX.Element {
  return (
    <>
      {deadTrouble.value !== undefined && (
        <p class="term-note ink-bad">
          <span dir="auto">{deadTrouble.value}</span>{" "}
          <button type="button" class="btn btn-quiet" data-always onClick={() => void refreshDead()}>
            try again<span class="vh"> to load dead letters</span>
          </button>
        </p>
      )}
      <Lacking rows={deadLacking.value} />
      <ul class="rows inbox-rows" tabIndex={0} aria-label="Dead letters, newest first">
        {deadLetters.list.map((row) => (
          <Row key={row.message.id} row={row} />
        ))}
      </ul>
      {moreDead.value && (
        <p class="term-note">
          <button type="button" class="btn btn-quiet" data-always onClick={() => void olderDead()}>
            older<span class="vh"> dead letters</span>
          </button>
        </p>
      )}
    </>
  );
}

function Tools(): JSX.Element | null {
  if (!deadLetters.list.some(canRequeue)) return null;
  return (
    <Action class="btn-quiet" label="Queue all dead letters again" run={requeueAll}>
      requeue all<span class="vh"> dead letters</span>
    </Action>
  );
}

const count = computed(() => deadTotal.value ?? 0);

export const deadPanel: Panel = {
  id: "dead",
  group: "messages",
  order: 35,
  title: "D3AD L3TT3RS",
  name: "Dead letters",
  isShown: computed(() => count.value > 0 || deadTrouble.value !== undefined),
  Tools,
  Body: Dead,
  count: computed(() => (count.value > 0 ? { text: thousands(count.value), tone: "bad" as const } : undefined)),
  // None before the first are known: those that were dead already are no news.
  waits: computed(() => (deadTotal.value === undefined ? [] : [waitOf(count.value)])),
  commands: computed(() =>
    deadLetters.list.some(canRequeue) ? [{ id: "requeue-all", group: "messages", title: "Queue all dead letters again", run: requeueAll }] : [],
  ),
  keys: [{ keys: "g d", does: "go to the dead letters", run: () => jumpTo("dead") }],
};

function waitOf(dead: number): NonNullable<Panel["waits"]>["value"][number] {
  return {
    id: "dead",
    tone: "bad",
    count: dead,
    word: dead === 1 ? "dead letter" : "dead letters",
    target: "dead",
    isRare: true,
    items: deadLetters.list.map((row) => ({
      id: String(row.message.id),
      text: `Given up: ${row.message.from} to ${row.message.to}: ${oneLine(saidIn(row.message), 120)}`,
    })),
  };
}
