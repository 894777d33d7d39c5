import type { ComponentChildren, JSX } from "preact";

/** The button that opens a part of a row; the part is rendered by the row while it is open. */
export function DiscButton(props: { id: string; open: boolean; toggle: () => void; children: ComponentChildren }): JSX.Element {
  return (
    <button
      type="button"
      class="disc"
      data-always
      aria-expanded={props.open}
      aria-controls={props.open ? props.id : undefined}
      onClick={props.toggle}
    >
      {props.children}
    </button>
  );
}
