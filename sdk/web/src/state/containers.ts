import type { Container } from "../types.ts";
import { Rows } from "./rows.ts";
import { addSlice, type Slice } from "./slices.ts";

function compareContainers(a: Container, b: Container): number {
  if (a.role !== b.role) return a.role === "manager" ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/** The manager first, then by name. */
export const containers = new Rows<string, Container>((row) => row.name, compareContainers);

const slice: Slice = {
  load: (snapshot) => containers.replace(snapshot.containers ?? []),
  on: {
    "lifecycle.container_changed": ({ container }) => containers.upsert(container),
    "lifecycle.container_removed": ({ name }) => containers.remove(name),
  },
};

export function followContainers(): void {
  addSlice(slice);
}
