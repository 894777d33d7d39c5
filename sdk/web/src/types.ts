// Names for parts of the wire types, and what the HTTP surface adds to them (docs/web.md).
import type { Methods, PageResults, SnapshotLists } from "./wire.ts";

export type { Events, Methods, PagePayloads, Time } from "./wire.ts";
export type Container = Methods["lifecycle.list"]["result"]["containers"][number];
/** A message and where it is now. */
export type Entry = Methods["broker.recent"]["result"]["messages"][number];
export type Message = Entry["message"];
/** Stored rows that a list lacks, because they cannot be read; absent: none. */
export type LeftOut = Methods["broker.recent"]["result"]["unreadable"];
export type Report = Methods["turns.list"]["result"]["agents"][number]["report"];

/** GET /api/state: the page's own members beside what plugins give. */
export interface Snapshot extends SnapshotLists {
  epoch: string;
  seq: number;
  panels: { plugin: string; module: string }[];
  source_errors: SourceError[];
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
