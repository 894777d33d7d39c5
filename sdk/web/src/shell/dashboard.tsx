import { signal } from "@preact/signals";
import { render, type JSX } from "preact";
import { get } from "../api.ts";
import { Feed } from "../feed/feed.ts";
import { startClock } from "../state/now.ts";
import { folded } from "../state/settings.ts";
import { applyToSlices, loadSlices, topicsOfSlices } from "../state/slices.ts";
import type { Snapshot, SourceError } from "../types.ts";
import { Chip, Spelt } from "../ui/base.tsx";
import { Dialogs } from "../ui/dialog.tsx";
import { toast, Toasts } from "../ui/toast.tsx";
import { BarTools, Brand, ConnectionBanner, isOffline, stopWhileOffline } from "./bar.tsx";
import { notify, wantsNotices } from "./notices.ts";
import { listenForKeys, openKeys, openPalette } from "./palette.tsx";
import { alone } from "./alone.ts";
import { signOut } from "./session.ts";
import { SignIn } from "./sign_in.tsx";
import { addPanels, commands, jumpTo, keys, panels, vitals, waits, watchTitle, type Command, type Key, type Panel, type PanelModule } from "./registry.ts";

const sourceErrors = signal<readonly SourceError[]>([]);
const modules = new Set<string>();
/** Panels that are loaded and wait for their first state. */
let coming: readonly Panel[] = [];

/** Followed from the beginning, before it is known which plugins there are. */
const ownTopics = ["host.stopping"];

/** Modules lie beside this one, nowhere else. */
const moduleName = /^[\w-][\w.-]*\.js$/;

const feed = new Feed({
  fetch: async () => {
    const state = await get<Snapshot>("/api/state");
    return { mark: state, load: () => load(state) };
  },
  apply: (topic, payload) => {
    if (topic === "host.stopping") toast({ tone: "warn", glyph: "⚠", text: "The host is being stopped." });
    else applyToSlices(topic, payload);
  },
});

function load(state: Snapshot): void {
  sourceErrors.value = state.source_errors;
  loadSlices(state);
  addPanels(coming);
  coming = [];
  void loadPanels(state);
}

/** Panels of plugins that were not there yet; their topics are followed from then on. */
async function loadPanels(state: Snapshot): Promise<void> {
  const wanted = state.panels.filter(({ module }) => !modules.has(module) && moduleName.test(module));
  for (const { module } of wanted) modules.add(module);
  const loaded = await Promise.all(
    wanted.map(async ({ plugin, module }) => {
      try {
        return (await import(new URL(module, import.meta.url).href)) as PanelModule;
      } catch (error) {
        console.error(`The panel of ${plugin} cannot be loaded: ${String(error)}`);
        toast({ tone: "bad", glyph: "✗", text: `The panel of ${plugin} cannot be loaded; load the page again.` });
        modules.delete(module);
        return undefined;
      }
    }),
  );
  const fresh = loaded.filter((module) => module !== undefined);
  if (fresh.length === 0) return;
  for (const module of fresh) module.start();
  coming = fresh.flatMap((module) => module.panels);
  feed.join([...ownTopics, ...topicsOfSlices()]);
}

const groups = [
  { id: "swarm", name: "swarm" },
  { id: "decisions", name: "decisions" },
  { id: "messages", name: "messages" },
] as const;

const ownKeys: Key[] = [
  { keys: "Ctrl k", does: "every action, by name", run: () => palette() },
  { keys: "?", does: "these keys", run: () => openKeys(allKeys()) },
];
function allKeys(): Key[] {
  return [...ownKeys, ...keys.peek(), { keys: "Esc", does: "close; what was typed stays", run: () => undefined }];
}

function ownCommands(): Command[] {
  return [
    ...panels.value.map(
      (panel): Command => ({
        id: `go-${panel.id}`,
        group: "go to",
        title: panel.name,
        always: true,
        run: () => reveal(panel.id),
      }),
    ),
    {
      id: "notices",
      group: "page",
      title: wantsNotices.peek() ? "Stop notifications" : "Notify me when something waits for me",
      always: true,
      run: async () => {
        const refusal = await wantsNotices.toggle();
        if (refusal) toast({ tone: "warn", glyph: "⚠", text: refusal });
      },
    },
    { id: "keys", group: "page", title: "Keys", keys: "?", always: true, run: () => openKeys(allKeys()) },
    signOut,
  ];
}

function palette(): void {
  openPalette(() => [...commands.value, ...ownCommands()], () => isOffline(feed.link.value));
}

