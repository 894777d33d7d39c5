import type { JSX } from "preact";
import { now } from "../state/now.ts";
import { clean } from "../text/clean.ts";
import { clock, clockSeconds, dollars, duration, thousands } from "../text/numbers.ts";
import type { Report } from "../types.ts";
import { Badge, type Tone } from "../ui/base.tsx";
import { container, known, report } from "./state.ts";

interface Words {
  glyph: string;
  tone?: Tone;
  text: string;
  tip: string;
}

/** Whether the harness is there and logged in. */
export function aliveWords(): Words {
  const [row, now_] = [container.value, report.value];
  if (known.value === undefined) return { glyph: "◐", text: "loading", tip: "The state of the agent is being fetched." };
  if (!known.value) return { glyph: "✗", tone: "bad", text: "destroyed", tip: "There is no agent of this name any more." };
  if (row && row.state !== "running")
    return { glyph: "✗", tone: "bad", text: "offline", tip: row.reason ? clean(row.reason) : `Its container is ${row.state}.` };
  if (!now_ || now_.status === "offline") return { glyph: "✗", tone: "bad", text: "offline", tip: "Its harness does not answer." };
  if (now_.status !== "online")
    return {
      glyph: "◇",
      tone: "need",
      text: "needs login",
      tip: "Claude has no valid login in this container. Messages wait until it has one.",
    };
  return { glyph: "●", tone: "ok", text: "online", tip: "The harness answers and Claude is logged in." };
}

const states: Record<Report["state"], Words & { pulse?: boolean }> = {
  starting: { glyph: "◐", text: "starting", tip: "The harness begins." },
  needs_login: { glyph: "◇", tone: "need", text: "needs login", tip: "It begins no turn without a login." },
  idle: { glyph: "○", text: "idle", tip: "No turn runs; it waits for messages." },
  thinking: { glyph: "✻", tone: "busy", text: "thinking", tip: "A turn runs.", pulse: true },
  compacting: { glyph: "◐", tone: "busy", text: "compacting", tip: "Its context is being summed up.", pulse: true },
  rate_limited: { glyph: "⏳\ufe0e", tone: "warn", text: "rate-limited", tip: "The vendor refused; it resumes by itself." },
  over_budget: { glyph: "⏳\ufe0e", tone: "warn", text: "over budget", tip: "It has spent its limit of today." },
  paused: { glyph: "○", tone: "warn", text: "paused", tip: "It begins no turn until it is resumed." },
  stopping: { glyph: "◐", text: "stopping", tip: "The harness ends." },
};

function StateBadge({ of }: { of: Report }): JSX.Element {
  const { glyph, tone, text, tip, pulse } = states[of.state];
  const until = of.state === "rate_limited" && of.rate_limited_until ? ` until ${clock(of.rate_limited_until)}` : "";
  const since = Date.parse(of.since);
  return (
    <Badge
      glyph={glyph}
      tone={tone}
      pulse={pulse ?? false}
      tip={
        <>
          {tip} Since {clockSeconds(of.since)}.
          {of.last_output_at && of.state === "thinking" && ` Last output ${clockSeconds(of.last_output_at)}.`}
        </>
      }
    >
      <span class="state-text">
        {text}
        {until === "" ? ` ${duration(now.value - since)}` : until}
      </span>
    </Badge>
  );
}

function Tokens({ of }: { of: Report }): JSX.Element {
  const rows: [string, number | undefined][] = [
    ["input", of.usage?.input_tokens],
    ["cache read", of.usage?.cache_read_tokens],
    ["cache write", of.usage?.cache_creation_tokens],
    ["output", of.usage?.output_tokens],
  ];
  return (
    <Badge
      tip={
        <>
          Context of the last model call. The last turn in all:
          <dl>
            {rows.map(([word, count]) => [<dt key={word}>{word}</dt>, <dd key={`${word}-n`}>{count === undefined ? "–" : thousands(count)}</dd>])}
          </dl>
        </>
      }
    >
      {thousands(of.context_tokens ?? 0)} tokens
    </Badge>
  );
}

export function Badges({ lastTurn }: { lastTurn: { ms: number; words: string } | undefined }): JSX.Element {
  const alive = aliveWords();
  const of = report.value;
  return (
    <ul class="badges" aria-label="State">
      <Badge glyph={alive.glyph} tone={alive.tone} tip={<span dir="auto">{alive.tip}</span>}>
        {alive.text}
      </Badge>
      {of && <StateBadge of={of} />}
      {of && (
        <Badge
          tip={
            <>
              Model of the next turn. Change it with <code>/model</code>.
            </>
          }
        >
          <bdi>{clean(of.model) || "no model"}</bdi>
        </Badge>
      )}
      {of && <Tokens of={of} />}
      {lastTurn && <Badge tip={lastTurn.words}>last turn {duration(lastTurn.ms)}</Badge>}
      {of?.cost !== undefined && <Badge tip="What the last turn cost, by the vendor's list.">{dollars(of.cost)} last turn</Badge>}
    </ul>
  );
}
