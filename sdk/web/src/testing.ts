// For unit tests: a document, and a world whose clock and network the test moves.
import { JSDOM } from "jsdom";
import type { World } from "./feed/stream.ts";

const dom = new JSDOM("<!doctype html><html data-theme='auto' data-hive='test'><body></body></html>", {
  url: "http://hive.test/",
  pretendToBeVisual: true,
});
const names = [
  "window", "document", "Element", "Node", "HTMLElement", "Event", "KeyboardEvent", "MouseEvent", "DocumentFragment",
  "localStorage", "location", "requestAnimationFrame", "cancelAnimationFrame", "addEventListener", "NodeFilter",
  "HTMLTemplateElement", "NamedNodeMap", "DOMParser", "HTMLFormElement",
];
for (const name of names)
  Object.defineProperty(globalThis, name, {
    value: (dom.window as unknown as Record<string, unknown>)[name],
    configurable: true,
    writable: true,
  });
// Of the window itself, not of Node: they are called without it.
globalThis.addEventListener = dom.window.addEventListener.bind(dom.window) as typeof globalThis.addEventListener;
globalThis.requestAnimationFrame = dom.window.requestAnimationFrame.bind(dom.window);

/** Lets what was promised happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await new Promise((done) => setImmediate(done));
}

interface Asked {
  url: string;
  headers: Record<string, string>;
  /** Answers with a stream and gives what is written to it. */
  accept: () => { write: (text: string) => void; end: () => void };
  answer: (status: number) => void;
  fail: (why?: Error) => void;
  signal: AbortSignal;
}

/** A network that does what the test says, and timers that fire when it says so. */
export class FakeWorld implements World {
  readonly asked: Asked[] = [];
  private readonly timers = new Map<number, { run: () => void; ms: number }>();
  private lastTimer = 0;

  readonly fetch = ((url: string, init: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      const signal = init.signal ?? new AbortController().signal;
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      this.asked.push({
        url,
        headers: init.headers as Record<string, string>,
        signal,
        answer: (status) => resolve(new Response(null, { status })),
        fail: (why = new TypeError("no network")) => reject(why),
        accept: () => {
          const encoder = new TextEncoder();
          let control: ReadableStreamDefaultController<Uint8Array> | undefined;
          const body = new ReadableStream<Uint8Array>({ start: (c) => void (control = c) });
          signal.addEventListener("abort", () => control?.error(new Error("aborted")));
          resolve(new Response(body, { status: 200 }));
          return { write: (text) => control?.enqueue(encoder.encode(text)), end: () => control?.close() };
        },
      });
    })) as typeof fetch;

  readonly setTimeout = (run: () => void, ms: number): number => {
    this.timers.set(++this.lastTimer, { run, ms });
    return this.lastTimer;
  };
  readonly clearTimeout = (timer: unknown): void => void this.timers.delete(timer as number);
  readonly random = (): number => 1;

  get last(): Asked {
    const asked = this.asked.at(-1);
    if (!asked) throw new Error("nothing was asked for");
    return asked;
  }
  /** Waits of timers that are set. */
  get waits(): number[] {
    return [...this.timers.values()].map(({ ms }) => ms);
  }
  /** Fires every timer that is set now. */
  fire(): void {
    const due = [...this.timers.values()];
    this.timers.clear();
    for (const { run } of due) run();
  }
}
