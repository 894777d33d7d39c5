import { signal, type ReadonlySignal } from "@preact/signals";

const second = signal(Date.now());
let timer: ReturnType<typeof setInterval> | undefined;

/** The clock, in ms, once a second; still while the page is hidden. */
export const now: ReadonlySignal<number> = second;

function run(): void {
  clearInterval(timer);
  if (document.hidden) return;
  second.value = Date.now();
  timer = setInterval(() => {
    second.value = Date.now();
  }, 1000);
}

export function startClock(): void {
  document.addEventListener("visibilitychange", run);
  run();
}
