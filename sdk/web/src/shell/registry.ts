import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import type { Tone } from "../ui/base.tsx";

/** Something that the summary bar counts about the swarm. */
export interface Vital {
  id: string;
  glyph?: string;
  tone?: Tone;
  count: string;
  word: string;
  /** Element that it jumps to. */
  target: string;
}

/** Something that waits for the operator. */
export interface Wait {
  id: string;
  tone: "need" | "bad";
  count: number;
  word: string;
  target: string;
  /** Rarely there: the bar leaves it out while its count is 0. */
  isRare?: true;
  /** What it is that waits, one line each, by an id that stays: for notifications. */
  items?: { id: string; text: string }[];
}

/** An entry of the command palette. */
export interface Command {
  id: string;
  group: string;
  title: string;
  meta?: string;
  keys?: string;
  /** Why it cannot be run now. */
  disabled?: string | undefined;
  /** Changes nothing on the host. */
  always?: boolean;
  run: () => unknown;
}

export interface Key {
  /** One key, or two in a row: `g i`. */
  keys: string;
  does: string;
  run: () => void;
}

/** One section of the dashboard. A plugin's module exports its panels as `panels`. */
export interface Panel {
  id: string;
  group: "swarm" | "decisions" | "messages";
  /** Place within the group. */
  order: number;
  /** In the product's spelling, and in plain words. */
  title: string;
  name: string;
  count?: ReadonlySignal<{ text: string; tone?: Tone } | undefined>;
  /** False while there is nothing that anybody would look for; absent: it is always there. */
  isShown?: ReadonlySignal<boolean>;
  Tools?: FunctionComponent;
  Body: FunctionComponent;
  vitals?: ReadonlySignal<Vital[]>;
  waits?: ReadonlySignal<Wait[]>;
  commands?: ReadonlySignal<Command[]>;
  keys?: Key[];
}

/** What a module of a plugin exports. */
export interface PanelModule {
  panels: Panel[];
  /** Registers the slices of the page's state that the panels show. */
  start: () => void;
}

const loaded = signal<readonly Panel[]>([]);

/** The panels of the plugins that are loaded, as far as they have something to show. */
export const panels: ReadonlySignal<readonly Panel[]> = computed(() => loaded.value.filter((panel) => panel.isShown?.value ?? true));

export function addPanels(more: readonly Panel[]): void {
  if (more.length === 0) return;
  const ids = new Set(more.map((panel) => panel.id));
  loaded.value = [...loaded.value.filter((panel) => !ids.has(panel.id)), ...more].sort((a, b) => a.order - b.order);
}

export const vitals = computed(() => loaded.value.flatMap((panel) => panel.vitals?.value ?? []));
export const waits = computed(() => loaded.value.flatMap((panel) => panel.waits?.value ?? []));
export const commands = computed(() => loaded.value.flatMap((panel) => panel.commands?.value ?? []));
export const keys = computed(() => loaded.value.flatMap((panel) => panel.keys ?? []));

/** Scrolls to an element and puts the focus there. */
export function jumpTo(id: string): void {
  const target = document.getElementById(id);
  if (!target) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "start" });
}

export function watchTitle(plain: string): void {
  effect(() => {
    const waiting = waits.value.reduce((sum, wait) => sum + wait.count, 0);
    document.title = waiting > 0 ? `(${waiting}) ${plain}` : plain;
  });
}
