import { addSlice, byText, Rows, type Container, type Slice } from "@hive/web";
import { signal } from "@preact/signals";

type Action = NonNullable<Container["pending"]>;

/** An action in flight on a container, which may not be there yet. */
export interface Transient {
  name: string;
  action: Action;
  /** When it was first seen here, in ms. */
  since: number;
}

export const transients = new Rows<string, Transient>((row) => row.name, byText((row) => row.name));
/** Actions that failed since the page was opened: name to reason, until the next one begins. */
export const failures = signal<ReadonlyMap<string, string>>(new Map());

function setFailure(name: string, reason: string | undefined): void {
  const next = new Map(failures.peek());
  if (reason === undefined) next.delete(name);
  else next.set(name, reason);
  failures.value = next;
}

/** The action as it is known already, or as one that begins now. */
function seen(name: string, action: Action): Transient {
  const known = transients.peek(name);
  return known?.action === action ? known : { name, action, since: Date.now() };
}

const slice: Slice = {
  load: (snapshot) => {
    const rows = snapshot.containers ?? [];
    transients.replace(rows.flatMap(({ name, pending }) => (pending ? [seen(name, pending)] : [])));
  },
  on: {
    "lifecycle.container_changed": ({ container: { name, pending } }) => {
      if (pending) transients.upsert(seen(name, pending));
      else transients.remove(name);
    },
    "lifecycle.container_removed": ({ name }) => {
      transients.remove(name);
      setFailure(name, undefined);
    },
    "lifecycle.transient_set": ({ name, action }) => {
      transients.upsert(seen(name, action));
      setFailure(name, undefined);
    },
    "lifecycle.transient_cleared": ({ name, action, ok, error }) => {
      transients.remove(name);
      setFailure(name, ok === false ? (error ?? `${action} failed`) : undefined);
    },
  },
};

export function followTransients(): void {
  addSlice(slice);
}
