import { useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { Feed } from "../feed/feed.ts";
import type { Link } from "../feed/stream.ts";
import { link as linkOfPage } from "../state/reach.ts";
import { nextTheme, theme } from "../state/settings.ts";
import { ended } from "../text/clean.ts";
import { clock } from "../text/numbers.ts";
import { Banner } from "../ui/base.tsx";

const links: Record<Link, { glyph: string; tone: string; word: string }> = {
  connecting: { glyph: "◐", tone: "warn", word: "connecting" },
  live: { glyph: "●", tone: "ok", word: "live" },
  reconnecting: { glyph: "◐", tone: "warn", word: "reconnecting" },
  offline: { glyph: "✗", tone: "bad", word: "offline" },
  stranger: { glyph: "✗", tone: "bad", word: "not your hive" },
  "signed-out": { glyph: "✗", tone: "bad", word: "signed out" },
};

export function isOffline(link: Link): boolean {
  return link === "offline" || link === "stranger" || link === "signed-out";
}

function Connection({ feed }: { feed: Feed }): JSX.Element {
  const { glyph, tone, word } = links[feed.link.value];
  return (
    <span class={`conn is-${tone}`} role="status">
      <span aria-hidden="true">{glyph}</span> <span class="conn-text">{word}</span>
    </span>
  );
}

const themeGlyphs = { auto: "◐", light: "○", dark: "●" } as const;

export function BarTools({ feed, palette }: { feed: Feed; palette: () => void }): JSX.Element {
  return (
    <div class="bar-tools">
      <Connection feed={feed} />
      <button type="button" class="btn btn-quiet" data-always title="All actions, Control K" onClick={palette}>
        <span aria-hidden="true">
          <kbd>Ctrl K</kbd>
          <span class="only-narrow">actions</span>
        </span>
        <span class="vh">All actions, Control K</span>
      </button>
      <button type="button" class="btn btn-quiet" data-always title={`Theme: ${theme.value}`} onClick={nextTheme}>
        <span aria-hidden="true">{themeGlyphs[theme.value]}</span>{" "}
        <span class="theme-text" aria-hidden="true">
          {theme.value}
        </span>
        <span class="vh">Theme: {theme.value}</span>
      </button>
    </div>
  );
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + ended(words.slice(1));
}

/** What is wrong with the connection, and what to do. */
export function ConnectionBanner({ feed, runsOn }: { feed: Feed; runsOn: string }): JSX.Element | null {
  const link = feed.link.value;
  const error = feed.error.value;
  const retry = (
    <button type="button" class="btn" data-always onClick={() => feed.retry()}>
      try now
    </button>
  );
  if (link === "signed-out")
    return (
      <Banner tone="bad" glyph="✗" action={retry}>
        <strong>The session has ended.</strong> Run <code>hive-c0re open</code> and follow the address that it prints, then
        try here again. What you typed stays.
      </Banner>
    );
  if (link === "stranger")
    return (
      <Banner tone="bad" glyph="✗" action={retry}>
        <strong>Another program answers at this address.</strong> It does not have the key of your session, so nothing is told
        to it. See what listens there on the machine of this hive, and do not load this page again until it has stopped. If
        you have to sign in afterwards, delete what this browser keeps of this address before. What you typed stays.
      </Banner>
    );
  if (link === "offline")
    return (
      <Banner tone="bad" glyph="✗" action={retry}>
        <strong>Offline since {clock(feed.since.value)}.</strong> {runsOn} Actions wait until the host answers; what you
        typed stays.
      </Banner>
    );
  if (error !== undefined)
    return (
      <Banner tone="bad" glyph="✗" action={retry}>
        <strong>The state could not be loaded.</strong> <span dir="auto">{sentence(error)}</span> It is tried again by itself.
      </Banner>
    );
  return null;
}

/** Frame of a page: what is in it can be pressed only while the host is reached. */
export function useOffline(feed: Feed): boolean {
  return useComputed(() => isOffline(feed.link.value)).value;
}

/** Presses that would act while the host is not reached are stopped here, for all buttons at once. */
export function stopWhileOffline(feed: Feed): void {
  const stop = (event: Event): void => {
    if (!isOffline(feed.link.peek()) || !(event.target instanceof Element)) return;
    const button = event.target.closest("button, form");
    if (!button) return;
    const isSubmit = event.type === "submit";
    if ((isSubmit || button.matches(".btn")) && !button.matches("[data-always]")) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  document.addEventListener("click", stop, true);
  document.addEventListener("submit", stop, true);
  feed.link.subscribe((link) => {
    linkOfPage.value = link;
    document.documentElement.dataset["conn"] = isOffline(link) ? "offline" : link;
  });
}

export function Brand({ children }: { children?: ComponentChildren }): JSX.Element {
  return (
    <a class="brand" href="/">
      <span aria-hidden="true">⬢</span> <span class="brand-text">hive-c0re</span>
      <span class="vh"> dashboard</span>
      {children}
    </a>
  );
}
