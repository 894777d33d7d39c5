// The shared worker: one stream for all pages of this browser.
import { Hub, type ToHub } from "./hub.ts";

interface SharedScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

const hub = new Hub();

(globalThis as unknown as SharedScope).onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  const say = hub.connect((message) => port.postMessage(message));
  port.onmessage = ({ data }: MessageEvent<ToHub>) => {
    say(data);
    // Granted when the page is gone, however it went.
    if (data.do === "join" && data.lock) void navigator.locks.request(data.lock, () => say({ do: "leave" }));
  };
};
