import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { Tone } from "./base.tsx";

interface Toast {
  id: number;
  tone: Tone;
  glyph: string;
  text: string;
}

const shownMs = 8_000;
const mostShown = 4;
const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** Says that something happened. One that went wrong stays until it is closed. */
export function toast(what: Omit<Toast, "id">): void {
  const id = ++lastId;
  toasts.value = [...toasts.value, { ...what, id }].slice(-mostShown);
  if (what.tone !== "bad") setTimeout(() => close(id), shownMs);
}

function close(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((one) => (
        <div class={`toast is-${one.tone}`} key={one.id}>
          <span aria-hidden="true">{one.glyph}</span>
          <p dir="auto">{one.text}</p>
          <button type="button" class="btn btn-quiet" data-always onClick={() => close(one.id)}>
            close<span class="vh"> this notice</span>
          </button>
        </div>
      ))}
    </div>
  );
}
