import { computed, signal } from "@preact/signals";
import { render, type JSX } from "preact";
import { clearView, hasOlder, historyBusy, historyError, historyLacking, isCleared, items, feed, begin, follow, known, mail, name, older, report } from "./state.ts";
import { BarTools, Brand, ConnectionBanner, isOffline, stopWhileOffline } from "../shell/bar.tsx";
import { listenForKeys, openKeys, openPalette } from "../shell/palette.tsx";
import { jumpTo, type Command, type Key } from "../shell/registry.ts";
import { alone } from "../shell/alone.ts";
import { signOut } from "../shell/session.ts";
import { SignIn } from "../shell/sign_in.tsx";
import { startClock } from "../state/now.ts";
import { clean } from "../text/clean.ts";
import { clock, clockSeconds, plural, thousands } from "../text/numbers.ts";
import { Action, Banner, Empty, Lacking, Spelt } from "../ui/base.tsx";
import { Dialogs } from "../ui/dialog.tsx";
import { MessageState, Party } from "../ui/messages.tsx";
import { usePaced } from "../ui/paced.ts";
import { Terminal } from "../ui/scroll.tsx";
import { SaidBy } from "../ui/text.tsx";
import { toast, Toasts } from "../ui/toast.tsx";
import { Badges } from "./badges.tsx";
import { cancelTurn, cannotCancel, cannotCompact, compact, enter, newSession, slashes, unreachable } from "./commands.ts";
import { Prompt, promptId } from "./prompt.tsx";
import { StoryRow } from "./rows.tsx";
import type { Item, TurnItem } from "./story.ts";

const looked = signal("");
/** Messages that the side panel shows. */
const mostInInbox = 30;

function textOf(item: Item): string {
  if (item.is === "wake") return item.wake.notes + item.wake.messages.map(({ from, body }) => `${from} ${body}`).join(" ");
  if (item.is === "tool") return `${item.name} ${item.about} ${item.input} ${item.result?.text ?? ""}`;
  if (item.is === "turn") return `turn ${item.turn ?? ""} ${item.result} ${item.reason}`;
  return item.text;
}

const found = computed(() => {
  const words = looked.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items.value;
  return items.value.filter((item) => {
    const text = textOf(item).toLowerCase();
    return words.every((word) => text.includes(word));
  });
});

const lastTurn = computed(() => {
  const turn = items.value.findLast((item): item is TurnItem => item.is === "turn");
  if (turn?.ms === undefined) return undefined;
  const tools = plural(turn.tools, "tool call");
  return { ms: turn.ms, words: `${thousands(turn.ms)} ms, ${tools}, ended ${clockSeconds(turn.at)}.` };
});

function Older(): JSX.Element | null {
  if (historyError.value !== undefined)
    return (
      <p class="term-note ink-bad">
        <span dir="auto">{clean(historyError.value)}</span>{" "}
        <button type="button" class="btn btn-quiet" data-always onClick={() => void older()}>
          try again<span class="vh"> to load older turns</span>
        </button>
      </p>
    );
  if (!hasOlder.value) return null;
  return (
    <p class="term-note">
      <button type="button" class="btn btn-quiet" data-always aria-disabled={historyBusy.value || undefined} onClick={() => void older()}>
        {historyBusy.value ? "loading" : "older turns"}
      </button>
    </p>
  );
}

function idOf(item: Item): number {
  return item.id;
}

function Rows(): JSX.Element {
  const all = found.value;
  const rows = usePaced(all, idOf);
  const isLoading = items.value.length === 0 && historyBusy.value && !isCleared.value;
  const isEmpty = items.value.length === 0 && !historyBusy.value && historyError.value === undefined && known.value !== undefined;
  return (
    <Terminal
      label={`Turns of ${name}`}
      ids={rows.map(idOf)}
      onBottom={follow}
    >
      <Older />
      <Lacking rows={historyLacking.value} />
      {isLoading && !hasOlder.value && <p class="term-note meta">Loading.</p>}
      {isEmpty && (
        <Empty fact={isCleared.value ? "The view is empty." : "No turns yet."}>
          {isCleared.value ? "What happens from now on appears here." : `The first message wakes ${name}.`}
        </Empty>
      )}
      {looked.value !== "" && all.length === 0 && items.value.length > 0 && (
        <p class="term-note meta">Nothing that is loaded has these words; load older turns to look further back.</p>
      )}
      <ol class="evs">
        {rows.map((item) => (
          <StoryRow key={item.id} item={item} />
        ))}
      </ol>
    </Terminal>
  );
}

function Buttons(): JSX.Element {
  const [cancel, squeeze, fresh] = [cannotCancel(), cannotCompact(), unreachable()];
  return (
    <div class="actions">
      <Action leet="C4NC3L TURN" label="Cancel the running turn" disabled={cancel !== undefined} why={cancel} run={cancelTurn} />
      <Action label="Compact the context" disabled={squeeze !== undefined} why={squeeze} run={compact}>
        compact<span class="vh"> the context{squeeze === undefined ? "" : `: ${squeeze}`}</span>
      </Action>
      <Action class="btn-quiet" label="Start a new session; the conversation is dropped, notes stay" disabled={fresh !== undefined} why={fresh} run={newSession}>
        new session<span class="vh">: the conversation is dropped, notes stay</span>
      </Action>
    </div>
  );
}

