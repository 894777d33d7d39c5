import type { JSX } from "preact";
import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import { clean, oneLine } from "../text/clean.ts";
import { counts } from "../text/diff.ts";
import { bytes, clockSeconds, dollars, duration, plural, thousands } from "../text/numbers.ts";
import { Diff } from "../ui/diff.tsx";
import { Body, Markdown, Name, Said, SaidBy } from "../ui/text.tsx";
import { toneOfResult, type Item, type ToolItem, type TurnItem } from "./story.ts";
import type { WakeMessage } from "./wake.ts";

function Ev(props: { class?: string; glyph: string; ink?: string; what: string; children: JSX.Element | (JSX.Element | false | undefined)[] }): JSX.Element {
  return (
    <li class={`ev${props.class ? ` ${props.class}` : ""}`}>
      <span class={`ev-g${props.ink ? ` ink-${props.ink}` : ""}`} aria-hidden="true">
        {props.glyph}
      </span>
      <div class="ev-b">
        <span class="vh">{props.what}: </span>
        {props.children}
      </div>
    </li>
  );
}

function WakeLine({ message }: { message: WakeMessage }): JSX.Element {
  return (
    <div class="wake-message">
      <p class="ev-from">
        <b>
          <Name of={message.from} />
        </b>{" "}
        <span class="meta">
          {message.id > 0 ? `message ${message.id}, ` : "typed here, "}
          {clockSeconds(message.time)}
          {message.redelivered && ", handed out before"}
        </span>
      </p>
      <div class="wake-body">
        <SaidBy message={message} />
      </div>
    </div>
  );
}

function wakeTone(messages: readonly WakeMessage[]): string {
  if (messages.some((message) => message.from === "operator")) return "is-accent";
  return messages.every((message) => message.kind === "system") ? "is-dim" : "is-peer";
}

/** A long body that is read on request alone. */
function Folded({ item, label, children }: { item: ToolItem; label: JSX.Element; children: () => JSX.Element }): JSX.Element {
  const [open, setOpen] = useState(item.result?.isError === true);
  return (
    <details class="tool" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {open && children()}
    </details>
  );
}

const longestAnswer = 60;

function Outcome({ item }: { item: ToolItem }): JSX.Element {
  const { result, diff } = item;
  if (!result)
    return (
      <span class="tool-res ink-busy">
        <span aria-hidden="true">◐</span> runs{item.seconds === undefined ? "" : ` ${duration(item.seconds * 1000)}`}
      </span>
    );
  if (result.isError) return <span class="tool-res ink-bad">✗ failed</span>;
  if (diff) {
    const { added, removed } = counts(diff);
    return (
      <span class="tool-res ink-dim">
        <span class="ink-ok">+{added}</span> {removed > 0 && <span class="ink-bad">−{removed}</span>}
        {item.isNew && "new"}
      </span>
    );
  }
  const lines = result.text === "" ? 0 : result.text.split("\n").length;
  // The hive's own answers are a few words; what other tools say could pass for the page's.
  if (lines === 1 && item.name.startsWith("hyperhive.") && result.text.length <= longestAnswer)
    return (
      <span class="tool-res ink-dim">
        <bdi>{oneLine(result.text)}</bdi>
      </span>
    );
  return <span class="tool-res ink-dim">{lines === 0 ? "no output" : plural(lines, "line")}</span>;
}

function Tool({ item }: { item: ToolItem }): JSX.Element {
  const failed = item.result?.isError === true;
  const label = (
    <>
      <b>
        <Name of={item.name} />
      </b>{" "}
      <bdi class="tool-arg">{oneLine(item.about)}</bdi> <Outcome item={item} />
    </>
  );
  const what = `${item.name} ${oneLine(item.about, 40)}`;
  return (
    <Ev glyph="●" ink={failed ? "bad" : "dim"} what="Tool call">
      <Folded item={item} label={label}>
        {() => (
          <>
            {item.diff && !failed ? (
              <Diff lines={item.diff} label={`Changes: ${what}`} />
            ) : (
              item.input !== "" && (
                <div class="tool-out" tabIndex={0} role="group" aria-label={`Input of ${what}`}>
                  <Body text={item.input} />
                </div>
              )
            )}
            {item.result && item.result.text !== "" && (!item.diff || failed) && (
              <div class={`tool-out${failed ? " is-bad" : ""}`} tabIndex={0} role="group" aria-label={`Output of ${what}`}>
                <Body text={item.result.text} />
              </div>
            )}
          </>
        )}
      </Folded>
    </Ev>
  );
}

const marks = { dim: "✓", warn: "⌀", bad: "✗" } as const;
const inks = { dim: "ok", warn: "warn", bad: "bad" } as const;

function TurnMark({ item }: { item: TurnItem }): JSX.Element {
  const tone = toneOfResult(item.result);
  const facts = [
    `turn ${item.turn ?? "?"}${tone === "dim" ? "" : ` ${clean(item.result).replaceAll("_", " ")}`}`,
    item.ms === undefined ? "" : duration(item.ms),
    item.tools > 0 ? plural(item.tools, "tool") : "",
    item.input === undefined ? "" : `${thousands(item.input)} in`,
    item.output === undefined ? "" : `${thousands(item.output)} out`,
    item.cost === undefined ? "" : dollars(item.cost),
  ];
  return (
    <li class={`turn-mark${tone === "bad" ? " is-bad" : ""}`} title={clockSeconds(item.at)}>
      <span>
        <span class={`ink-${inks[tone]}`} aria-hidden="true">
          {marks[tone]}
        </span>{" "}
        {facts.filter(Boolean).join(", ")}
        {item.reason !== "" && (
          <span dir="auto" class="turn-reason">
            , {oneLine(item.reason, 300)}
          </span>
        )}
      </span>
    </li>
  );
}

/** One thing that happened, as a row of the terminal. */
export const StoryRow = memo(function StoryRow({ item }: { item: Item }): JSX.Element {
  if (item.is === "wake")
    return (
      <Ev class={`wake ${wakeTone(item.wake.messages)}`} glyph="❯" what="Wake prompt">
        {[
          item.wake.notes !== "" && (
            <div key="notes" class="wake-notes meta">
              <Said text={item.wake.notes} />
            </div>
          ),
          ...item.wake.messages.map((message, i) => <WakeLine key={i} message={message} />),
        ]}
      </Ev>
    );
  if (item.is === "said")
    return (
      <Ev class="text" glyph="✻" what="Assistant">
        <Markdown text={item.text} />
      </Ev>
    );
  if (item.is === "thought")
    return (
      <Ev glyph="✻" what="Thought">
        <details class="tool">
          <summary>
            <b>thought</b> <bdi class="tool-arg">{oneLine(item.text)}</bdi>
          </summary>
          <div class="tool-out" tabIndex={0} role="group" aria-label="Thought">
            <Body text={item.text} />
          </div>
        </details>
      </Ev>
    );
  if (item.is === "note")
    return (
      <Ev class="note" glyph={item.tone === "bad" ? "✗" : item.tone === "warn" ? "⚠" : "·"} ink={item.tone} what={item.tone === "bad" ? "Error" : "Note"}>
        <Said text={item.text} />
      </Ev>
    );
  if (item.is === "raw")
    return (
      <Ev glyph="·" what="Output">
        <div class="tool-out" tabIndex={0} role="group" aria-label="Output of the CLI">
          <p class="meta">{bytes(item.bytes)} as they came</p>
          <Body text={item.text} />
        </div>
      </Ev>
    );
  if (item.is === "tool") return <Tool item={item} />;
  return <TurnMark item={item} />;
});
