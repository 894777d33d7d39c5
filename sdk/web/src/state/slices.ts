import type { Events, Snapshot } from "../types.ts";

/** How one part of the page's state follows the host. */
export interface Slice {
  /** Takes its part of a fresh state; all that it had is void. */
  load: (snapshot: Snapshot) => void;
  /** What each event does. Applying one twice must do nothing more. */
  on: { [Topic in keyof Events]?: (payload: Events[Topic]) => void };
}

const slices = new Set<Slice>();

/** Makes a slice part of the page. Called by the modules of panels as they are loaded; a second call changes nothing. */
export function addSlice(slice: Slice): void {
  slices.add(slice);
}

/** The topics that the slices follow. */
export function topicsOfSlices(): string[] {
  return [...new Set([...slices].flatMap((slice) => Object.keys(slice.on)))].sort();
}

export function loadSlices(snapshot: Snapshot): void {
  for (const slice of slices) slice.load(snapshot);
}

export function applyToSlices(topic: string, payload: unknown): void {
  for (const slice of slices) {
    const apply = slice.on[topic as keyof Events] as ((payload: unknown) => void) | undefined;
    apply?.(payload);
  }
}
