import { signal } from "@preact/signals";
import type { Action, Container } from "../types.ts";
import { Rows } from "./rows.ts";
import { addSlice, type Slice } from "./slices.ts";

/** An action in flight on a container, which may not be there yet. */
export interface Transient {
  name: string;
  action: Action;
  /** When it was first seen here, in ms. */
  since: number;
}

function compareContainers(a: Container, b: Container): number {
  if (a.role !== b.role) return a.role === "manager" ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/** The manager first, then by name. */
export const containers = new Rows<string, Container>((row) => row.name, compareContainers);
export const transients = new Rows<string, Transient>((row) => row.name, (a, b) => (a.name < b.name ? -1 : 1));
/** Actions that failed since the page was opened: name to reason, until the next one begins. */
export const failures = signal<ReadonlyMap<string, string>>(new Map());

function setFailure(name: string, reason: string | undefined): void {
  const next = new Map(failures.peek());
  if (reason === undefined) next.delete(name);
  else next.set(name, reason);
  failures.value = next;
}

function begin(name: string, action: Action, since = Date.now()): void {
  const known = transients.peek(name);
  transients.upsert({ name, action, since: known?.action === action ? known.since : since });
}

const slice: Slice = {
  load: (snapshot) => {
    const rows = snapshot.containers ?? [];
    containers.replace(rows);
    const pending = new Map<string, Transient>();
    for (const row of rows)
      if (row.pending) pending.set(row.name, { name: row.name, action: row.pending, since: Date.now() });
    for (const row of snapshot.transients ?? []) {
      const since = row.since ? Date.parse(row.since) : Date.now();
      pending.set(row.name, { name: row.name, action: row.action, since });
    }
    for (const [name, row] of pending) {
      const known = transients.peek(name);
      if (known?.action === row.action) pending.set(name, known);
    }
    transients.replace(pending.values());
  },
  on: {
    "lifecycle.container_changed": ({ container }) => {
      containers.upsert(container);
      if (container.pending) begin(container.name, container.pending);
      else transients.remove(container.name);
    },
    "lifecycle.container_removed": ({ name }) => {
      containers.remove(name);
      transients.remove(name);
      setFailure(name, undefined);
    },
    "lifecycle.transient_set": ({ name, action }) => {
      begin(name, action);
      setFailure(name, undefined);
    },
    "lifecycle.transient_cleared": ({ name, action, ok, error }) => {
      transients.remove(name);
      setFailure(name, ok === false ? (error ?? `${action} failed`) : undefined);
    },
  },
};

export function followContainers(): void {
  addSlice(slice);
}
