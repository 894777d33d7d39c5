/** What the messages under it say anyway. */
const greeting = /^You have \d+ messages?\.\s*/;

/** One message of a wake prompt. */
export interface WakeMessage {
  id: number;
  from: string;
  kind: string;
  time: string;
  redelivered: boolean;
  file?: string;
  body: string;
}

/** A wake prompt taken apart. `notes`: what the hive says itself. */
export interface Wake {
  messages: WakeMessage[];
  notes: string;
}

const head = /<<<message ([0-9a-f]{16}) id=(\d+) from=([\w-]+) kind=([\w]+) time=(\S+)([^\n]*)>>>\n/;

/**
 * The envelope that harness/README.md describes. The nonce of the first header is that of all; no body can
 * hold it, so nothing that an agent wrote reads as the hive's.
 */
export function parseWake(prompt: string): Wake {
  const nonce = head.exec(prompt)?.[1];
  if (nonce === undefined) return { messages: [], notes: prompt.trim() };
  const messages: WakeMessage[] = [];
  let notes = "";
  let rest = prompt;
  for (;;) {
    const begin = head.exec(rest);
    const end = begin ? rest.indexOf(`\n<<<end ${nonce}>>>`, begin.index + begin[0].length - 1) : -1;
    if (begin?.[1] !== nonce || end < 0) return { messages, notes: (notes + rest).replace(greeting, "").trim() };
    const more = begin[6] ?? "";
    const file = / file="([^"]*)"/.exec(more)?.[1];
    messages.push({
      id: Number(begin[2]),
      from: begin[3] ?? "",
      kind: begin[4] ?? "",
      time: begin[5] ?? "",
      redelivered: more.includes(" redelivered=true"),
      ...(file === undefined ? {} : { file }),
      body: rest.slice(begin.index + begin[0].length, Math.max(begin.index + begin[0].length, end)),
    });
    notes += rest.slice(0, begin.index);
    rest = rest.slice(end + `\n<<<end ${nonce}>>>`.length);
  }
}
