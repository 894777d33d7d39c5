import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { wordsOf } from "../api.ts";
import { Spelt } from "./base.tsx";

const current = signal<(() => JSX.Element) | undefined>(undefined);

/** Shows a dialog; one that is open makes way. */
export function openDialog(content: () => JSX.Element): void {
  current.value = content;
}
export function closeDialog(): void {
  current.value = undefined;
}
/** Where dialogs appear; once on a page. */
export function Dialogs(): JSX.Element | null {
  const Content = current.value;
  return Content ? <Content /> : null;
}

/** The native modal: focus stays inside, Esc closes, focus goes back to where it was. */
export function Modal(props: {
  labelledBy?: string;
  label?: string;
  class?: string;
  children: ComponentChildren;
}): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      class={`dialog${props.class ? ` ${props.class}` : ""}`}
      aria-labelledby={props.labelledBy}
      aria-label={props.label}
      onClose={closeDialog}
      onClick={(event) => {
        // The backdrop is the dialog itself, outside of its box.
        if (!box.current || event.target !== box.current) return;
        const { left, right, top, bottom } = box.current.getBoundingClientRect();
        const { clientX: x, clientY: y } = event;
        if (x < left || x > right || y < top || y > bottom) closeDialog();
      }}
    >
      {props.children}
    </dialog>
  );
}

export interface ConfirmProps {
  title: { leet: string; plain: string; of: string };
  /** On the button that does it: what will have happened. */
  act: string;
  /** What is to be typed first; for what has no undo. */
  typed?: string;
  children: ComponentChildren;
  run: () => Promise<unknown>;
}

/** Asks before something is destroyed, and says what. */
export function Confirm(props: ConfirmProps): JSX.Element {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const ready = !busy && (props.typed === undefined || typed === props.typed);
  const submit = async (): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    setError(undefined);
    try {
      await props.run();
      closeDialog();
    } catch (problem) {
      setError(wordsOf(problem));
      setBusy(false);
    }
  };
  return (
    <Modal labelledBy={id}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2 class="dialog-title" id={id}>
          <Spelt leet={props.title.leet} plain={props.title.plain} /> {props.title.of}
        </h2>
        {props.children}
        {props.typed !== undefined && (
          <label class="field">
            <span class="field-label">
              type <b>{props.typed}</b> to confirm
            </span>
            <input
              class="input"
              autocomplete="off"
              spellcheck={false}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
        )}
        {error !== undefined && (
          <p class="field-error" role="alert">
            {error}
          </p>
        )}
        <div class="dialog-actions">
          <button type="button" class="btn" data-always onClick={closeDialog}>
            keep it
          </button>
          <button class="btn btn-solid" aria-disabled={!ready || undefined} aria-busy={busy || undefined}>
            <Spelt leet={props.title.leet} plain={props.title.plain} /> {props.act}
          </button>
        </div>
      </form>
    </Modal>
  );
}
