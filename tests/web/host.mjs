// A host of the tests: the HTTP surface of docs/web.md over a swarm in memory. It is what the pages are
// looked at with while no host serves them:
//   node tests/web/host.mjs --port 8000 --web build/dev/share/hyperhive/web
import { createServer } from "node:http";
import { readFileSync, existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Sessions } from "../testing/session.mjs";
import { agentEvents, ago, containers, entry, messages, pageState, report } from "./swarm.mjs";

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };
const pageRows = 50;
const inboxRows = 200;
const eventRows = 40;

export class FixtureHost {
  epoch = "e1";
  seq = 100;
  sessions = new Sessions();
  signedOut = false;
  /** Path to a function that answers in its place, once or until it is deleted. */
  instead = new Map();
  /** Everything that was asked for, as `METHOD /path`. */
  requests = [];
  /** Those that do something. */
  posts = [];
  /** Answers to what the operator wrote, by key. */
  sent = new Map();
  /** Such answers get lost on their way. */
  losesAnswers = false;
  streams = new Set();
  /** Frames that a reconnect can get. */
  ring = [];
  plugins = ["lifecycle", "broker"];
  sourceErrors = [];
  /** Rows that every list of messages lacks. */
  unreadable = undefined;
  bodyBytes = 1024;
  /** Why agents cannot send; empty: they can. */
  trouble = "";
  /** Why an agent's harness gives no state of its page; empty: it does. */
  noPage = "";
  /** What every container wrote, and who waits for more of it. */
  journalLines = firstLines();
  followers = new Set();

  constructor(web) {
    this.web = web;
    this.panels = path.join(web, "../../../lib/hyperhive/plugins");
    this.containers = containers();
    this.messages = messages();
    this.events = agentEvents();
    this.tombstones = [{ name: "oracle", incarnation: "0c", destroyed_at: ago(12 * 86_400) }];
    this.reports = { manager: report() };
  }