function TerminalPanel(): JSX.Element {
  return (
    <section class="panel term-panel" id="terminal" aria-labelledby="term-h">
      <header class="panel-head">
        <h2 class="panel-title" id="term-h">
          <Spelt leet="T3RM1NAL" plain="Terminal" />
        </h2>
        <Buttons />
        <div class="panel-tools">
          <label class="inline-field find">
            <span class="vh">Find in history</span>
            <input class="input" id="find" type="search" placeholder="find" value={looked.value} onInput={(event) => (looked.value = event.currentTarget.value)} />
          </label>
        </div>
      </header>
      <Rows />
      <Prompt />
    </section>
  );
}

function Inbox(): JSX.Element | null {
  const rows = mail.rows.list.slice(-mostInInbox).reverse();
  const queued = mail.rows.list.filter((row) => row.message.to === name && row.state === "queued").length;
  if (rows.length === 0 && mail.error.value === undefined && mail.lacking.value === undefined) return null;
  return (
    <section class="panel" id="inbox" aria-labelledby="inbox-h">
      <header class="panel-head">
        <h2 class="panel-title" id="inbox-h">
          <Spelt leet="1NB0X" plain="Inbox" />
        </h2>
        {queued > 0 && <span class="count">{queued} queued</span>}
      </header>
      {mail.error.value !== undefined && (
        <p class="term-note ink-bad" dir="auto">
          {mail.error.value}
        </p>
      )}
      <Lacking rows={mail.lacking.value} />
      <ul class="rows inbox-rows" tabIndex={0} aria-label={`Messages from and to ${name}, newest first`}>
        {rows.map((row) => (
          <li class="row line cols-mini" key={row.message.id}>
            <MessageState row={row} />
            <div class="body">
              {row.message.from === name && (
                <>
                  <span aria-hidden="true">→ </span>
                  <span class="vh">to </span>
                </>
              )}
              <Party name={row.message.from === name ? row.message.to : row.message.from} /> <SaidBy message={row.message} />
            </div>
            <time class="meta" dateTime={row.message.sent_at}>
              {clock(row.message.sent_at)}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Page(): JSX.Element {
  if (feed.link.value === "signed-out" && !feed.ready.value) return <SignIn />;
  const thinks = report.value?.state === "thinking";
  document.title = `${thinks ? "✻ " : ""}${name}`;
  return (
    <>
      <a class="skip" href={`#${promptId}`}>
        Skip to the prompt
      </a>
      <header class="bar">
        <div class="bar-in agent-bar">
          <Brand />
          <h1 class="agent-title">
            <span class="vh">Agent </span>
            {name}
          </h1>
          <Badges lastTurn={lastTurn.value} />
          <BarTools feed={feed} palette={palette} />
        </div>
      </header>
      <ConnectionBanner feed={feed} runsOn="The agent runs on; this page does not see it." />
      {known.value === false && (
        <Banner tone="bad" glyph="✗">
          <strong>{name} was destroyed.</strong> What is here is what this page saw.
        </Banner>
      )}
      <main class="agent-page" id="main" tabIndex={-1}>
        <TerminalPanel />
        <div class="side">
          <Inbox />
        </div>
      </main>
      <Dialogs />
      <Toasts />
    </>
  );
}

function commands(): Command[] {
  return [
    ...slashes
      .filter((slash) => slash.takes === undefined && slash.word !== "/help" && slash.word !== "/clear")
      .map((slash) => ({
        id: slash.word,
        group: "agent",
        title: slash.does.charAt(0).toUpperCase() + slash.does.slice(1),
        meta: slash.word,
        disabled: slash.refused(),
        run: async () => {
          const answer = await enter(slash.word);
          if (answer !== undefined) toast({ tone: "ok", glyph: "✓", text: answer });
        },
      })),
    { id: "clear", group: "page", title: "Empty this view", meta: "/clear", always: true, run: clearView },
    { id: "keys", group: "page", title: "Keys", keys: "?", always: true, run: () => openKeys(keys()) },
    signOut,
    { id: "dashboard", group: "go to", title: "Dashboard", always: true, run: () => location.assign("/") },
  ];
}

function focusOn(id: string): void {
  document.getElementById(id)?.focus();
}

function keys(): Key[] {
  return [
    { keys: "Ctrl k", does: "every action, by name", run: palette },
    { keys: "/", does: "type a message or a command", run: () => focusOn(promptId) },
    { keys: "g f", does: "find in history", run: () => focusOn("find") },
    { keys: "g i", does: "go to the inbox", run: () => jumpTo("inbox") },
    { keys: "?", does: "these keys", run: () => openKeys(keys()) },
    { keys: "Esc", does: "close; what was typed stays", run: () => undefined },
  ];
}

function palette(): void {
  openPalette(commands, () => isOffline(feed.link.value));
}

startClock();
stopWhileOffline(feed);
listenForKeys(keys);
const page = document.getElementById("page");
page?.replaceChildren();
if (page) render(<Page />, page);
void alone().then(begin);
