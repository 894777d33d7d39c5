import { signal } from "@preact/signals";
import { post } from "../api.ts";
import { Outgoing } from "../state/outgoing.ts";
import { clearView, container, known, paths, report } from "./state.ts";

/** What is being typed. */
export const draft = signal("");
const outgoing = new Outgoing(draft);

/** A slash command of the prompt. */
export interface Slash {
  word: string;
  /** What it takes after the word. */
  takes?: string;
  does: string;
  /** Why it cannot be given now. */
  refused: () => string | undefined;
  run: (rest: string) => Promise<string | undefined>;
}

/** Why the agent takes nothing from this page now. */
export function unreachable(): string | undefined {
  if (known.value === undefined) return "the state is being loaded";
  if (!known.value) return "the agent was destroyed";
  const row = container.value;
  if (row && row.state !== "running") return row.state === "starting" ? "it is being started" : `its container is ${row.state}`;
  if (!report.value || report.value.status === "offline") return "its harness does not answer";
  if (report.value.status !== "online") return "it needs a login";
  return undefined;
}

function unless(holds: () => boolean, when: string): string | undefined {
  return unreachable() ?? (holds() ? undefined : `only while ${when}`);
}

export const cancelTurn = async (): Promise<void> => void (await post(paths.cancel));
export const compact = async (): Promise<void> => void (await post(paths.compact));
export const newSession = async (): Promise<void> => void (await post(paths.newSession));
export const cannotCancel = (): string | undefined => unless(() => report.value?.turn !== undefined, "a turn is open");
export const cannotCompact = (): string | undefined => unless(() => report.value?.state === "idle", "idle");

/** As the harness takes it. */
const modelName = /^(?!-)[!-~]{1,128}$/;

export const slashes: readonly Slash[] = [
  { word: "/help", does: "what can be typed here", refused: () => undefined, run: () => Promise.resolve(helpText()) },
  {
    word: "/clear",
    does: "empty this view",
    refused: () => undefined,
    run: () => {
      clearView();
      return Promise.resolve(undefined);
    },
  },
  {
    word: "/cancel",
    does: "end the running turn",
    refused: cannotCancel,
    run: async () => {
      await cancelTurn();
      return "The turn is being cancelled.";
    },
  },
  {
    word: "/compact",
    does: "sum up the context",
    refused: cannotCompact,
    run: async () => {
      await compact();
      return "The context is being compacted.";
    },
  },
  {
    word: "/model",
    takes: "name",
    does: "model of the next turn; none: back to the configuration",
    refused: unreachable,
    run: async (rest) => {
      if (rest !== "" && !modelName.test(rest)) throw new Error(`${rest} is not a model's name: give one word like haiku, at most 128 characters, without a hyphen at its beginning.`);
      await post(paths.model, rest === "" ? {} : { model: rest });
      return rest === "" ? "The model is that of the configuration again." : `The next turn uses ${rest}.`;
    },
  },
  {
    word: "/new-session",
    does: "drop the conversation; notes stay",
    refused: unreachable,
    run: async () => {
      await newSession();
      return "The next turn begins a new session.";
    },
  },
];

function helpText(): string {
  const rows = slashes.map(({ word, takes, does }) => `${word}${takes ? ` [${takes}]` : ""}: ${does}`);
  return [...rows, "Anything else is a message to the agent. Enter sends, Shift-Enter begins a line."].join("\n");
}

/** A space in front makes a message of what begins with a slash. */
export function isCommand(line: string): boolean {
  return line.startsWith("/");
}

/** Does what was typed. Gives what to tell the operator, if anything. */
export async function enter(line: string): Promise<string | undefined> {
  if (isCommand(line)) {
    const [word = "", ...rest] = line.trim().split(/\s+/);
    const slash = slashes.find((one) => one.word === word);
    if (!slash) throw new Error(`There is no command ${word}; /help lists those that there are.`);
    const refused = slash.refused();
    if (refused !== undefined) throw new Error(`${word} cannot be given now: ${refused}.`);
    return slash.run(rest.join(" "));
  }
  const refused = unreachable();
  if (refused !== undefined) throw new Error(`Nothing can be sent now: ${refused}.`);
  await outgoing.send(paths.send, { text: line });
  return undefined;
}
