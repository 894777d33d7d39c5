import { addSlice, call, containers, isBlank, isString, kept, Outgoing } from "@hive/web";
import { signal } from "@preact/signals";

/** To whom the next message goes; it stays for the one after. */
export const recipient = kept("recipient", "manager", isString);
/** What is being written. */
export const draft = signal("");
const outgoing = new Outgoing(draft);
/** The id that the draft answers, while it goes to its sender. */
export const answers = signal<{ id: number; from: string } | undefined>(undefined);

export const composeId = "compose";
/** Longest message, once the broker has said it. */
export const mostBytes = signal<number | undefined>(undefined);

/** Why agents cannot send now, as the broker says it. */
export const trouble = signal<string | undefined>(undefined);

/** Another life of the host may have other settings, so it is asked with each state. */
export function followLimits(): void {
  addSlice({
    load: () => {
      call("broker.limits", {}).then(
        (limits) => {
          mostBytes.value = limits.body_bytes;
          trouble.value = limits.trouble;
        },
        (problem: unknown) => console.warn(`How long a message may be is not known: ${String(problem)}`),
      );
    },
    on: { "broker.space": (space) => (trouble.value = space.trouble) },
  });
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Goes to the field, with a recipient; what is written there stays. */
export function writeTo(name?: string, answered?: number): void {
  if (name) {
    recipient.value = name;
    answers.value = answered === undefined ? undefined : { id: answered, from: name };
  }
  const field = document.getElementById(composeId);
  field?.focus();
  field?.scrollIntoView({ block: "nearest" });
}

/** Who can be written to. */
export function recipients(): string[] {
  const names = containers.list.map((row) => row.name);
  return [...(names.includes("manager") ? names : ["manager", ...names]), "*"];
}

/** `@name ` at the beginning picks the recipient; gives what is left of the text. */
export function takeRecipient(text: string): string {
  const match = /^@([a-z][a-z0-9-]{0,30}|\*)\s/.exec(text);
  if (!match?.[1] || !recipients().includes(match[1])) return text;
  recipient.value = match[1];
  if (answers.value?.from !== match[1]) answers.value = undefined;
  return text.slice(match[0].length);
}

export async function send(): Promise<void> {
  const body = draft.value;
  const to = recipient.value;
  const answered = answers.value;
  if (isBlank(body)) return;
  await outgoing.send("/op-send", { to, body, ...(answered?.from === to ? { in_reply_to: answered.id } : {}) });
  answers.value = undefined;
  // What was typed while it was sent is the next message.
  if (draft.value === body) draft.value = "";
}
