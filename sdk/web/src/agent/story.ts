import type { LiveEvent } from "../types.ts";
import { ofHunks, ofTexts, type DiffLine, type Hunk } from "../text/diff.ts";
import { clock } from "../text/numbers.ts";
import { list, number, object, pretty, text, type Json } from "./json.ts";
import { parseWake, type Wake } from "./wake.ts";

interface Row {
  /** Growing along the story. */
  id: number;
  at: string;
}
export interface ToolResult {
  text: string;
  isError: boolean;
}
export interface ToolItem extends Row {
  is: "tool";
  name: string;
  /** The one argument that says what it is about. */
  about: string;
  input: string;
  diff?: DiffLine[];
  isNew?: boolean;
  result?: ToolResult;
  seconds?: number;
}
export interface TurnItem extends Row {
  is: "turn";
  turn: number | undefined;
  result: string;
  reason: string;
  ms?: number;
  tools: number;
  input?: number;
  output?: number;
  cost?: number;
}
/** What the terminal shows, one under the other. */
export type Item =
  | (Row & { is: "wake"; wake: Wake; turn: number | undefined })
  | (Row & { is: "said"; text: string })
  | (Row & { is: "thought"; text: string })
  | (Row & { is: "note"; text: string; tone: "dim" | "warn" | "bad" })
  | (Row & { is: "raw"; text: string; bytes: number })
  | ToolItem
  | TurnItem;

/** Events that are kept while nobody reads back, and while somebody does; older ones can be fetched again. */
const mostKept = 2_000;
const mostRead = 20_000;
/** Beyond that, how many are gathered before they are forgotten together. */
const slack = 400;
/** Characters of an input or result that are kept for showing. */
const longestBody = 2 * 1024 * 1024;

/**
 * Makes what a reader sees out of an agent's events, in their order. Events come in any number of pieces,
 * twice, and from before the first one: the story is the same.
 */
export class Story {
  private events = new Map<number, LiveEvent>();
  private sequence: number[] = [];
  private epoch = "";
  private builder = new Builder();

  get items(): readonly Item[] {
    return this.builder.items;
  }
  get first(): number | undefined {
    return this.sequence[0];
  }
  get last(): number | undefined {
    return this.sequence.at(-1);
  }

  /** Takes events of one life of the harness's store; those of another one begin the story anew. */
  add(events: readonly LiveEvent[]): void {
    for (const event of events) {
      if (event.epoch !== this.epoch) this.restart(event.epoch);
      if (this.events.has(event.seq)) continue;
      this.events.set(event.seq, event);
      const last = this.sequence.at(-1);
      if (last === undefined || event.seq > last) {
        this.sequence.push(event.seq);
        this.builder.add(event);
      } else {
        this.insert(event.seq);
      }
    }
    this.rebuildIfStale();
  }

  /** Forgets the oldest beyond what is kept; `isFollowed`: the reader is at the end. Whether any went. */
  trim(isFollowed: boolean): boolean {
    const over = this.sequence.length - (isFollowed ? mostKept : mostRead);
    if (over <= slack) return false;
    for (const seq of this.sequence.splice(0, over)) this.events.delete(seq);
    this.stale = true;
    this.rebuildIfStale();
    return true;
  }

  /** Forgets all; what comes after is shown. */
  clear(): void {
    this.restart(this.epoch);
  }

  private stale = false;

  private insert(seq: number): void {
    const at = this.sequence.findIndex((other) => other > seq);
    this.sequence.splice(at, 0, seq);
    this.stale = true;
  }

  private rebuildIfStale(): void {
    if (!this.stale) return;
    this.stale = false;
    this.builder = new Builder();
    for (const seq of this.sequence) {
      const event = this.events.get(seq);
      if (event) this.builder.add(event);
    }
  }

  private restart(epoch: string): void {
    this.epoch = epoch;
    this.events = new Map();
    this.sequence = [];
    this.builder = new Builder();
  }
}

const results: Record<string, "dim" | "warn" | "bad"> = { ok: "dim", cancelled: "warn" };
export function toneOfResult(result: string): "dim" | "warn" | "bad" {
  return results[result] ?? "bad";
}

/** One pass over events in their order. */
class Builder {
  items: Item[] = [];
  private tools = new Map<string, number>();
  private turnTools = 0;
  private usage: Json | undefined;

  add(event: LiveEvent): void {
    const payload = object(event.payload);
    if (event.kind === "turn_start") this.turnStart(event, payload);
    else if (event.kind === "stream") this.line(event);
    else if (event.kind === "note") this.harnessNote(event, payload);
    else if (event.kind === "token_usage_changed") this.usage = payload;
    else if (event.kind === "turn_end") this.turnEnd(event, payload);
  }

