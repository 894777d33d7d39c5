import type { Report } from "../types.ts";
import type { Tone } from "./base.tsx";

/** How a state is shown. `title` is one sentence without its full stop. */
export interface Look {
  glyph: string;
  text: string;
  tone?: Tone;
  pulse?: boolean;
  title: string;
}

/** The turn states that harnesses report. */
export const turnLooks: Record<Report["state"], Look> = {
  starting: { glyph: "◐", text: "starting", title: "The harness begins" },
  needs_login: { glyph: "◇", text: "needs login", tone: "need", title: "Claude has no valid login in this container" },
  idle: { glyph: "○", text: "idle", title: "No turn runs; it waits for messages" },
  thinking: { glyph: "✻", text: "thinking", tone: "busy", pulse: true, title: "A turn runs" },
  compacting: { glyph: "◐", text: "compacting", tone: "busy", pulse: true, title: "Its context is being summed up" },
  rate_limited: { glyph: "⏳\ufe0e", text: "rate-limited", tone: "warn", title: "The vendor refused; it resumes by itself" },
  retrying: { glyph: "⏳\ufe0e", text: "retrying", tone: "warn", title: "Its turn could not be run; it is tried again by itself" },
  over_budget: { glyph: "⏳\ufe0e", text: "over budget", tone: "warn", title: "It has spent its limit of today" },
  paused: { glyph: "○", text: "paused", tone: "warn", title: "It begins no turn until it is resumed" },
  stopping: { glyph: "◐", text: "stopping", title: "The harness ends" },
};
