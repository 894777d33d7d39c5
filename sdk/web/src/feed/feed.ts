import { batch, signal, type ReadonlySignal } from "@preact/signals";
import type { Frame } from "./frames.ts";
import { workerName } from "../keep.ts";
import { session } from "../session.ts";
import { Hub, resyncEvent, type FromHub, type ToHub } from "./hub.ts";
import { Order, type Mark } from "./order.ts";
import type { Link } from "./stream.ts";

/** What the feed is for: where its state comes from and where it goes. */
export interface FeedUse {
  /** Fetches the state with the mark up to which it holds. Errors are shown and it is tried again. */
  fetch: () => Promise<{ mark: Mark; load: () => void }>;
  apply: (topic: string, payload: unknown) => void;
}

/** A way to a hub: called with what the hub says, gives what the page says. */
export type Connect = (hear: (message: FromHub) => void) => (message: ToHub) => void;

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;
/** Frames that come within this of the last change wait for the next: a flood is a few changes, not thousands. */
const gatherMs = 40;
/** Frames of a flood that are one change, so that the page answers between them; more when it falls behind. */
const mostAtOnce = 32;
const shareAtOnce = 1 / 16;
/** A host that just began anew: its stream follows in a moment. */
const misfitMs = 250;

/**
 * The state of a page, kept level with the host: snapshot and stream put together (`Order`). Frames that
 * come close together are applied as one change of the page.
 */
export class Feed {
  private readonly order = new Order();
  private readonly say: (message: ToHub) => void;
  private readonly lock = holdLock();
  private topics: string[] = [];
  private fetching = 0;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private gathered: Frame[] = [];
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private readonly linkNow = signal<Link>("connecting");
  private readonly sinceNow = signal(Date.now());
  private readonly errorNow = signal<string | undefined>(undefined);
  private readonly readyNow = signal(false);

  constructor(
    private readonly use: FeedUse,
    connect: Connect = connectShared,
  ) {
    this.say = connect((message) => this.hear(message));
    addEventListener("pagehide", () => this.say({ do: "leave" }));
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.join(this.topics);
    });
    addEventListener("online", () => this.retry());
  }

  get link(): ReadonlySignal<Link> {
    return this.linkNow;
  }
  /** When `link` became what it is, in ms of the clock. */
  get since(): ReadonlySignal<number> {
    return this.sinceNow;
  }
  /** Why the state could not be fetched. */
  get error(): ReadonlySignal<string | undefined> {
    return this.errorNow;
  }
  /** A state was loaded at least once. */
  get ready(): ReadonlySignal<boolean> {
    return this.readyNow;
  }

  /** Follows these topics from now on, from a fresh state. */
  join(topics: string[]): void {
    this.topics = topics;
    this.order.begin();
    void this.lock.then((lock) => {
      if (topics === this.topics) this.say({ do: "join", topics, ...(lock === undefined ? {} : { lock }) });
    });
  }

  /** Tries at once what waits for its next try. */
  retry(): void {
    this.say({ do: "retry" });
    if (this.errorNow.value !== undefined) void this.load();
  }

  private hear(message: FromHub): void {
    if (message.is === "link") {
      if (this.linkNow.value === message.link) return;
      // What answers from now on has to prove anew that it is the host.
      if (message.link !== "live") session.forget();
      // Another session sees another state.
      if (this.linkNow.value === "signed-out") this.order.begin();
      batch(() => {
        this.linkNow.value = message.link;
        this.sinceNow.value = Date.now();
      });
    } else if (message.is === "opened") {
      if (!message.resumed || this.order.isWaiting) this.resync();
    } else if (message.frame.event === resyncEvent) {
      this.resync();
    } else {
      const { apply, resync } = this.order.frame(message.frame);
      this.gather(apply);
      if (resync) void this.load();
    }
  }

  private gather(frames: Frame[]): void {
    if (frames.length === 0) return;
    this.gathered.push(...frames);
    if (this.gathering !== undefined) return;
    this.flush();
    this.flushLater();
  }

  private flushLater(): void {
    this.gathering = setTimeout(() => {
      this.gathering = undefined;
      this.flush();
      if (this.gathered.length > 0) this.flushLater();
    }, gatherMs);
  }

  private flush(): void {
    // Timers of a page that nobody sees are slow.
    const most = document.hidden ? Infinity : Math.max(mostAtOnce, this.gathered.length * shareAtOnce);
    this.apply(this.gathered.splice(0, most));
  }

  private resync(): void {
    this.order.begin();
    void this.load();
  }

  private async load(): Promise<void> {
    clearTimeout(this.timer);
    const turn = ++this.fetching;
    try {
      const state = await this.use.fetch();
      if (turn !== this.fetching) return;
      const { fits, apply } = this.order.snapshot(state.mark);
      this.failures = 0;
      if (!fits) {
        this.timer = setTimeout(() => void this.load(), misfitMs);
        return;
      }
      batch(() => {
        this.errorNow.value = undefined;
        // What was gathered before is part of this state.
        this.gathered = [];
        state.load();
        this.readyNow.value = true;
        this.apply(apply);
      });
    } catch (error) {
      if (turn !== this.fetching) return;
      this.errorNow.value = error instanceof Error ? error.message : String(error);
      const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** this.failures++);
      this.timer = setTimeout(() => void this.load(), wait);
    }
  }

  private apply(frames: Frame[]): void {
    if (frames.length === 0) return;
    batch(() => {
      for (const frame of frames) {
        try {
          this.use.apply(frame.event, JSON.parse(frame.data));
        } catch (error) {
          console.error(`The event ${frame.event} ${frame.id} cannot be shown: ${String(error)}`);
        }
      }
    });
  }
}

/**
 * A lock that this page holds while it lives, so that the shared worker hears of its end. Given when it is
 * held: a worker that could take it before would take the page for gone.
 */
function holdLock(): Promise<string | undefined> {
  if (!("locks" in navigator)) return Promise.resolve(undefined);
  const name = `hive-feed-${crypto.randomUUID()}`;
  return new Promise((held) => {
    void navigator.locks.request(name, () => {
      held(name);
      return new Promise(() => undefined);
    });
  });
}

/** Beside this module, as the build lays it. */
const workerFile = "feed-worker.js";

/** The hub in the shared worker; in the page itself where that cannot be had. */
export function connectShared(hear: (message: FromHub) => void): (message: ToHub) => void {
  if (typeof SharedWorker !== "undefined" && "locks" in navigator) {
    try {
      const address = new URL(workerFile, import.meta.url);
      return overWorker(new SharedWorker(address, { type: "module", name: workerName }), hear);
    } catch (error) {
      console.warn(`The shared worker cannot be started: ${String(error)} This page reads a stream of its own.`);
    }
  }
  return new Hub().connect(hear);
}

function overWorker(worker: SharedWorker, hear: (message: FromHub) => void): (message: ToHub) => void {
  let own: ((message: ToHub) => void) | undefined;
  let joined: ToHub | undefined;
  worker.port.onmessage = ({ data }: MessageEvent<FromHub>) => {
    if (!own) hear(data);
  };
  session.leaveHolding(() => worker.port.postMessage({ do: "retry" } satisfies ToHub));
  worker.onerror = () => {
    console.warn("The shared worker did not start. This page reads a stream of its own.");
    session.holdItself();
    own = new Hub().connect(hear);
    if (joined) own(joined);
  };
  return (message) => {
    if (message.do === "join") joined = message;
    if (own) own(message);
    else worker.port.postMessage(message);
  };
}
