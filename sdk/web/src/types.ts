// Names for parts of the wire types, and what the HTTP surface adds to them (docs/web.md).
import type { Events, Methods, PagePayloads, PageResults, Time } from "./wire.ts";

export type { Events, Methods, PagePayloads, Time };
export type Container = Methods["lifecycle.list"]["result"]["containers"][number];
export type Action = NonNullable<Container["pending"]>;
/** A message and where it is now. */
export type Entry = Methods["broker.recent"]["result"]["messages"][number];
export type Message = Entry["message"];
export type Report = Methods["turns.list"]["result"]["agents"][number]["report"];
export type LogLine = Methods["journal.read"]["result"]["lines"][number];
export type ConfigFile = Methods["lifecycle.config"]["result"]["files"][number];

/** GET /api/state. A key of a plugin that is not loaded is absent. */
export interface Snapshot {
  epoch: string;
  seq: number;
  panels: { plugin: string; module: string }[];
  source_errors: SourceError[];
  containers?: Container[];
  transients?: { name: string; action: Action; since?: Time }[];
  tombstones?: Methods["lifecycle.tombstones"]["result"]["tombstones"];
  operator_inbox?: Entry[];
}

/** A plugin that could not give its part of the snapshot. */
export interface SourceError {
  source: string;
  detail: string;
}

/** GET /api/state-file. */
export type StateFile = Omit<Methods["files.read"]["result"], "next">;

/** GET /agent/{name}/events/history: oldest first; `more`: there are older ones. */
export type EventPage = PageResults["page.history"];
/** One event of an agent's harness: topic `agent/<name>`, and rows of events/history. */
export type LiveEvent = EventPage["events"][number];
/** What the badges of an agent's page show, as its harness has it. */
export type PageState = PageResults["page.state"];

/** GET /agent/{name}/api/state. */
export interface AgentState {
  epoch: string;
  seq: number;
  name: string;
  container?: Container;
  report?: Report;
  page?: PageState;
  /** What could not be given: `report`, `page`. */
  source_errors: SourceError[];
}