  async listen(port = 0) {
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error) => {
        console.error(error);
        response.writeHead(500).end();
      });
    });
    await new Promise((done) => this.server.listen(port, "127.0.0.1", done));
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
    this.heart = setInterval(() => this.streams.forEach((stream) => stream.response.write(":\n\n")), 15_000);
    return this;
  }
  async close() {
    clearInterval(this.heart);
    this.dropStreams();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  // --- what a test does with it ---
  publish(topic, payload) {
    const frame = { topic, id: `${this.epoch}-${++this.seq}`, data: JSON.stringify(payload) };
    this.ring.push(frame);
    for (const stream of this.streams) this.write(stream, frame);
  }
  container(name, change) {
    const at = this.containers.findIndex((row) => row.name === name);
    this.containers[at] = { ...this.containers[at], ...change };
    this.publish("lifecycle.container_changed", { container: this.containers[at] });
  }
  say(from, to, body, more) {
    const row = entry(from, to, body, 0, { state: to === "operator" ? "settled" : "queued", ...more });
    this.messages.push(row);
    this.publish("broker.sent", { message: row.message });
    return row;
  }
  live(name, kind, payload) {
    const event = { epoch: "s1", seq: (this.events.at(-1)?.seq ?? 0) + 1, at: ago(0), turn: 500, kind, payload };
    this.events.push(event);
    this.publish(`agent/${name}`, event);
    return event;
  }
  /** Gives up a message. */
  die(row, died = "failed") {
    Object.assign(row, { state: "dead", died });
    this.publish("broker.dead", { id: row.message.id, owner: row.message.to });
    this.publish("broker.dead_count", { total: this.dead().length });
  }
  dead() {
    return this.messages.filter((row) => row.state === "dead");
  }
  report(name, change) {
    this.reports[name] = { ...this.reports[name], ...change };
    this.publish("turns.changed", { name, report: this.reports[name] });
  }
  dropStreams() {
    for (const { response } of [...this.streams, ...this.followers]) response.destroy();
    this.streams.clear();
    this.followers.clear();
  }
  /** As a host that was started again: another epoch, nothing of the ring. */
  restart() {
    this.epoch += "x";
    this.sessions.restart();
    this.seq = 0;
    this.ring = [];
    this.dropStreams();
  }

  // --- HTTP ---
  async handle(request, response) {
    const url = new URL(request.url, this.origin);
    response.setHeader("content-security-policy", csp);
    response.setHeader("x-content-type-options", "nosniff");
    this.requests.push(`${request.method} ${url.pathname}`);
    const instead = this.instead.get(url.pathname);
    if (instead) return instead(request, response, url);
    if (url.pathname.startsWith("/assets/")) return this.file(response, url.pathname.slice(8));
    if (request.method === "GET" && this.publicPage(request, response, url.pathname)) return undefined;
    if (request.method === "POST") return this.post(request, response, url);
    if (!this.isKnown(request)) return problem(response, 401, "No session");
    return this.get(request, response, url);
  }
  isKnown(request) {
    return !this.signedOut && this.sessions.knows(request.headers["x-hive-token"]);
  }
  /** An address that signs a browser in. */
  address() {
    return this.origin + this.sessions.issue();
  }

  publicPage(request, response, p) {
    const agent = /^\/agent\/([^/]+)\/$/.exec(p);
    const file = p === "/" ? "dashboard.html" : p.startsWith("/open/") ? "open.html" : agent ? "agent.html" : undefined;
    if (file) this.page(request, response, file);
    return file !== undefined;
  }

  get(request, response, url) {
    const p = url.pathname;
    const agent = /^\/agent\/([^/]+)\/(.*)$/.exec(p);
    if (p === "/api/state") return json(response, this.state());
    if (p === "/dashboard/stream") return this.stream(request, response, url);
    if (p === "/dashboard/history") return json(response, this.pageOf(this.messages, url.searchParams.get("before")));
    if (p.startsWith("/api/journal/")) return json(response, this.journal(url));
    if (p.startsWith("/api/agent-config/"))
      return json(response, { revision: "b02e9d4f00112233445566778899aabbccddeeff", files: [{ path: "agent.toml", text: 'model = "sonnet"\n\n[sandbox]\nmode = "strict"\n' }, { path: "prompts/system.md", text: "# Be kind\n" }] });
    if (p === "/api/state-file") return this.stateFile(response, url.searchParams.get("path"));
    if (agent) return this.agent(request, response, decodeURIComponent(agent[1]), agent[2], url);
    return problem(response, 404, `There is nothing at ${p}`);
  }

  state() {
    const state = { epoch: this.epoch, seq: this.seq, source_errors: this.sourceErrors, panels: this.plugins.map((plugin) => ({ plugin, module: `panel-${plugin}.js` })) };
    if (this.plugins.includes("lifecycle")) {
      state.containers = this.containers;
      state.tombstones = this.tombstones;
    }
    if (this.plugins.includes("broker")) state.operator_inbox = this.messages.filter((row) => row.message.to === "operator").slice(-inboxRows).reverse();
    return state;
  }

  pageOf(rows, before) {
    const older = rows.filter((row) => !before || row.message.id < Number(before));
    return { messages: older.slice(-pageRows).reverse(), ...(older.length > pageRows ? { more: true } : {}), ...(this.unreadable ? { unreadable: this.unreadable } : {}) };
  }

  journal(url) {
    return { lines: this.journalLines.slice(-Number(url.searchParams.get("lines") ?? 200)), cursor: this.journalLines.length };
  }
  follow(response, after) {
    if (after < this.journalLines.length) return json(response, { lines: this.journalLines.slice(after, after + 1000), cursor: Math.min(after + 1000, this.journalLines.length) });
    const follower = { response, after };
    this.followers.add(follower);
    response.on("close", () => this.followers.delete(follower));
  }
  /** The containers write lines, together. */
  writes(...texts) {
    for (const text of texts) this.journalLines.push({ cursor: this.journalLines.length + 1, at: ago(0), stream: "out", text });
    const told = [...this.followers];
    this.followers.clear();
    for (const { response, after } of told) this.follow(response, after);
  }

  stateFile(response, name) {
    if (name?.startsWith("/shared/")) return json(response, { path: name, text: "# Manual\n\n- Install: done\n<script>window.pwned = 3</script>\n", bytes: 1100, modified: ago(300) });
    return problem(response, 404, `${name} is not there; it may have been moved by its agent.`);
  }

  agent(request, response, name, rest, url) {
    const row = this.containers.find((one) => one.name === name);
    if (!row) return problem(response, 404, `There is no agent ${name}`);
    if (rest === "api/state") {
      const { epoch, seq } = this;
      const state = { epoch, seq, name, container: row, report: this.reports[name], source_errors: [] };
      if (this.noPage) return json(response, { ...state, source_errors: [{ source: "page", detail: this.noPage }] });
      return json(response, { ...state, page: pageState(this.events.at(-1)?.seq ?? 0, { report: this.reports[name] }) });
    }
    if (rest !== "events/history") return problem(response, 404, "There is nothing there");
    const before = url.searchParams.get("before");
    const events = this.events.filter((event) => !before || event.seq < Number(before));
    return json(response, { epoch: "s1", events: events.slice(-eventRows), more: events.length > eventRows });
  }

  page(request, response, name) {
    const theme = /(?:^|; )theme-fixture=(light|dark)/.exec(request.headers.cookie ?? "")?.[1] ?? "auto";
    const text = readFileSync(path.join(this.web, name), "utf8").replace('data-theme="auto"', `data-theme="${theme}"`).replace('data-hive=""', 'data-hive="fixture"');
    response.writeHead(200, { "content-type": types[".html"] }).end(text);
  }
  file(response, name) {
    const base = path.basename(name);
    const file = path.join(base.startsWith("panel-") ? this.panels : this.web, base);
    if (!existsSync(file)) return problem(response, 404, `There is no ${name}`);
    response.writeHead(200, { "content-type": types[path.extname(file)] }).end(readFileSync(file));
  }

  stream(request, response, url) {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const stream = { response, topics: new Set(url.searchParams.get("topics").split(",")) };
    this.streams.add(stream);
    response.on("close", () => this.streams.delete(stream));
    response.write(":\n\n");
    const last = request.headers["last-event-id"];
    if (!last) return;
    const at = last.slice(last.lastIndexOf("-") + 1);
    if (!last.startsWith(`${this.epoch}-`)) response.write('event: resync\ndata: {"reason":"another epoch"}\n\n');
    else this.ring.filter((frame) => Number(frame.id.split("-")[1]) > Number(at)).forEach((frame) => this.write(stream, frame));
  }
  write({ response, topics }, frame) {
    if (topics.has(frame.topic)) response.write(`id: ${frame.id}\nevent: ${frame.topic}\ndata: ${frame.data}\n\n`);
  }

  async post(request, response, url) {
    let text = "";
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text);
    const said = (answer) => (answer && !this.signedOut ? json(response, answer) : problem(response, 401, "No session"));
    if (url.pathname === "/session") return said(this.sessions.greet(body));
    if (url.pathname.startsWith("/open/")) return said(this.sessions.enrol(url.pathname.split("/")[2], body));
    if (!this.isKnown(request)) return problem(response, 401, "No session");
    const reads = {
      "/api/call/broker.limits": () => json(response, { body_bytes: this.bodyBytes, ...(this.trouble ? { trouble: this.trouble } : {}) }),
      "/api/call/broker.recent": () => json(response, this.pageOf(this.messages.filter(({ message: m }) => m.to === body.of || m.from === body.of), body.before)),
      "/api/call/broker.dead_letters": () => json(response, { ...this.pageOf(this.dead(), body.before), total: this.dead().length }),
      "/api/call/journal.follow": () => this.follow(response, body.cursor),
    };
    if (reads[url.pathname]) return reads[url.pathname]();
    this.posts.push({ path: url.pathname, body });
    const [, verb, name] = url.pathname.split("/").map(decodeURIComponent);
    if (verb === "op-send") return this.once(response, body.key, () => this.send(response, body));
    if (verb === "agent" && url.pathname.endsWith("/send")) return this.once(response, body.key, () => this.typed(name, body.text));
    if (url.pathname === "/api/call/broker.requeue") return json(response, this.requeue(this.dead().filter(({ message }) => message.id === body.id)));
    if (url.pathname === "/api/call/broker.requeue_all") return json(response, this.requeue(this.dead()));
    if (url.pathname === "/api/call/lifecycle.rebuild") return this.act(response, body.name, "rebuilding");
    if (url.pathname === "/api/call/lifecycle.update_all") return json(response, { containers: this.containers.filter((row) => row.needs_update) });
    const actions = { start: "starting", kill: "stopping", restart: "restarting", destroy: "destroying" };
    if (actions[verb]) return this.act(response, name, actions[verb]);
    if (verb === "purge-tombstone") {
      this.tombstones = this.tombstones.filter((row) => row.name !== name);
      this.publish("lifecycle.tombstone_removed", { name, incarnation: "0c", purged: true });
      return json(response, {});
    }
    if (verb === "agent") return json(response, { id: 1 });
    return problem(response, 404, `There is no ${url.pathname}`);
  }
  /** Does it unless it was done under this key; `act` gives the answer, or has given another one. */
  once(response, key, act) {
    const answer = this.sent.get(key) ?? act();
    if (answer === undefined) return;
    this.sent.set(key, answer);
    if (this.losesAnswers) response.destroy();
    else json(response, answer);
  }
  requeue(rows) {
    const again = rows.filter(({ died }) => died !== "purged");
    for (const row of again) {
      row.state = "queued";
      this.publish("broker.returned", { id: row.message.id, owner: row.message.to });
    }
    this.publish("broker.dead_count", { total: this.dead().length });
    return { requeued: again.length, left: rows.length - again.length };
  }
  typed(name, text) {
    this.live(name, "note", { text: "The operator wrote a message.", command: "operator_message", id: this.sent.size + 1, typed: text });
    return { id: this.sent.size + 1 };
  }
  send(response, { to, body }) {
    if (Buffer.byteLength(body) > this.bodyBytes)
      return problem(response, 413, `The body has ${Buffer.byteLength(body)} bytes of at most ${this.bodyBytes}; write a file under /shared and send its path.`, "too_large", "body");
    if (to !== "*" && !this.containers.some((row) => row.name === to)) return problem(response, 404, `There is no ${to}.`, "not_found", "to");
    return { id: this.say("operator", to, body).message.id };
  }
  act(response, name, action) {
    const row = this.containers.find((one) => one.name === name);
    if (!row) return problem(response, 404, `There is no agent ${name}.`);
    if (row.pending) return problem(response, 409, `${name} is already ${row.pending}; wait until that has ended.`, "conflict");
    row.pending = action;
    this.publish("lifecycle.transient_set", { name, action, ok: false });
    return json(response, { name, action });
  }
  /** Ends the action that is in flight on `name`. */
  finish(name, change, error) {
    const at = this.containers.findIndex((row) => row.name === name);
    const { pending, ...row } = { ...this.containers[at], ...change };
    if (change) {
      this.containers[at] = row;
      this.publish("lifecycle.container_changed", { container: row });
    } else {
      this.containers.splice(at, 1);
      this.publish("lifecycle.container_removed", { name, incarnation: row.incarnation });
    }
    this.publish("lifecycle.transient_cleared", { name, action: pending, ok: !error, ...(error ? { error } : {}) });
  }
}

function firstLines() {
  return [
    ["supervisor", "the harness was started"],
    ["out", "turn 412 started, wake: message 8841 from manager"],
    ["err", "\x1b[33mwarning\x1b[0m: same tool call 6 times"],
    ["out", "<b>not bold</b>"],
  ].map(([stream, text], i) => ({ cursor: i + 1, at: ago(100 - i), stream, text }));
}

export function json(response, value) {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}
export function problem(response, status, detail, code = "", field) {
  response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify({ title: "It could not be done", detail, code, field }));
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { port: { type: "string", default: "8000" }, web: { type: "string" } } });
  const host = await new FixtureHost(values.web).listen(Number(values.port));
  console.log(host.address());
}
