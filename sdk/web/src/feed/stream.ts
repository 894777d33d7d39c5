import { NoSession, session, Stranger } from "../session.ts";
import { FrameReader, type Frame } from "./frames.ts";

/**
 * live: frames can come. reconnecting: it was lost a moment ago. offline: tries have failed. stranger: what answers is
 * not the host of this session.
 */
export type Link = "connecting" | "live" | "reconnecting" | "offline" | "stranger" | "signed-out";

/** The surroundings; a test gives its own. */
export interface World {
  /** Carries a token from a new proof; without one it throws NoSession or Stranger. */
  fetch: typeof fetch;
  setTimeout: (run: () => void, ms: number) => unknown;
  clearTimeout: (timer: unknown) => void;
  random: () => number;
}

export const browserWorld: World = {
  fetch: async (address, init) => {
    const headers = { ...(init?.headers as Record<string, string> | undefined), "x-hive-token": await session.renew() };
    return fetch(address, { ...init, headers });
  },
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
  random: Math.random,
};

/** The host writes a comment each 15 s; after this long without a byte the connection is dead. */
export const silenceMs = 40_000;
const firstRetryMs = 500;
const longestRetryMs = 15_000;
/** From this failed try on it is called offline. */
const triesUntilOffline = 3;

export interface StreamEvents {
  /** The host has accepted the stream. `resumed`: what was missed meanwhile comes, or a resync. */
  opened: (resumed: boolean) => void;
  frame: (frame: Frame) => void;
  link: (link: Link) => void;
}

/**
 * Holds one stream open over losses, from the last frame that was seen. Read with fetch and not with
 * EventSource, which tells neither heartbeats nor why it was refused.
 */
export class Stream {
  private abort: AbortController | undefined;
  private timer: unknown;
  private url = "";
  private lastId = "";
  private failures = 0;
  private link: Link = "connecting";

  constructor(
    private readonly on: StreamEvents,
    private readonly world: World = browserWorld,
  ) {}

  /** Opens `url`, in place of the one that is open. */
  open(url: string): void {
    this.url = url;
    this.failures = 0;
    this.connect();
  }

  /** Tries at once instead of at the next turn. */
  retry(): void {
    if (this.url !== "" && this.link !== "live") this.connect();
  }

  close(): void {
    this.url = "";
    this.world.clearTimeout(this.timer);
    this.abort?.abort();
  }

  private connect(): void {
    this.world.clearTimeout(this.timer);
    this.abort?.abort();
    const abort = (this.abort = new AbortController());
    void this.read(abort).catch((error: unknown) => {
      if (!abort.signal.aborted) this.lost(error);
    });
  }

  private async read(abort: AbortController): Promise<void> {
    const resumed = this.lastId !== "";
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (resumed) headers["last-event-id"] = this.lastId;
    this.watch(abort);
    const answer = await this.world.fetch(this.url, { headers, signal: abort.signal, cache: "no-store", credentials: "omit" });
    if (!answer.ok || !answer.body) throw new Error(`The stream was answered with ${answer.status}.`);
    this.failures = 0;
    this.become("live");
    this.on.opened(resumed);
    const reader = new FrameReader(
      (frame) => {
        if (abort.signal.aborted) return;
        if (frame.id) this.lastId = frame.id;
        this.on.frame(frame);
      },
    );
    const text = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      this.watch(abort);
      const { value, done } = await text.read();
      if (abort.signal.aborted) return;
      if (done) throw new Error("The stream ended.");
      reader.push(value);
    }
  }

  /** Ends a connection that is silent for too long. */
  private watch(abort: AbortController): void {
    this.world.clearTimeout(this.timer);
    this.timer = this.world.setTimeout(() => {
      abort.abort();
      this.lost(new Error(`Nothing came for ${silenceMs / 1000} s.`));
    }, silenceMs);
  }

  private lost(error: unknown): void {
    this.world.clearTimeout(this.timer);
    if (this.url === "") return;
    if (error instanceof NoSession || error instanceof Stranger) {
      // Whoever answers here now may be gone soon, and the host be back.
      this.become(error instanceof Stranger ? "stranger" : "signed-out");
      this.timer = this.world.setTimeout(() => this.connect(), longestRetryMs);
      return;
    }
    console.warn(`The event stream was lost: ${String(error)} It is opened again.`);
    this.failures += 1;
    this.become(this.failures >= triesUntilOffline ? "offline" : "reconnecting");
    const most = Math.min(longestRetryMs, firstRetryMs * 2 ** (this.failures - 1));
    this.timer = this.world.setTimeout(() => this.connect(), most * (0.5 + this.world.random() / 2));
  }

  private become(link: Link): void {
    if (this.link === link) return;
    this.link = link;
    this.on.link(link);
  }
}
