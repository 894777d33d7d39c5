import { effect } from "@preact/signals";
import { hive } from "../keep.ts";
import { isBoolean, kept } from "../state/settings.ts";
import { waits } from "./registry.ts";

const wanted = kept("notices", false, isBoolean);

export const wantsNotices = {
  peek: (): boolean => wanted.peek() && typeof Notification !== "undefined" && Notification.permission === "granted",
  /** Gives the reason when the browser does not allow it. */
  toggle: async (): Promise<string | undefined> => {
    if (wantsNotices.peek()) {
      wanted.value = false;
      return undefined;
    }
    if (typeof Notification === "undefined") return "This browser has no notifications.";
    if ((await Notification.requestPermission()) !== "granted")
      return "The browser does not allow notifications of this page; allow them in its settings.";
    wanted.value = true;
    return undefined;
  },
};

/** Tells of each thing that begins to wait, once; not of what waited already when the page was opened. */
export function notify(): void {
  const known = new Set<string>();
  const seenWaits = new Set<string>();
  effect(() => {
    for (const wait of waits.value) {
      const isFirst = !seenWaits.has(wait.id);
      seenWaits.add(wait.id);
      for (const item of wait.items ?? []) {
        const id = `${wait.id}/${item.id}`;
        if (known.has(id)) continue;
        known.add(id);
        if (!isFirst && document.hidden && wantsNotices.peek()) new Notification(item.text, { tag: `${hive}/${id}` });
      }
    }
  });
}
