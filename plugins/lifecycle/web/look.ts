import { age, clean, type Container, type Tone, type Transient } from "@hive/web";

/** What a chip of a row says. */
export interface Look {
  glyph: string;
  text: string;
  tone?: Tone;
  pulse?: boolean;
  title: string;
}

const stateLooks: Record<Container["state"], Look> = {
  absent: { glyph: "○", text: "no container", title: "The runtime has no container of it" },
  stopped: { glyph: "○", text: "stopped", title: "It does not run" },
  starting: { glyph: "◐", text: "starting…", tone: "busy", pulse: true, title: "Its container is being started" },
  running: { glyph: "●", text: "running", tone: "ok", title: "Its container runs" },
  stopping: { glyph: "◐", text: "stopping…", tone: "busy", pulse: true, title: "Its container is being stopped" },
  refused: { glyph: "✗", text: "refused", tone: "bad", title: "The runtime does not run it" },
};

/** Words of the turn states that harnesses report; an unknown one is shown as it stands. */
const statusLooks: Record<string, Look> = {
  starting: { glyph: "◐", text: "starting", title: "Its harness begins" },
  needs_login: { glyph: "◇", text: "needs login", tone: "need", title: "Claude has no valid login in this container" },
  idle: { glyph: "○", text: "idle", title: "No turn runs; it waits for messages" },
  thinking: { glyph: "✻", text: "thinking", tone: "busy", pulse: true, title: "A turn runs" },
  compacting: { glyph: "◐", text: "compacting", tone: "busy", pulse: true, title: "Its context is being summed up" },
  rate_limited: { glyph: "⏳\ufe0e", text: "rate-limited", tone: "warn", title: "The vendor refused; it resumes by itself" },
  retrying: { glyph: "⏳\ufe0e", text: "retrying", tone: "warn", title: "Its turn could not be run; it is tried again by itself" },
  over_budget: { glyph: "⏳\ufe0e", text: "over budget", tone: "warn", title: "It has spent its limit of today" },
  paused: { glyph: "○", text: "paused", tone: "warn", title: "It begins no turns until it is resumed" },
  stopping: { glyph: "◐", text: "stopping", title: "Its harness ends" },
};

/** An agent that should run and does not, with nothing in flight. */
export function isDown(row: Container): boolean {
  return row.desired === "running" && !row.pending && (row.state === "stopped" || row.state === "absent" || row.state === "refused");
}

export function mainLook(row: Container): Look {
  if (row.state !== "running") {
    const look = stateLooks[row.state];
    return isDown(row) && row.state === "stopped" ? { ...look, glyph: "✗", text: "down", tone: "bad" } : look;
  }
  if (row.needs_login && statusLooks["needs_login"]) return statusLooks["needs_login"];
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
    out.push({ glyph: "◆", text: "manager", tone: "accent", title: "The privileged agent; may spawn and configure others" });
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