  private push(event: LiveEvent, item: Item extends infer I ? (I extends Row ? Omit<I, "id" | "at"> : never) : never): number {
    // Several items of one event keep their order.
    const last = this.items.at(-1);
    const id = last && Math.floor(last.id) === event.seq ? last.id + 1 / 1024 : event.seq;
    this.items = [...this.items, { ...item, id, at: event.at }];
    return this.items.length - 1;
  }

  private note(event: LiveEvent, words: string, tone: "dim" | "warn" | "bad"): void {
    if (words !== "") this.push(event, { is: "note", text: words, tone });
  }

  /** A command that was taken is no warning; of what the operator typed the text is the news. */
  private harnessNote(event: LiveEvent, payload: Json): void {
    const typed = text(payload["typed"]);
    if (typed !== "") this.note(event, `❯ ${typed}`, "dim");
    else this.note(event, text(payload["text"]), payload["command"] === undefined ? "warn" : "dim");
  }

  private turnStart(event: LiveEvent, payload: Json): void {
    this.turnTools = 0;
    this.usage = undefined;
    this.push(event, { is: "wake", wake: parseWake(text(payload["prompt"])), turn: number(payload["turn"]) ?? event.turn });
  }

  private turnEnd(event: LiveEvent, payload: Json): void {
    const ms = number(payload["duration_ms"]);
    const [input, output] = [number(this.usage?.["input_tokens"]), number(this.usage?.["output_tokens"])];
    const cost = number(this.usage?.["cost"]) ?? 0;
    this.push(event, {
      is: "turn",
      turn: number(payload["turn"]) ?? event.turn,
      result: text(payload["result"]),
      reason: text(payload["reason"]),
      tools: this.turnTools,
      ...(ms === undefined ? {} : { ms }),
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
      ...(cost > 0 ? { cost } : {}),
    });
  }

  /** One line of the CLI's stream-json. */
  private line(event: LiveEvent): void {
    if (typeof event.payload === "string") return void this.push(event, { is: "raw", text: event.payload, bytes: event.payload.length });
    const line = object(event.payload);
    const type = text(line["type"]);
    if (type === "assistant") this.assistant(event, line);
    else if (type === "user") this.user(event, line);
    else if (type === "result") this.result(event, line);
    else if (type === "system") this.system(event, line);
    else if (type === "tool_progress") this.progress(line);
    else if (type === "rate_limit_event") this.rateLimit(event, object(line["rate_limit_info"]));
    else if (type === "clipped")
      this.push(event, { is: "raw", text: text(line["head"]), bytes: number(line["bytes"]) ?? 0 });
  }

  private assistant(event: LiveEvent, line: Json): void {
    for (const part of list(object(line["message"])["content"])) {
      const block = object(part);
      const type = text(block["type"]);
      if (type === "text" && text(block["text"]).trim() !== "") this.push(event, { is: "said", text: text(block["text"]) });
      else if (type === "thinking" && text(block["thinking"]).trim() !== "")
        this.push(event, { is: "thought", text: text(block["thinking"]) });
      else if (type === "tool_use") this.toolUse(event, block);
    }
  }

  private toolUse(event: LiveEvent, block: Json): void {
    this.turnTools += 1;
    const input = object(block["input"]);
    const name = text(block["name"]);
    const diff = diffOfInput(name, input);
    const at = this.push(event, {
      is: "tool",
      name: name.replace(/^mcp__(\w+?)__/, "$1."),
      about: aboutOf(input),
      input: (name === sendTool ? messageOf(input) : inputOf(input)).slice(0, longestBody),
      ...(diff ? { diff } : {}),
      ...(name === "Write" ? { isNew: true } : {}),
    });
    this.tools.set(text(block["id"]), at);
  }

  private user(event: LiveEvent, line: Json): void {
    for (const part of list(object(line["message"])["content"])) {
      const block = object(part);
      if (block["type"] === "tool_result") this.toolResult(event, block, object(line["tool_use_result"]));
    }
  }

  private toolResult(event: LiveEvent, block: Json, detail: Json): void {
    const body = bodyOf(block["content"]).slice(0, longestBody);
    const result: ToolResult = { text: body, isError: block["is_error"] === true };
    const at = this.tools.get(text(block["tool_use_id"]));
    const item = at === undefined ? undefined : this.items[at];
    if (at === undefined || item?.is !== "tool") {
      // Its call is older than the first event that is here.
      this.push(event, { is: "tool", name: "result", about: "", input: "", result });
      return;
    }
    const hunks = list(detail["structuredPatch"]).filter(isHunk);
    const isNew = text(detail["type"]) === "create";
    this.replace(at, {
      ...item,
      result,
      ...(hunks.length > 0 && !result.isError ? { diff: ofHunks(hunks) } : {}),
      ...(item.isNew ? { isNew } : {}),
    });
  }

