import {
  Chip,
  Completion,
  containers,
  Empty,
  jumpTo,
  Lacking,
  MessageRows,
  mostRead,
  Name,
  oneLine,
  onKeys,
  saidIn,
  Terminal,
  thousands,
  toast,
  useChoice,
  usePaced,
  wordsOf,
  type Entry,
  type Option,
  type Panel,
} from "@hive/web";
import { computed, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { answers, byteLength, composeId, draft, mostBytes, recipient, recipients, send, takeRecipient, trouble, writeTo } from "./compose.ts";
import { flow } from "./mail.ts";

const looked = signal("");

/** Of the rows that are here: the find field is a filter, not the broker's search. */
const found = computed(() => {
  const words = looked.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return flow.rows.list;
  const has = ({ message }: Entry): boolean => {
    const text = `${message.from} ${message.to} ${saidIn(message)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return flow.rows.list.filter(has);
});

function Tools(): JSX.Element {
  return (
    <label class="inline-field find">
      <span class="vh">Find in messages</span>
      <input class="input" type="search" placeholder="find" value={looked.value} onInput={(event) => (looked.value = event.currentTarget.value)} />
    </label>
  );
}

function Older(): JSX.Element | null {
  if (flow.error.value !== undefined)
    return (
      <p class="term-note ink-bad">
        <span dir="auto">{flow.error.value}</span>{" "}
        <button type="button" class="btn btn-quiet" data-always onClick={() => void flow.refresh()}>
          try again<span class="vh"> to load messages</span>
        </button>
      </p>
    );
  if (!flow.more.value) return null;
  if (flow.rows.size >= mostRead) return <p class="term-note meta">The last {mostRead} messages are shown.</p>;
  return (
    <p class="term-note">
      <button type="button" class="btn btn-quiet" data-always aria-disabled={flow.busy.value || undefined} onClick={() => void flow.older()}>
        {flow.busy.value ? "loading" : "older"}
        <span class="vh"> messages</span>
      </button>
    </p>
  );
}

function idOf(row: Entry): number {
  return row.message.id;
}

function Flow(): JSX.Element {
  const all = found.value;
  const rows = usePaced(all, idOf);
  const isEmpty = flow.rows.size === 0 && !flow.busy.value && flow.error.value === undefined && flow.lacking.value === undefined;
  return (
    <>
      {trouble.value !== undefined && (
        <p class="term-note">
          <Chip tone="warn" glyph="⚠">
            agents cannot send: {trouble.value}
          </Chip>
        </p>
      )}
      <Terminal
        label="Messages between agents and you"
        ids={rows.map(idOf)}
        onBottom={flow.follow}
      >
        {isEmpty ? (
          <Empty fact="No messages yet.">
            Write to <code>@manager</code> to begin.
          </Empty>
        ) : (
          <Older />
        )}
        <Lacking rows={flow.lacking.value} />
        <MessageRows rows={rows} />
        {looked.value !== "" && all.length === 0 && flow.rows.size > 0 && <p class="term-note meta">Nothing here has these words.</p>}
      </Terminal>
      <Compose />
    </>
  );
}

interface Person {
  name: string;
  why?: string;
}

function people(typed: string): Person[] {
  return recipients()
    .filter((name) => name.startsWith(typed))
    .slice(0, 8)
    .map((name) => {
      const row = containers.list.find((one) => one.name === name);
      if (name === "*") return { name, why: "every agent" };
      if (row?.needs_login) return { name, why: "needs login, will wait" };
      if (row && row.state !== "running") return { name, why: `${row.state}, will wait` };
      return { name, ...(row?.status ? { why: row.status } : {}) };
    });
}

function Compose(): JSX.Element {
  const listId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [shut, setShut] = useState(false);
  const typed = /^@([a-z0-9-]*|\*)$/.exec(draft.value)?.[1];
  const persons = typed === undefined || shut ? [] : people(typed);
  const options: Option[] = persons.map((person) => ({
    id: person.name,
    show: (
      <>
        <b>@{person.name}</b>
        <span class="meta">{person.why}</span>
      </>
    ),
  }));
  const take = (index: number): void => {
    const person = persons[index];
    if (person) draft.value = takeRecipient(`@${person.name} `);
  };
  const choice = useChoice(options, take);
  const length = byteLength(draft.value);
  const most = mostBytes.value;
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await send();
    } catch (problem) {
      setError(wordsOf(problem));
    } finally {
      setBusy(false);
    }
  };
  const answered = answers.value;
  return (
    <form
      class="compose"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {options.length > 0 && <Completion id={listId} label="Recipients" options={options} choice={choice} take={take} />}
      <span class="to">
        <span class="vh">To </span>@<Name of={recipient.value} />
      </span>
      <label class="compose-field">
        <span class="vh">Message</span>
        <textarea
          ref={field}
          class="input"
          id={composeId}
          rows={1}
          dir="auto"
          aria-haspopup="listbox"
          aria-controls={options.length > 0 ? listId : undefined}
          aria-activedescendant={options.length > 0 ? `${listId}-${choice.index}` : undefined}
          aria-autocomplete="list"
          aria-invalid={error !== undefined || undefined}
          aria-describedby={error === undefined ? undefined : `${listId}-error`}
          placeholder="@name picks the recipient"
          value={draft.value}
          onInput={(event) => {
            setShut(false);
            setError(undefined);
            draft.value = takeRecipient(event.currentTarget.value);
          }}
          onKeyDown={onKeys((event) => {
            if (event.key === "Escape" && options.length > 0) {
              event.preventDefault();
              setShut(true);
            } else if (!choice.key(event) && event.key === "Enter" && !event.shiftKey) {
              event.preventDefault();
              event.currentTarget.form?.requestSubmit();
            }
          })}
        />
      </label>
      <span class={`meta bytes${most !== undefined && length > most ? " ink-bad" : ""}`}>
        {thousands(length)}
        {most !== undefined && ` / ${thousands(most)}`}
      </span>
      <button class="btn btn-primary" title={`Send to ${recipient.value}`} aria-disabled={busy || undefined} aria-busy={busy || undefined}>
        send<span class="vh"> to {recipient.value}</span>
      </button>
      {answered?.from === recipient.value && (
        <p class="compose-note meta">
          answers message {answered.id}{" "}
          <button type="button" class="btn btn-quiet" data-always onClick={() => (answers.value = undefined)}>
            new message<span class="vh"> instead of an answer</span>
          </button>
        </p>
      )}
      {error !== undefined && (
        <p class="compose-note field-error" id={`${listId}-error`} role="alert" dir="auto">
          {error}
        </p>
      )}
    </form>
  );
}

export const flowPanel: Panel = {
  id: "flow",
  group: "messages",
  order: 40,
  title: "M3SSAG3 FL0W",
  name: "Message flow",
  Tools,
  Body: Flow,
  keys: [
    { keys: "/", does: "write a message", run: () => writeTo() },
    { keys: "g f", does: "go to the message flow", run: () => jumpTo("flow") },
  ],
  commands: computed(() =>
    recipients().map((name) => ({
      id: `write-${name}`,
      group: "messages",
      title: name === "*" ? "Write to every agent" : `Write to ${name}`,
      always: true,
      run: () => {
        // After the palette has given the focus back.
        setTimeout(() => writeTo(name));
      },
    })),
  ),
};

/** Said by the inbox's reply: where the answer is written. */
export function reply(row: Entry): void {
  writeTo(row.message.from, row.message.id);
  toast({ tone: "accent", glyph: "↩", text: `Your answer to: ${oneLine(saidIn(row.message), 60)}` });
}
