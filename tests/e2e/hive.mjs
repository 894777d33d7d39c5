// A whole hive for the tests in a browser: tests/testing/hive.py behind lines of JSON.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import path from "node:path";

const program = path.resolve(import.meta.dirname, "../testing/hive_by_lines.py");

export class Hive {
  waiting = new Map();
  lastId = 0;

  /** `options` are those of the Hive of Python: script (a path, an object or "demo"), settings, config. */
  constructor(options = {}) {
    this.process = spawn("python3", [program, JSON.stringify(options)], { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = new Promise((done) => this.process.on("close", done));
    createInterface({ input: this.process.stdout }).on("line", (line) => {
      const { id, result, error } = JSON.parse(line);
      const { resolve, reject } = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    });
    this.ended.then((code) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`the hive ended with ${code}`));
    });
  }

  ask(what, ...more) {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.process.stdin.write(`${JSON.stringify({ id, do: what, with: more })}\n`);
    });
  }

  start() {
    return this.ask("start");
  }
  /** The host alone; its agents go on. */
  kill() {
    return this.ask("kill_host");
  }
  /** The host is killed and started; its agents go on. */
  restart() {
    return this.ask("restart");
  }
  call(method, params = {}) {
    return this.ask("call", method, params);
  }
  spawn(name) {
    return this.ask("spawn", name);
  }
  running(name) {
    return this.ask("wait_until_running", name);
  }
  /** Everything that was said, oldest first. */
  async messages() {
    return (await this.ask("messages")).reverse();
  }
  /** As an agent, on its own socket. */
  sendAs(name, to, ...bodies) {
    return this.ask("send_many", name, to, bodies);
  }
  async address() {
    return (await this.call("http.open")).url;
  }

  /** Stops everything; fails when a process of it was left. */
  async close() {
    this.process.stdin.end();
    const code = await this.ended;
    if (code !== 0) throw new Error(`the hive left something behind: exit ${code}`);
  }
}
