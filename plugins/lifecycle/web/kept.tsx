import {
  Action,
  addSlice,
  age,
  byText,
  Confirm,
  Empty,
  now,
  openDialog,
  post,
  Rows,
  type Methods,
  type Panel,
  type Slice,
} from "@hive/web";
import { computed } from "@preact/signals";
import type { JSX } from "preact";

type Tombstone = Methods["lifecycle.tombstones"]["result"]["tombstones"][number];

const kept = new Rows<string, Tombstone>((row) => row.name, byText((row) => row.name));

export function followKept(): void {
  addSlice(slice);
}
const slice: Slice = {
  load: (snapshot) => kept.replace(snapshot.tombstones ?? []),
  on: {
    "lifecycle.tombstone_changed": (row) => kept.upsert(row),
    "lifecycle.tombstone_removed": ({ name }) => kept.remove(name),
  },
};

function askPurge(name: string): void {
  openDialog(() => (
    <Confirm
      title={{ leet: "PURG3", plain: "Purge", of: name }}
      act={`${name}, for good`}
      typed={name}
      run={() => post(`/purge-tombstone/${encodeURIComponent(name)}`)}
    >
      <p class="prose">
        Deletes all that is left of {name}: its notes and files, its login, its configuration with all commits, its logs.{" "}
        <strong class="ink-bad">There is no undo.</strong>
      </p>
      <p class="meta">Kept: the messages that it sent.</p>
    </Confirm>
  ));
}

function Kept(): JSX.Element {
  if (kept.size === 0)
    return <Empty fact="Nothing kept.">When you destroy an agent, its state stays here until you purge it.</Empty>;
  return (
    <ul class="rows">
      {kept.list.map(({ name, destroyed_at }) => (
        <li class="row line cols-stone" key={name} id={`kept-${name}`}>
          <span class="name">{name}</span>
          <span class="meta">destroyed {age(now.value - Date.parse(destroyed_at))} ago</span>
          <span class="actions">
            <Action class="btn-danger" leet="PURG3" label={`Purge what is kept of ${name}`} run={() => askPurge(name)} />
          </span>
        </li>
      ))}
    </ul>
  );
}

export const keptPanel: Panel = {
  id: "kept",
  group: "swarm",
  order: 20,
  title: "K3PT ST4T3",
  name: "Kept state",
  Body: Kept,
  count: computed(() => ({ text: String(kept.size) })),
  commands: computed(() =>
    kept.list.map(({ name }) => ({ id: `purge-kept-${name}`, group: "swarm", title: `Purge what is kept of ${name}`, run: () => askPurge(name) })),
  ),
};
