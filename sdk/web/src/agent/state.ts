import { batch, computed, signal } from "@preact/signals";
import { get, wordsOf } from "../api.ts";
import { Feed } from "../feed/feed.ts";
import { alsoLacking } from "../state/lacking.ts";
import { mailOf } from "../state/messages.ts";
import { applyToSlices, loadSlices, topicsOfSlices, addSlice } from "../state/slices.ts";
import type { AgentState, Container, EventPage, LeftOut, LiveEvent, PageState, Report, SourceError } from "../types.ts";
import { after } from "./shown.ts";
import { Story } from "./story.ts";

/** `/agent/<name>/`, nothing else is served here. */
export const name = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const base = `/agent/${encodeURIComponent(name)}`;
export const paths = {
  send: `${base}/send`,
  cancel: `${base}/api/cancel`,
  compact: `${base}/api/compact`,
  model: `${base}/api/model`,
  newSession: `${base}/api/new-session`,
};

const topic = `agent/${name}`;
/** Pages that are fetched to close a hole in the story; a longer one is left. */
const mostPages = 5;

export const container = signal<Container | undefined>(undefined);
export const report = signal<Report | undefined>(undefined);
export const known = signal<boolean | undefined>(undefined);
/** Of the harness itself; absent while it does not answer. */
export const shown = signal<PageState | undefined>(undefined);
export const sourceErrors = signal<SourceError[]>([]);
export const mail = mailOf(name);

const story = new Story();
const version = signal(0);
export const items = computed(() => (void version.value, story.items));
export const hasOlder = signal(false);
export const historyBusy = signal(false);
export const historyError = signal<string | undefined>(undefined);
/** What the pages of events lack. */
export const historyLacking = signal<LeftOut>(undefined);
/** The view was cleared; older turns come back on request. */
export const isCleared = signal(false);

addSlice(mail.slice);
addSlice({
  load: () => undefined,
  on: {
    "turns.changed": (changed) => {
      if (changed.name === name) report.value = changed.report;
    },
    "lifecycle.container_changed": (changed) => {
      if (changed.container.name === name) container.value = changed.container;
    },
    "lifecycle.container_removed": (removed) => {
      if (removed.name === name) known.value = false;
    },
  },
});

export const feed = new Feed({
  fetch: async () => {
    const state = await get<AgentState>(`${base}/api/state`);
    return {
      mark: state,
      load: () => {
        container.value = state.container;
        report.value = state.report;
        shown.value = state.page;
        sourceErrors.value = state.source_errors;
        known.value = true;
        loadSlices({ ...state, panels: [], source_errors: [] });
        void catchUp();
      },
    };
  },
  apply: (of, payload) => {
    if (of === topic) tell(payload as LiveEvent);
    else applyToSlices(of, payload);
  },
});

export function begin(): void {
  feed.join([topic, ...topicsOfSlices()]);
}

function tell(event: LiveEvent): void {
  // A hole: events that did not come over the stream are in the harness's store.
  const hole = story.last !== undefined && event.seq > story.last + 1;
  story.add([event]);
  if (shown.value) shown.value = after(shown.value, event);
  trim();
  version.value += 1;
  if (hole) void catchUp();
}

function page(before?: number): Promise<EventPage> {
  return get<EventPage>(`${base}/events/history${before === undefined ? "" : `?before=${before}`}`);
}

/** A hole was seen while something was fetched: it is looked for afterwards. */
let wanted = false;

/** Fetches from the newest event back to what is there already. */
async function catchUp(): Promise<void> {
  if (historyBusy.peek()) {
    wanted = true;
    return;
  }
  const reach = story.last;
  await fetching(async () => {
    let before: number | undefined;
    for (let i = 0; i < mostPages; i++) {
      const got = await page(before);
      const first = got.events[0]?.seq;
      show(got, reach === undefined || first === undefined || first > reach);
      if (first === undefined || reach === undefined || first <= reach + 1 || !got.more) return;
      before = first;
    }
  });
}

/** One page of older events. */
export async function older(): Promise<void> {
  isCleared.value = false;
  await fetching(async () => show(await page(story.first), true));
}

function show(got: EventPage, isOldest: boolean): void {
  batch(() => {
    story.add(got.events);
    if (isOldest) hasOlder.value = got.more === true;
    historyLacking.value = alsoLacking(historyLacking.peek(), got.unreadable);
    version.value += 1;
  });
}

async function fetching(work: () => Promise<void>): Promise<void> {
  if (historyBusy.peek()) return;
  historyBusy.value = true;
  try {
    await work();
    historyError.value = undefined;
  } catch (error) {
    historyError.value = wordsOf(error);
  } finally {
    historyBusy.value = false;
  }
  if (wanted) {
    wanted = false;
    void catchUp();
  }
}

export function clearView(): void {
  story.clear();
  historyLacking.value = undefined;
  hasOlder.value = true;
  isCleared.value = true;
  version.value += 1;
}

/** Whether the reader is at the end: then only the newest events are kept. */
export function follow(at: boolean): void {
  isFollowed = at;
  trim();
}
let isFollowed = true;

function trim(): void {
  if (!story.trim(isFollowed)) return;
  hasOlder.value = true;
  version.value += 1;
}