/** Unfolds a panel if it is folded, and goes there. */
export function reveal(id: string): void {
  const panel = panels.peek().find((one) => one.id === id) ?? panels.peek().find((one) => document.getElementById(id)?.closest(`#${one.id}`));
  if (panel) folded.value = folded.peek().filter((one) => one !== panel.id);
  requestAnimationFrame(() => jumpTo(id));
}

function Jump(props: { to: string; class?: string; title?: string; children: JSX.Element[] }): JSX.Element {
  return (
    <a
      href={`#${props.to}`}
      class={props.class}
      title={props.title}
      onClick={(event) => {
        event.preventDefault();
        reveal(props.to);
      }}
    >
      {props.children}
    </a>
  );
}

function Bar(): JSX.Element {
  return (
    <header class="bar">
      <div class="bar-in">
        <Brand />
        <ul class="vitals" aria-label="Swarm">
          {vitals.value.map((vital) => (
            <li key={vital.id}>
              <Jump to={vital.target}>
                <span class={`ink-${vital.tone ?? "dim"}`} aria-hidden="true">
                  {vital.glyph}
                </span>
                <span>{vital.count}</span>
                <span>{vital.word}</span>
              </Jump>
            </li>
          ))}
        </ul>
        <nav class="waits" aria-label="Waits for you">
          {waits.value.filter((wait) => wait.count > 0 || !wait.isRare).map((wait) => (
            <Jump key={wait.id} to={wait.target} class={`wait is-${wait.tone}${wait.count === 0 ? " is-none" : ""}`}>
              <b>{wait.count}</b>
              <span>{wait.word}</span>
            </Jump>
          ))}
        </nav>
        <BarTools feed={feed} palette={palette} />
      </div>
    </header>
  );
}

function toggle(id: string): void {
  folded.value = folded.value.includes(id) ? folded.value.filter((one) => one !== id) : [...folded.value, id];
}

function Section({ panel }: { panel: Panel }): JSX.Element {
  const { Tools, Body } = panel;
  const isFolded = folded.value.includes(panel.id);
  const count = panel.count?.value;
  return (
    <section class="panel" id={panel.id} aria-labelledby={`${panel.id}-h`}>
      <header class="panel-head">
        <h3 class="panel-title" id={`${panel.id}-h`}>
          <button type="button" class="panel-fold" aria-expanded={!isFolded} onClick={() => toggle(panel.id)}>
            <Spelt leet={panel.title} plain={panel.name} />
          </button>
        </h3>
        {count && <span class={`count${count.tone ? ` is-${count.tone}` : ""}`}>{count.text}</span>}
        {Tools && !isFolded && (
          <div class="panel-tools">
            <Tools />
          </div>
        )}
      </header>
      {/* Hidden, not gone: what was typed or opened there stays. */}
      <div class="panel-body" hidden={isFolded}>
        <Body />
      </div>
    </section>
  );
}

function Sources(): JSX.Element | null {
  if (sourceErrors.value.length === 0) return null;
  return (
    <ul class="chips sources" aria-label="What is missing on this page">
      {sourceErrors.value.map((one) => (
        <li key={one.source}>
          <Chip tone="bad" glyph="✗" title={one.detail}>
            <bdi>{one.source}</bdi>: <bdi>{one.detail}</bdi>
          </Chip>
        </li>
      ))}
    </ul>
  );
}

function Board(): JSX.Element {
  const shown = groups.filter((group) => panels.value.some((panel) => panel.group === group.id));
  return (
    <main class="board" id="main" tabIndex={-1}>
      <h1 class="vh">hyperhive dashboard</h1>
      {shown.map((group) => (
        <div key={group.id} class={`group group-${group.id}`} role="group" aria-labelledby={`g-${group.id}`}>
          <h2 class="group-title" id={`g-${group.id}`}>
            {group.name}
          </h2>
          {panels.value
            .filter((panel) => panel.group === group.id)
            .map((panel) => (
              <Section key={panel.id} panel={panel} />
            ))}
        </div>
      ))}
      {shown.length === 0 && <p class="loading">{feed.ready.value && modules.size === 0 ? "No plugin that is loaded has something to show." : "Loading."}</p>}
    </main>
  );
}

function Dashboard(): JSX.Element {
  if (feed.link.value === "signed-out" && !feed.ready.value) return <SignIn />;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the sections
      </a>
      <Bar />
      <ConnectionBanner feed={feed} runsOn="What you see may be old." />
      <Sources />
      <Board />
      <Dialogs />
      <Toasts />
    </>
  );
}

startClock();
stopWhileOffline(feed);
watchTitle("hive-c0re");
listenForKeys(allKeys);
notify();
const page = document.getElementById("page");
page?.replaceChildren();
if (page) render(<Dashboard />, page);
void alone().then(() => feed.join(ownTopics));
