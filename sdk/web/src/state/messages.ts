import { signal } from "@preact/signals";
import { call, wordsOf } from "../api.ts";
import type { Entry, LeftOut, Methods } from "../types.ts";
import { alsoLacking } from "./lacking.ts";
import { Rows } from "./rows.ts";
import type { Slice } from "./slices.ts";

const pageRows = 50;
/** Rows that are kept while nobody reads back; more can be fetched again. */
const mostKept = 300;
/** Beyond that, how many are gathered before they are forgotten together. */
const slack = 100;
/** Rows that reading back may collect. */
export const mostRead = 10_000;

type State = Entry["state"];
type Page = Methods["broker.recent"]["result"];

export interface MessageLog {
  rows: Rows<number, Entry>;
  /** There are older ones than those that were fetched. */
  more: { readonly value: boolean };
  busy: { readonly value: boolean };
  error: { readonly value: string | undefined };
  /** What the pages lack. */
  lacking: { readonly value: LeftOut };
  /** Fetches the newest again; what events say meanwhile wins. */
  refresh: () => Promise<void>;
  older: () => Promise<void>;
  /** Whether the reader is at the end: then only the newest are kept. */
  follow: (at: boolean) => void;
  slice: Slice;
}

/** Messages as they are stored and handed on, newest last; `keep` says which of them. */
export function messageLog(fetchPage: (before?: number) => Promise<Page>, keep: (row: Entry) => boolean): MessageLog {
  const rows = new Rows<number, Entry>((row) => row.message.id, (a, b) => a.message.id - b.message.id);
  const more = signal(true);
  const busy = signal(false);
  const error = signal<string | undefined>(undefined);
  const lacking = signal<LeftOut>(undefined);
  /** What events said since the page under way was asked for: they win over it. */
  let said = new Map<number, State>();
  let turn = 0;
  let isFollowed = true;
  const trim = (): void => {
    const most = isFollowed ? mostKept : mostRead;
    const over = rows.list.length - most;
    if (over <= slack) return;
    rows.remove(...rows.list.slice(0, over).map((row) => row.message.id));
    more.value = true;
  };

  /** The newest page in place of what is there; older rows stay where it reaches down to them. */
  const renew = (page: Entry[]): void => {
    const ids = page.map((row) => row.message.id);
    const [oldest, newest] = [Math.min(...ids), Math.max(...ids)];
    const reaches = rows.list.some((row) => row.message.id >= oldest && row.message.id <= newest);
    rows.replace([...rows.list.filter(({ message: { id } }) => id > newest || (reaches && id < oldest)), ...page]);
  };
  const fetchInto = async (before: number | undefined): Promise<void> => {
    const mine = ++turn;
    busy.value = true;
    said = new Map();
    try {
      const page = await fetchPage(before);
      if (mine !== turn) return;
      const known = page.messages.filter(keep).map((row) => ({ ...row, state: said.get(row.message.id) ?? row.state }));
      if (before === undefined && known.length > 0) renew(known);
      else rows.upsert(...known);
      more.value = page.more === true;
      lacking.value = alsoLacking(before === undefined ? undefined : lacking.peek(), page.unreadable);
      error.value = undefined;
    } catch (problem) {
      if (mine === turn) error.value = wordsOf(problem);
    } finally {
      if (mine === turn) busy.value = false;
    }
  };
  const set = (id: number, state: State): void => {
    if (busy.value) said.set(id, state);
    rows.edit(id, (row) => ({ ...row, state }));
  };
  return {
    rows,
    more,
    busy,
    error,
    lacking,
    refresh: () => fetchInto(undefined),
    older: () => fetchInto(rows.list[0]?.message.id),
    follow: (at) => {
      isFollowed = at;
      trim();
    },
    slice: {
      load: () => {
        void fetchInto(undefined);
      },
      on: {
        "broker.sent": ({ message }) => {
          const first = message.to === "operator" ? "settled" : "queued";
          const state = rows.peek(message.id)?.state ?? said.get(message.id) ?? first;
          if (!keep({ message, state })) return;
          rows.upsert({ message, state });
          trim();
        },
        "broker.delivered": ({ id }) => set(id, "leased"),
        "broker.settled": ({ id }) => set(id, "settled"),
        "broker.returned": ({ id }) => set(id, "queued"),
        "broker.dead": ({ id }) => set(id, "dead"),
      },
    },
  };
}

/** Messages from and to one agent. */
export function mailOf(name: string): MessageLog {
  return messageLog(
    (before) => call("broker.recent", { of: name, limit: pageRows, ...(before ? { before } : {}) }),
    ({ message }) => message.to === name || message.from === name,
  );
}
