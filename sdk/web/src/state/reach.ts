import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Link } from "../feed/stream.ts";

/** How the page's feed stands with the host; set by the page's frame. */
export const link = signal<Link>("connecting");

/** What happens on the host comes to this page as it happens. */
export const isReached: ReadonlySignal<boolean> = computed(() => link.value === "live");

const seen = signal(!document.hidden);
document.addEventListener("visibilitychange", () => {
  seen.value = !document.hidden;
});

/** The page is not in a background tab. */
export const isSeen: ReadonlySignal<boolean> = seen;
