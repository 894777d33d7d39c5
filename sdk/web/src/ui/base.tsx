import type { ComponentChildren, JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { Problem, wordsOf } from "../api.ts";
import { clean } from "../text/clean.ts";
import type { LeftOut } from "../types.ts";
import { onKeys } from "./keys.ts";
import { toast } from "./toast.tsx";

export type Tone = "ok" | "busy" | "need" | "warn" | "bad" | "accent" | "peer" | "dim";

export function toneClass(tone: Tone | undefined): string {
  return tone ? ` is-${tone}` : "";
}

/** What is seen in the product's spelling and heard in plain words. */
export function Spelt({ leet, plain }: { leet: string; plain: string }): JSX.Element {
  return (
    <>
      <span aria-hidden="true">{leet}</span>
      <span class="vh">{plain}</span>
    </>
  );
}

/** Names the rows that a list lacks, where it stands; nothing when it lacks none. */
export function Lacking({ rows }: { rows: LeftOut }): JSX.Element | null {
  if (rows === undefined || rows.length === 0) return null;
  return (
    <p class="term-note ink-bad">
      Rows that cannot be read are left out: <span dir="auto">{rows.map(({ id, why }) => clean(`${id} (${why})`)).join(", ")}</span>.
    </p>
  );
}

export interface ChipProps {
  glyph?: string;
  tone?: Tone | undefined;
  pulse?: boolean;
  title?: string;
  children: ComponentChildren;
}
export function Chip({ glyph, tone, pulse, title, children }: ChipProps): JSX.Element {
  return (
    <span class={`chip${toneClass(tone)}${pulse ? " pulse" : ""}`} title={title}>
      {glyph && <span aria-hidden="true">{glyph}</span>}
      {glyph && " "}
      {children}
    </span>
  );
}

/** A chip that explains itself on hover and focus. */
export function Badge(props: Omit<ChipProps, "title"> & { tip: ComponentChildren }): JSX.Element {
  const id = useId();
  const [shut, setShut] = useState(false);
  return (
    <li class={`tip${shut ? " is-shut" : ""}`} onMouseLeave={() => setShut(false)}>
      <button
        type="button"
        class={`chip badge${toneClass(props.tone)}${props.pulse ? " pulse" : ""}`}
        aria-describedby={id}
        onBlur={() => setShut(false)}
        onKeyDown={onKeys((event) => {
          if (event.key === "Escape") setShut(true);
        })}
      >
        {props.glyph && <span aria-hidden="true">{props.glyph}</span>}
        {props.glyph && " "}
        {props.children}
      </button>
      <div class="tip-body" role="tooltip" id={id}>
        {props.tip}
      </div>
    </li>
  );
}

export interface ActionProps {
  /** In the product's spelling; without it `label` is seen. */
  leet?: string;
  /** Said by a screen reader and shown on hover: names the object too. */
  label: string;
  class?: string;
  disabled?: boolean;
  /** Why it cannot be pressed; shown on hover. */
  why?: string | undefined;
  /** Changes nothing on the host, so it works offline too. */
  always?: boolean;
  run: () => unknown;
  children?: ComponentChildren;
}

/**
 * A button that does something on the host: busy until that is answered, and a toast when it fails.
 * A second press meanwhile does nothing.
 */
export function Action(props: ActionProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const press = async (): Promise<void> => {
    if (running.current || props.disabled) return;
    running.current = true;
    setBusy(true);
    try {
      await props.run();
    } catch (error) {
      toast({ tone: "bad", glyph: "✗", text: wordsOf(error) });
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  const title = props.disabled && props.why ? `${props.label}: ${props.why}` : props.label;
  return (
    <button
      type="button"
      class={`btn${props.class ? ` ${props.class}` : ""}`}
      title={title}
      aria-disabled={props.disabled || busy ? true : undefined}
      aria-busy={busy || undefined}
      data-always={props.always || undefined}
      onClick={() => void press()}
    >
      {props.leet ? <Spelt leet={props.leet} plain={title} /> : (props.children ?? props.label)}
    </button>
  );
}

export function Banner(props: { tone: Tone; glyph: string; children: ComponentChildren; action?: ComponentChildren }): JSX.Element {
  return (
    <div class={`banner is-${props.tone}`} role="alert">
      <span class="banner-glyph" aria-hidden="true">
        {props.glyph}
      </span>
      <p>{props.children}</p>
      {props.action}
    </div>
  );
}

export function Empty({ fact, children }: { fact: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <p>
        <strong>{fact}</strong> {children}
      </p>
    </div>
  );
}

/** The field of a form that a problem names, else undefined. */
export function fieldOf(error: unknown): string | undefined {
  return error instanceof Problem && error.field !== "" ? error.field : undefined;
}
