import type { JSX } from "preact";
import { now } from "../state/now.ts";
import { clean, ended } from "../text/clean.ts";
import { clock, clockSeconds, dollars, duration, plural, thousands } from "../text/numbers.ts";
import type { PageState, Report } from "../types.ts";
import { Badge, type Tone } from "../ui/base.tsx";
import { turnLooks } from "../ui/turn_looks.ts";
import { container, known, report, shown, sourceErrors } from "./state.ts";

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
  return { glyph: "●", tone: "ok", text: "online", tip: loggedIn[shown.value?.login ?? "none"] };
}

const loggedIn: Record<PageState["login"], string> = {
  none: "The harness answers and Claude is logged in.",
  key: "The harness answers and Claude has the configured key.",
  token: "The harness answers and Claude has the configured token.",
  file: "The harness answers and Claude is logged in in this container.",
  refused: "The harness answers, and the vendor has refused the login; it is tried again when another one is there.",
};

/** When a state ends by itself. */
function endOf(of: Report): string {
  if (of.state === "rate_limited" && of.rate_limited_until) return ` until ${clock(of.rate_limited_until)}`;
  return of.state === "retrying" && of.retry_at ? ` at ${clockSeconds(of.retry_at)}` : "";
}

function StateBadge({ of }: { of: Report }): JSX.Element {
  const { glyph, tone, text, title, pulse } = turnLooks[of.state];
  const until = endOf(of);
  const since = Date.parse(of.since);
  return (
    <Badge
      glyph={glyph}
      tone={tone}
      pulse={pulse ?? false}
      tip={
        <>
          {title}. {of.reason !== undefined && `${ended(clean(of.reason))} `}Since {clockSeconds(of.since)}.
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

const chosenBy: Record<PageState["model"]["from"], string> = {
  choice: "It was chosen here",
  configuration: "It is that of the configuration",
  built_in: "Nobody chose one",
};

function Model({ of, page }: { of: Report; page: PageState | undefined }): JSX.Element {
  const model = page?.model;
  const queued = model?.in_use !== undefined;
  return (
    <Badge
      {...(queued ? { glyph: "○" } : {})}
      tip={
        <>
          Model of the next turn.{" "}
          {model && `${chosenBy[model.from]}${model.since ? `, at ${clockSeconds(model.since)}` : ""}. `}
          {queued && (
            <>
              The last turn ran with <bdi>{clean(model.in_use ?? "")}</bdi>.{" "}
            </>
          )}
          Change it with <code>/model</code>.
        </>
      }
    >
      <bdi>{clean(model?.name ?? of.model) || "no model"}</bdi>
      {queued && " queued"}
    </Badge>
  );
}

/** What the operator asked for and no turn has taken yet. */
function Waiting({ page }: { page: PageState }): JSX.Element | null {
  const { typed_count, compact_since, new_session_since } = page.queue;
  const words = [
    typed_count > 0 ? plural(typed_count, "message") : "",
    compact_since === undefined ? "" : "compacting",
    new_session_since === undefined ? "" : "a new session",
  ].filter(Boolean);
  if (words.length === 0) return null;
  return (
    <Badge glyph="○" tip="Asked for on this page; it happens when no turn runs, or with the next one.">
      {words.join(", ")} queued
    </Badge>
  );
}

function Tokens({ of, window }: { of: Report; window: number | undefined }): JSX.Element {
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
          Context of the last model call{window ? `, of ${thousands(window)}` : ""}. The last turn in all:
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
  const page = shown.value;
  const ms = page?.last_turn?.duration_ms ?? lastTurn?.ms;
  return (
    <ul class="badges" aria-label="State">
      <Badge glyph={alive.glyph} tone={alive.tone} tip={<span dir="auto">{alive.tip}</span>}>
        {alive.text}
      </Badge>
      {of && (container.value === undefined || container.value.state === "running") && <StateBadge of={of} />}
      {of && <Model of={of} page={page} />}
      {page && <Waiting page={page} />}
      {of && <Tokens of={of} window={page?.last_turn?.context_window} />}
      {ms !== undefined && <Badge tip={lastTurn?.ms === ms ? lastTurn.words : `${thousands(ms)} ms.`}>last turn {duration(ms)}</Badge>}
      {page?.spent_today !== undefined && (
        <Badge tip={`Spent since 00:00 UTC, by the vendor's list${of?.cost === undefined ? "" : `; the last turn: ${dollars(of.cost)}`}.`}>
          {dollars(page.spent_today)} today
        </Badge>
      )}
      {(container.value?.state === "running" ? sourceErrors.value : []).map(({ source, detail }) => (
        <Badge key={source} glyph="▲" tone="warn" tip={<span dir="auto">{clean(detail)}</span>}>
          no {source}
        </Badge>
      ))}
      {page?.has_store === false && (
        <Badge glyph="▲" tone="warn" tip="The harness cannot store events: history is what it has in memory.">
          no history
        </Badge>
      )}
    </ul>
  );
}
