import { age, clean, turnLooks, type Container, type Look, type Tone } from "@hive/web";
import type { Transient } from "./transients.ts";

export type { Look };

const stateLooks: Record<Container["state"], Look> = {
  absent: { glyph: "○", text: "no container", title: "The runtime has no container of it" },
  stopped: { glyph: "○", text: "stopped", title: "It does not run" },
  starting: { glyph: "◐", text: "starting…", tone: "busy", pulse: true, title: "Its container is being started" },
  running: { glyph: "●", text: "running", tone: "ok", title: "Its container runs" },
  stopping: { glyph: "◐", text: "stopping…", tone: "busy", pulse: true, title: "Its container is being stopped" },
  refused: { glyph: "✗", text: "refused", tone: "bad", title: "The runtime does not run it" },
};

/** By the word that a harness reports; an unknown one is shown as it stands. */
const statusLooks: Record<string, Look | undefined> = turnLooks;

/** An agent that should run and does not, with nothing in flight. */
export function isDown(row: Container): boolean {
  return row.desired === "running" && !row.pending && (row.state === "stopped" || row.state === "absent" || row.state === "refused");
}

export function mainLook(row: Container): Look {
  if (row.state !== "running") {
    const look = stateLooks[row.state];
    return isDown(row) && row.state === "stopped" ? { ...look, glyph: "✗", text: "down", tone: "bad" } : look;
  }
  if (row.needs_login) return turnLooks.needs_login;
  if (!row.status) return stateLooks.running;
  return statusLooks[row.status] ?? { glyph: "○", text: row.status, title: "As its harness reports it" };
}

export function transientLook(transient: Transient, now: number): Look {
  return {
    glyph: "◐",
    text: `${transient.action}… ${age(now - transient.since)}`,
    tone: "busy",
    pulse: true,
    title: `An action is in flight: ${transient.action}`,
  };
}

/** What it does, or what is done to it, and what holds meanwhile. */
export function chips(row: Container, transient?: Look): Look[] {
  const out = [transient ?? mainLook(row)];
  if (row.role === "manager")
    out.push({ glyph: "◆", text: "manager", tone: "accent", title: "The privileged agent: it starts, stops, restarts and rebuilds the others" });
  if (row.needs_update)
    out.push({ glyph: "↑", text: "needs update", title: "Its applied configuration is newer than what runs" });
  return out;
}

/** The edge of a row that needs somebody. */
export function edge(row: Container, failed: boolean): Tone | undefined {
  if (failed || isDown(row)) return "bad";
  if (row.needs_login) return "need";
  return ["rate_limited", "retrying", "over_budget"].includes(row.status ?? "") ? "warn" : undefined;
}

/** One sentence on what is wrong, or nothing. */
export function why(row: Container, failure: string | undefined): string | undefined {
  if (failure !== undefined) return failure;
  if (row.reason) return clean(row.reason);
  if (row.needs_login && row.state === "running") return "Runs, but cannot think: no login and no credential is there.";
  return undefined;
}
