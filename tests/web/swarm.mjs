// A swarm as the fixture host shows it: every state that a row can have, and text that means harm.
import { readFileSync } from "node:fs";
import path from "node:path";

const fixtures = path.resolve(import.meta.dirname, "../fixtures/claude-cli");

export const hostile =
  '<script>window.pwned = 1</script><img src=x onerror="window.pwned = 2"> \u202egnp.exe\u202c \x1b[31mred\x1b[0m \x1b]0;title\x07 ' +
  "\u0000\u0007 [click](javascript:alert(1)) ![spy](http://evil.test/x.png) zero\u200bwidth";

/** Seconds ago, as the host writes times. */
export function ago(seconds) {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

const full = { level: "full", reasons: [] };

export function containers() {
  const row = (name, more) => ({
    name,
    incarnation: `of-${name}`,
    role: "agent",
    state: "running",
    desired: "running",
    since: ago(7200),
    status: "idle",
    needs_login: false,
    needs_update: false,
    deployed_sha: "7f3a2c1de5b8490a1c7f3a2c1de5b8490a1c7f3a",
    model: "claude-sonnet-4-5",
    sandbox: full,
    ...more,
  });
  return [
    row("manager", { role: "manager", status: "thinking", turn: 412, model: "claude-opus-4-5" }),
    row("builder", { pending: "rebuilding" }),
    row("indexer", { status: "rate_limited", model: "claude-haiku-4-5" }),
    row("scout", { status: "needs_login", needs_login: true }),
    row("scribe", { needs_update: true, sandbox: { level: "partial", reasons: ["no user namespaces: needs CAP_SYS_ADMIN"] } }),
    row("tester", { state: "stopped", status: "", reason: "Exit 137: killed for memory (limit 2 GiB). Its turn was cut off; it will be told so." }),
    row("web", { state: "stopped", desired: "stopped", status: "" }),
  ];
}

let lastId = 8800;

export function entry(from, to, body, seconds, more = {}) {
  const { state = "settled", died, ...rest } = more;
  const kind = from === "operator" ? "operator" : from === "system" ? "system" : "agent";
  return { message: { id: ++lastId, from, to, kind, body, sent_at: ago(seconds), redelivered: false, ...rest }, state, ...(died ? { died } : {}) };
}

export function messages() {
  return [
    entry("manager", "scribe", "Deploy of b02e9d4 is through. Please rebuild the manual from main.", 90_000),
    entry("scribe", "operator", "The manual has its first three chapters: /agents/scribe/state/manual.md", 3_600),
    entry("operator", "manager", "Good. Cut the release from main after 8f2c.", 3_400),
    entry("manager", "web", "Run the upload tests against the new limit and send me what fails.", 3_300),
    entry("scribe", "manager", "Page count 212, was 180. Summary: /shared/manual-summary.md.", 3_000),
    entry("indexer", "tester", "Where is the coverage file of the nightly run?", 2_800, { state: "queued" }),
    entry("system", "web", "You had no output for 10 minutes. Say what you wait for, or end the turn.", 1_900, { state: "dead", died: "failed" }),
    entry("scout", "operator", hostile, 900),
    entry("system", "operator", "tester crashed (exit 137, memory). The manager knows.", 600),
    entry("operator", "manager", "web looks stuck, please have a look.", 200, { state: "leased" }),
    entry("manager", "operator", "web hangs in its upload test. I warned it and ask for a browser.", 60),
  ];
}

export function report(more = {}) {
  return {
    status: "online",
    state: "idle",
    since: ago(134),
    model: "claude-opus-4-5",
    context_tokens: 84_212,
    usage: { input_tokens: 3104, output_tokens: 1912, cache_read_tokens: 76_490, cache_creation_tokens: 2706 },
    cost: 0.0812,
    ...more,
  };
}

/** The end of a turn that took so long, with the figures that the page shows. */
export function turnEnd(turn, duration_ms, result = "ok", reason = "") {
  return { turn, result, reason, duration_ms, stat: { duration_ms, context_window: 200_000 } };
}

/** `page.state` of the manager's harness, as of the event `seq`. */
export function pageState(seq, more = {}) {
  return {
    epoch: "s1",
    seq,
    has_store: true,
    report: report(),
    model: { name: "claude-opus-4-5", from: "configuration" },
    login: "key",
    queue: { typed: [], typed_count: 0, mail: 0 },
    last_turn: turnEnd(409, 41_208).stat,
    spent_today: 6.41,
    ...more,
  };
}

export function wakePrompt(messages, notes = "") {
  const nonce = "0123456789abcdef";
  const bodies = messages.map(
    (m) => `<<<message ${nonce} id=${m.id} from=${m.from} kind=${m.kind} time=${m.time}>>>\n${m.body}\n<<<end ${nonce}>>>\n`,
  );
  return `You have ${messages.length} message${messages.length === 1 ? "" : "s"}.\n${notes}\n${bodies.join("\n")}`;
}

export function cliLines(name) {
  return readFileSync(path.join(fixtures, `${name}.jsonl`), "utf8").trim().split("\n").map((line) => JSON.parse(line));
}

function assistant(...content) {
  return { type: "assistant", message: { role: "assistant", content } };
}
function toolResult(id, content, more = {}) {
  const { is_error = false, ...rest } = more;
  return { type: "user", message: { role: "user", content: [{ type: "tool_result", tool_use_id: id, content, is_error }] }, ...rest };
}

/** What the harness of `manager` has stored: recorded runs of the CLI, and what those do not have. */
export function agentEvents() {
  const events = [];
  let seq = 0;
  let turn = 409;
  const add = (kind, payload, seconds = 600 - seq) =>
    events.push({ epoch: "s1", seq: ++seq, at: ago(Math.max(1, seconds)), turn, kind, payload });
  const run = (messages, lines, result = "ok", reason = "") => {
    turn += 1;
    add("turn_start", { turn, prompt: wakePrompt(messages), model: "claude-opus-4-5", new_session: false });
    add("turn_state_changed", report({ state: "thinking", turn }));
    for (const line of lines) add("stream", line);
    add("token_usage_changed", { input_tokens: 12_480, output_tokens: 1912, cache_read_tokens: 0, cache_creation_tokens: 0, context_window: 200_000, cost: 0.0812 });
    add("turn_end", turnEnd(turn, 41_208, result, reason));
  };
  const from = (who, body, kind = "agent") => ({ id: ++lastId, from: who, kind, time: ago(400), body });
  run([from("scribe", "The manual is built from main. Summary: /shared/manual-summary.md")], cliLines("tools-builtin-and-mcp"));
  run([from("operator", "web looks stuck, please have a look.", "operator")], [
    assistant({
      type: "text",
      text: "I look at what **web** does before I touch it:\n\n1. its last output and whether tokens still move,\n2. its open questions,\n3. only then a restart.\n\n```toml\nport    = 8109\nnetwork = [\"localhost:8200\"]\n```",
    }),
    assistant({ type: "tool_use", id: "t1", name: "Edit", input: { file_path: "/state/manual/upload.md", old_string: "The limit is 1 MiB.", new_string: "The limit is 64 KiB a request.\nA larger file is cut into parts." } }),
    toolResult("t1", "The file was updated.", {
      tool_use_result: {
        structuredPatch: [{ oldStart: 41, oldLines: 3, newStart: 41, newLines: 4, lines: [" The page takes one file at a time.", "-The limit is 1 MiB.", "+The limit is 64 KiB a request.", "+A larger file is cut into parts.", " See also: errors."] }],
      },
    }),
    assistant({ type: "tool_use", id: "t2", name: "Bash", input: { command: "curl -s http://web:8104/api/state" } }),
    toolResult("t2", "curl: (7) Failed to connect to web port 8104: Connection refused", { is_error: true }),
    assistant({ type: "thinking", thinking: "The port is taken." }),
  ]);
  run([from("scout", hostile)], [
    assistant({ type: "text", text: hostile }),
    assistant({ type: "tool_use", id: "t3", name: "Write", input: { file_path: "/state/release-check.md", content: "a\nb\nc\n" } }),
    toolResult("t3", "File created", { tool_use_result: { type: "create", structuredPatch: [] } }),
    assistant({ type: "tool_use", id: "t4", name: "Bash", input: { command: "cat big" } }),
    toolResult("t4", "x".repeat(1 << 20)),
  ]);
  run([from("system", "container_crash tester", "system")], cliLines("error-429-retries").slice(0, 6), "rate_limited", "the vendor's limit is reached");
  return events;
}
