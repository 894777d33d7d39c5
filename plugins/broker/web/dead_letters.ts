import { addSlice, alsoLacking, call, Rows, wordsOf, type Entry, type LeftOut, type Slice } from "@hive/web";
import { signal, type ReadonlySignal } from "@preact/signals";

const pageRows = 50;
/** Messages that are given up together are fetched together. */
const gatherMs = 500;

/** What was given up, newest first; older ones are fetched on request. */
export const deadLetters = new Rows<number, Entry>((row) => row.message.id, (a, b) => b.message.id - a.message.id);

const total = signal<number | undefined>(undefined);
const more = signal(false);
const trouble = signal<string | undefined>(undefined);
const lacking = signal<LeftOut>(undefined);

/** How many there are in all mailboxes; undefined until the broker has said it. */
export const deadTotal: ReadonlySignal<number | undefined> = total;
/** There are older ones than those that were fetched. */
export const moreDead: ReadonlySignal<boolean> = more;
/** What the pages lack. */
export const deadLacking: ReadonlySignal<LeftOut> = lacking;
/** Why they could not be fetched. */
export const deadTrouble: ReadonlySignal<string | undefined> = trouble;

/** What events said since the page under way was asked for: they win over it. */
interface Said {
  left: Set<number>;
  total?: number;
}
let said: Said = { left: new Set() };
let coming: ReturnType<typeof setTimeout> | undefined;

async function fetchPage(before: number | undefined, take: (page: Entry[]) => void): Promise<void> {
  const meanwhile: Said = { left: new Set() };
  said = meanwhile;
  try {
    const page = await call("broker.dead_letters", { limit: pageRows, ...(before === undefined ? {} : { before }) });
    if (said !== meanwhile) return;
    take(page.messages.filter((row) => !meanwhile.left.has(row.message.id)));
    total.value = meanwhile.total ?? page.total;
    more.value = page.more === true;
    lacking.value = alsoLacking(before === undefined ? undefined : lacking.peek(), page.unreadable);
    trouble.value = undefined;
  } catch (problem) {
    if (said === meanwhile) trouble.value = wordsOf(problem);
  }
}

/** The newest in place of what is here. */
export function refreshDead(): Promise<void> {
  return fetchPage(undefined, (page) => deadLetters.replace(page));
}

export function olderDead(): Promise<void> {
  return fetchPage(deadLetters.list.at(-1)?.message.id, (page) => deadLetters.upsert(...page));
}

function remove({ id }: { id: number }): void {
  said.left.add(id);
  deadLetters.remove(id);
}

const slice: Slice = {
  load: () => void refreshDead(),
  on: {
    // The event does not say what the message was, nor why it is dead.
    "broker.dead": () => {
      coming ??= setTimeout(() => {
        coming = undefined;
        void refreshDead();
      }, gatherMs);
    },
    "broker.dead_count": (count) => {
      said.total = count.total;
      total.value = count.total;
    },
    "broker.returned": remove,
    "broker.delivered": remove,
    "broker.settled": remove,
  },
};

export function followDead(): void {
  addSlice(slice);
}
