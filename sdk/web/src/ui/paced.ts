import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Rows that are made in one frame. Making one costs the most of what an event costs: its layout. */
const mostAtOnce = 3;

/**
 * What of `rows` is shown now: of many new ones the newest first and some more with each frame, so that the page
 * answers meanwhile; those that are gone before their turn are never made. All of them at the first time, and while
 * nobody sees the page.
 */
export function usePaced<T>(rows: readonly T[], keyOf: (row: T) => number): readonly T[] {
  const shown = useRef<ReadonlySet<number>>(new Set());
  const isTurn = useRef(true);
  const [, renderAgain] = useState({});
  const now = document.hidden || shown.current.size === 0 ? rows : paced(rows, keyOf, shown.current, isTurn.current ? mostAtOnce : 0);
  const isBehind = now.length < rows.length;
  useLayoutEffect(() => {
    shown.current = new Set(now.map(keyOf));
    isTurn.current = !isBehind;
    if (!isBehind) return;
    const frame = requestAnimationFrame(() => {
      isTurn.current = true;
      renderAgain({});
    });
    return () => cancelAnimationFrame(frame);
  });
  return now;
}

function paced<T>(rows: readonly T[], keyOf: (row: T) => number, shown: ReadonlySet<number>, most: number): readonly T[] {
  const fresh = rows.filter((row) => !shown.has(keyOf(row)));
  if (fresh.length <= most) return rows;
  const late = new Set(fresh.slice(0, fresh.length - most));
  return rows.filter((row) => !late.has(row));
}
