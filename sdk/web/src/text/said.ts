// The text of a message, as people read it.

export interface Said {
  from: string;
  body: string;
  file?: string;
}

const done: Record<string, string> = {
  spawned: "created",
  started: "started",
  killed: "stopped",
  restarted: "restarted",
  rebuilt: "rebuilt",
  destroyed: "destroyed",
};

function sentence(news: Record<string, unknown>): string {
  const text = (member: string): string => (typeof news[member] === "string" ? news[member] : "");
  const event = text("event");
  if (event === "kicked") return text("text");
  const action = done[event];
  if (action !== undefined && news["ok"] === false) return `${text("name")} could not be ${action}: ${text("error")}`;
  if (action !== undefined) return `${text("name")} was ${/^\w+ by /.test(text("cause")) ? text("cause") : `${action}: ${text("cause")}`}`;
  const rest = Object.entries(news).filter(([member]) => member !== "event");
  return [event.replaceAll("_", " "), ...rest.map(([member, value]) => `${member} ${String(value)}`)].join(", ");
}

/** What the hive says as JSON becomes a sentence; what anyone else says stays as it is. Without the file. */
export function wordsIn({ from, body }: Said): string {
  if (from !== "system") return body;
  try {
    const news: unknown = JSON.parse(body);
    if (typeof news === "object" && news !== null && "event" in news) return sentence(news) || body;
  } catch {
    // It said something else.
  }
  return body;
}

/** All that a message says, its file too, as one text: for finding it, and for one line. */
export function saidIn(message: Said): string {
  return message.file ? `${wordsIn(message)}\n${message.file}` : wordsIn(message);
}
