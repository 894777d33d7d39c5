import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

export interface Option {
  id: string;
  show: ComponentChildren;
  /** Cannot be chosen; `show` says why. */
  disabled?: boolean;
}

/**
 * Choosing from a list while the focus stays in the field that it belongs to. What is chosen stays chosen
 * while the list changes around it.
 */
export interface Choice {
  index: number;
  set: (index: number) => void;
  /** Back to the first. */
  reset: () => void;
  /** Whether the key was one of the list's. */
  key: (event: KeyboardEvent) => boolean;
}

export function useChoice(options: readonly Option[], take: (index: number) => void): Choice {
  const [chosen, setChosen] = useState<string>();
  const index = Math.max(0, options.findIndex((option) => option.id === chosen));
  const setAt = (at: number): void => setChosen(options[at]?.id);
  const move = (by: number): void => setAt((index + by + options.length) % options.length);
  return {
    index,
    set: setAt,
    reset: () => setChosen(undefined),
    key: (event) => {
      if (options.length === 0) return false;
      if (event.key === "ArrowDown") move(1);
      else if (event.key === "ArrowUp") move(-1);
      else if (event.key === "Home" && event.ctrlKey) setAt(0);
      else if (event.key === "End" && event.ctrlKey) setAt(options.length - 1);
      else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) {
        if (!options[index]?.disabled) take(index);
      } else return false;
      event.preventDefault();
      return true;
    },
  };
}

/** The list above a field that completes what is typed there. */
export function Completion(props: {
  id: string;
  label: string;
  options: readonly Option[];
  choice: Choice;
  take: (index: number) => void;
}): JSX.Element {
  return (
    <ul class="completion" id={props.id} role="listbox" aria-label={props.label}>
      {props.options.map((option, i) => (
        <li
          key={option.id}
          id={`${props.id}-${i}`}
          role="option"
          aria-selected={i === props.choice.index}
          aria-disabled={option.disabled || undefined}
          onMouseMove={() => props.choice.set(i)}
          // Not onClick: the field must not lose the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            if (!option.disabled) props.take(i);
          }}
        >
          {option.show}
        </li>
      ))}
    </ul>
  );
}
