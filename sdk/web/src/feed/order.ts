import type { Frame } from "./frames.ts";

/** A place in the order of all events: the host's life and a number within it. */
export interface Mark {
  epoch: string;
  seq: number;
}

/** `<epoch>-<seq>`; undefined for anything else, like the empty id of a control frame. */
export function parseMark(id: string): Mark | undefined {
  const dash = id.lastIndexOf("-");
  const seq = Number(id.slice(dash + 1));
  if (dash < 1 || !/^\d+$/.test(id.slice(dash + 1)) || !Number.isSafeInteger(seq)) return undefined;
  return { epoch: id.slice(0, dash), seq };
}

/** Frames that wait for their snapshot; with more than this the snapshot is fetched again. */
const maxWaiting = 10_000;

/**
 * Puts a snapshot and a stream together, so that nothing is applied twice, lost, or in a wrong order.
 *
 * The stream is opened first; its frames wait. A snapshot says up to which event it holds: what it holds
 * already is dropped, the rest is applied in order. A snapshot of another life of the host than the
 * frames' is of no use and is fetched again.
 */
export class Order {
  private waiting: Frame[] | undefined = [];
  private overflowed = false;
  private last: Mark | undefined;

  /** Frames wait again until the next snapshot: a new stream, or one with a hole. */
  begin(): void {
    this.waiting = [];
    this.overflowed = false;
  }

  get isWaiting(): boolean {
    return this.waiting !== undefined;
  }

  /** Gives the frames to apply now. `resync`: something was missed; a snapshot is needed. */
  frame(frame: Frame): { apply: Frame[]; resync: boolean } {
    const mark = parseMark(frame.id);
    if (!mark) return { apply: [], resync: false };
    if (this.waiting) {
      if (this.waiting.length < maxWaiting) this.waiting.push(frame);
      else this.overflowed = true;
      return { apply: [], resync: false };
    }
    if (mark.epoch !== this.last?.epoch) {
      // The snapshot is asked for after this frame, so it holds what the frame says.
      this.begin();
      return { apply: [], resync: true };
    }
    if (mark.seq <= this.last.seq) return { apply: [], resync: false };
    this.last = mark;
    return { apply: [frame], resync: false };
  }

  /**
   * Whether a snapshot fits the frames that came; only then is it to be shown. `apply` are the frames
   * after it. When it does not fit, it is to be fetched again.
   */
  snapshot(of: Mark): { fits: boolean; apply: Frame[] } {
    const waiting = this.waiting ?? [];
    if (this.overflowed || waiting.some((frame) => parseMark(frame.id)?.epoch !== of.epoch)) {
      // The next snapshot is asked for after these frames came, so it holds what they say.
      this.begin();
      return { fits: false, apply: [] };
    }
    this.waiting = undefined;
    this.last = of;
    const apply = waiting.flatMap((frame) => this.frame(frame).apply);
    return { fits: true, apply };
  }
}
