import { call, get, Problem, wordsOf, type Methods } from "@hive/web";
import { signal } from "@preact/signals";

type Lines = Methods["journal.read"]["result"];
export type LogLine = Lines["lines"][number];

const linesAtFirst = 200;
/** Lines that one answer of the host holds at most. */
const mostLines = 5_000;
/** Lines that are kept of what comes while it is followed, unless more were asked for. */
const mostFollowed = 1_000;
const waitSeconds = 25;
const retryMs = 2_000;

/** Each waits in one of the six connections that a browser opens to a host; the oldest makes room for the next. */
const mostAtOnce = 2;
const followers: Journal[] = [];

/** What the processes of a container wrote, oldest first: read, and followed when it is asked for. */
export class Journal {
  readonly lines = signal<readonly LogLine[] | undefined>(undefined);
  readonly error = signal<string | undefined>(undefined);
  readonly busy = signal(false);
  /** The operator's choice; a log that is followed after it takes it back. */
  readonly wanted = signal(true);
  private many = linesAtFirst;
  private stop: AbortController | undefined;

  constructor(
    private readonly name: string,
    private readonly unit: string,
  ) {}

  /** There may be older lines than those that were read. */
  get hasOlder(): boolean {
    return this.many < mostLines && (this.lines.value?.length ?? 0) >= this.many;
  }

  /** Reads the newest lines, then takes each as it comes, until `pause`. */
  follow(): void {
    if (this.stop) return;
    this.stop = new AbortController();
    followers.push(this);
    if (followers.length > mostAtOnce) followers[0]?.giveWay();
    void this.run(this.stop.signal);
  }

  pause(): void {
    this.stop?.abort();
    this.stop = undefined;
    const at = followers.indexOf(this);
    if (at >= 0) followers.splice(at, 1);
  }

  /** The newest lines, as many as are here and no fewer than at first. */
  async refresh(): Promise<void> {
    await this.told(() => this.read());
  }

  /** Older lines, in front of those that are here. */
  async older(): Promise<void> {
    const shown = this.lines.peek() ?? [];
    this.many = Math.min(mostLines, Math.max(this.many, shown.length) * 5);
    await this.told(async () => {
      const got = await this.fetch(this.many);
      const now = this.lines.peek() ?? [];
      const first = now[0]?.cursor ?? Infinity;
      this.lines.value = [...got.lines.filter(({ cursor }) => cursor < first), ...now];
    });
  }

  private giveWay(): void {
    this.wanted.value = false;
    this.pause();
  }

  /** What fails is told and not thrown. */
  private async told(work: () => Promise<unknown>): Promise<void> {
    this.busy.value = true;
    try {
      await work();
      this.error.value = undefined;
    } catch (problem) {
      this.error.value = wordsOf(problem);
    } finally {
      this.busy.value = false;
    }
  }

  private fetch(lines: number): Promise<Lines> {
    return get(`/api/journal/${encodeURIComponent(this.name)}?unit=${encodeURIComponent(this.unit)}&lines=${lines}`);
  }

  /** Gives the cursor that the lines end at. */
  private async read(): Promise<number> {
    const got = await this.fetch(Math.max(this.many, this.lines.peek()?.length ?? 0));
    this.lines.value = got.lines;
    return got.cursor;
  }

  private async next(cursor: number, signal: AbortSignal): Promise<number> {
    const unit = this.unit === "" ? {} : { unit: this.unit };
    const got: Lines = await call("journal.follow", { name: this.name, cursor, wait_seconds: waitSeconds, ...unit }, signal);
    if (!signal.aborted) this.add(got.lines);
    return got.cursor;
  }

  private async run(signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => signal.aborted;
    let cursor: number | undefined;
    while (!isOver()) {
      try {
        cursor = cursor === undefined ? await this.read() : await this.next(cursor, signal);
        this.error.value = undefined;
      } catch (problem) {
        if (isOver()) return;
        this.error.value = wordsOf(problem);
        cursor = undefined;
        // Without a session there is nothing to refuse: it may begin again.
        if (problem instanceof Problem && problem.isRefusal && problem.status !== 401) this.giveWay();
        else await later(retryMs, signal);
      }
    }
  }

  private add(fresh: readonly LogLine[]): void {
    if (fresh.length === 0) return;
    const most = Math.max(mostFollowed, this.many);
    this.lines.value = [...(this.lines.peek() ?? []), ...fresh].slice(-most);
  }
}

function later(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}
