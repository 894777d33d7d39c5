import { signal } from "@preact/signals";

/** Rows by id, in an order of their own, as one signal. An upsert of what is there replaces it. */
export class Rows<K, T> {
  private readonly byKey = new Map<K, T>();
  private sorted: T[] | undefined;
  private readonly version = signal(0);

  constructor(
    private readonly keyOf: (row: T) => K,
    private readonly compare: (a: T, b: T) => number,
  ) {}

  /** In order. Reading it subscribes. */
  get list(): readonly T[] {
    void this.version.value;
    return (this.sorted ??= [...this.byKey.values()].sort(this.compare));
  }

  get(key: K): T | undefined {
    void this.version.value;
    return this.byKey.get(key);
  }

  /** As `get`, without subscribing. */
  peek(key: K): T | undefined {
    return this.byKey.get(key);
  }

  get size(): number {
    void this.version.value;
    return this.byKey.size;
  }

  replace(rows: Iterable<T>): void {
    this.byKey.clear();
    for (const row of rows) this.byKey.set(this.keyOf(row), row);
    this.changed();
  }

  upsert(...rows: T[]): void {
    if (rows.length === 0) return;
    let appended = this.sorted && [...this.sorted];
    for (const row of rows) {
      const key = this.keyOf(row);
      const last = appended?.at(-1);
      if (!this.byKey.has(key) && (last === undefined || this.compare(last, row) <= 0)) appended?.push(row);
      else appended = undefined;
      this.byKey.set(key, row);
    }
    this.changed(appended);
  }

  /** Changes the row if it is there. */
  edit(key: K, change: (row: T) => T): void {
    const row = this.byKey.get(key);
    if (row !== undefined) this.upsert(change(row));
  }

  remove(...keys: K[]): void {
    let found = false;
    for (const key of keys) found = this.byKey.delete(key) || found;
    if (found) this.changed();
  }

  private changed(sorted?: T[]): void {
    this.sorted = sorted;
    this.version.value += 1;
  }
}

export function byText<T>(of: (row: T) => string): (a: T, b: T) => number {
  return (a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0);
}
