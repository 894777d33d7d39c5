import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** So near to the end a reader is at it. */
const slackPx = 24;

export interface TerminalProps {
  label: string;
  /** The rows' ids, growing. */
  ids: readonly number[];
  onBottom?: (at: boolean) => void;
  children: ComponentChildren;
  /** Over the rows: what is in the way, like a completion list. */
  over?: ComponentChildren;
  /** Said to a reader who is not at the end while nothing came there. */
  away?: string;
}

/**
 * A log that follows its end while the reader is there, and otherwise stays where it is and counts what
 * came below. Rows added at the beginning do not move what is read.
 */
export function Terminal(props: TerminalProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const atBottom = useRef(true);
  const { away } = props;
  const first = props.ids[0];
  const last = props.ids.at(-1) ?? 0;
  const [seen, setSeen] = useState(last);
  const [, renderAgain] = useState({});
  const before = useRef({ first, height: 0, top: 0 });
  const fresh = atBottom.current ? 0 : props.ids.length - 1 - props.ids.findLastIndex((id) => id <= seen);

  const toBottom = (): void => {
    const scroll = box.current;
    if (!scroll) return;
    scroll.scrollTop = scroll.scrollHeight;
    if (!atBottom.current) props.onBottom?.(true);
    atBottom.current = true;
    setSeen(last);
    renderAgain({});
  };
  useLayoutEffect(() => {
    const scroll = box.current;
    if (!scroll) return;
    // Moved up by the reader a moment ago; the event is still on its way.
    const { top, height } = before.current;
    if (atBottom.current && scroll.scrollHeight >= height && scroll.scrollTop < top - slackPx) {
      atBottom.current = false;
      props.onBottom?.(false);
      renderAgain({});
    }
    if (atBottom.current) {
      scroll.scrollTop = scroll.scrollHeight;
      if (seen !== last) setSeen(last);
    } else if (before.current.first !== first) {
      scroll.scrollTop = before.current.top + scroll.scrollHeight - before.current.height;
    }
    before.current = { first, height: scroll.scrollHeight, top: scroll.scrollTop };
  });
  useEffect(() => {
    const inner = rows.current;
    if (!inner || typeof ResizeObserver === "undefined") return;
    // A body that unfolds, a font that arrives, a window that turns: the end stays in sight.
    const watch = new ResizeObserver(() => {
      const scroll = box.current;
      if (!scroll) return;
      if (atBottom.current) scroll.scrollTop = scroll.scrollHeight;
      before.current = { ...before.current, height: scroll.scrollHeight, top: scroll.scrollTop };
    });
    watch.observe(inner);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const onScroll = (): void => {
    const scroll = box.current;
    if (!scroll) return;
    const at = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight <= slackPx;
    before.current = { ...before.current, height: scroll.scrollHeight, top: scroll.scrollTop };
    if (at === atBottom.current) return;
    atBottom.current = at;
    props.onBottom?.(at);
    setSeen(last);
    renderAgain({});
  };
  return (
    <div class="term">
      <div class="term-scroll" ref={box} onScroll={onScroll} tabIndex={0} role="log" aria-label={props.label}>
        <div ref={rows} class="term-rows">
          {props.children}
        </div>
      </div>
      {props.over}
      {(fresh > 0 || (away !== undefined && !atBottom.current)) && (
        <button type="button" class="pill" data-always onClick={toBottom}>
          ↓ {fresh > 0 ? `${fresh} new` : away}
          <span class="vh">, go to the newest</span>
        </button>
      )}
    </div>
  );
}