  private replace(at: number, item: Item): void {
    this.items = this.items.with(at, item);
  }

  private progress(line: Json): void {
    const at = this.tools.get(text(line["parent_tool_use_id"]) || text(line["tool_use_id"]));
    const item = at === undefined ? undefined : this.items[at];
    const seconds = number(line["elapsed_time_seconds"]);
    if (at !== undefined && item?.is === "tool" && seconds !== undefined) this.replace(at, { ...item, seconds });
  }

  private result(event: LiveEvent, line: Json): void {
    if (line["is_error"] !== true) return;
    const words = text(line["result"]) || list(line["errors"]).map(pretty).join("\n");
    // The CLI says an error of the vendor's as if the model had said it, too.
    const last = this.items.at(-1);
    if (last?.is === "said" && last.text === words) this.items = this.items.slice(0, -1);
    this.note(event, words, "bad");
  }

  private system(event: LiveEvent, line: Json): void {
    const subtype = text(line["subtype"]);
    if (subtype === "compact_boundary") {
      const about = object(line["compact_metadata"]);
      const [before, after] = [number(about["pre_tokens"]), number(about["post_tokens"])];
      const sizes = before !== undefined && after !== undefined ? `, ${before} tokens before, ${after} after` : "";
      this.note(event, `The context was compacted${sizes}.`, "dim");
    } else if (subtype === "api_retry") {
      const wait = number(line["retry_delay_ms"]) ?? 0;
      this.note(
        event,
        `The vendor answered ${pretty(line["error_status"])} (${text(line["error"])}); try ${pretty(line["attempt"])} of ` +
          `${pretty(line["max_retries"])} in ${(wait / 1000).toFixed(1)} s.`,
        "warn",
      );
    } else if (subtype === "permission_denied") {
      this.note(event, `${text(line["tool_name"])} was not allowed: ${text(line["message"])}`, "warn");
    } else if (subtype === "model_fallback" || subtype === "informational") {
      this.note(event, text(line["content"]), "warn");
    } else if (subtype === "task_notification") {
      this.note(event, text(line["summary"]), "dim");
    }
  }

  private rateLimit(event: LiveEvent, info: Json): void {
    if (info["status"] !== "rejected") return;
    const seconds = number(info["resetsAt"]);
    const until = seconds === undefined ? "" : ` until ${clock(seconds * 1000)}`;
    this.note(event, `The vendor's limit is reached${until}.`, "warn");
  }
}

function isHunk(value: unknown): value is Hunk {
  const hunk = object(value);
  return number(hunk["oldStart"]) !== undefined && number(hunk["newStart"]) !== undefined &&
    list(hunk["lines"]).every((line) => typeof line === "string") && Array.isArray(hunk["lines"]);
}

/** What an Edit or a Write will do, before its result says it with line numbers. */
function diffOfInput(name: string, input: Json): DiffLine[] | undefined {
  if (name === "Write" && typeof input["content"] === "string") return ofTexts("", input["content"]);
  if (name === "Edit" && typeof input["old_string"] === "string" && typeof input["new_string"] === "string")
    return ofTexts(input["old_string"], input["new_string"]);
  return undefined;
}

const telling = ["command", "file_path", "path", "pattern", "url", "query", "to", "name", "description"];

function aboutOf(input: Json): string {
  const member = telling.find((one) => typeof input[one] === "string");
  return member === undefined ? "" : text(input[member]);
}

/** A command as it would be typed, anything else as JSON. */
function inputOf(input: Json): string {
  if (typeof input["command"] === "string") return input["command"];
  return Object.keys(input).length === 0 ? "" : pretty(input);
}

const sendTool = "mcp__hyperhive__send";

/** A message as its recipient reads it, below what else is known of it; whose it is stands in `about`. */
function messageOf(input: Json): string {
  const { body, to, ...rest } = input;
  if (typeof body !== "string" || typeof to !== "string") return inputOf(input);
  const lines = Object.entries(rest).map(([member, value]) => `${member}: ${typeof value === "string" ? value : pretty(value)}`);
  return lines.length === 0 ? body : `${lines.join("\n")}\n\n${body}`;
}

function bodyOf(content: unknown): string {
  if (typeof content === "string") return content;
  return list(content)
    .map((part) => {
      const block = object(part);
      return block["type"] === "text" ? text(block["text"]) : `[${text(block["type"]) || "part"}]`;
    })
    .join("\n");
}
