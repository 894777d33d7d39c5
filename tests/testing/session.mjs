// Both sides of a session (docs/web.md), for hosts of the tests and for requests that no page makes.
import { createHmac, randomBytes } from "node:crypto";

export const mac = (key, text) => createHmac("sha256", key).update(text).digest("base64url");
export const fresh = (bytes = 16) => randomBytes(bytes).toString("base64url");

/** The host's side. */
export class Sessions {
  codes = new Map();
  keys = new Map();
  life = fresh(32);

  /** What stands behind the origin in a one-time address. */
  issue() {
    const [id, code] = [fresh(), fresh()];
    this.codes.set(id, code);
    return `/open/${id}#${code}`;
  }
  /** As a host that was started again: its tokens are void, its sessions are not. */
  restart() {
    this.life = fresh(32);
  }
  enrol(id, { nonce, proof }) {
    const code = this.codes.get(id);
    if (!code || proof !== mac(code, `hive open browser ${id} ${nonce}`)) return undefined;
    this.codes.delete(id);
    const [session, own] = [fresh(), fresh()];
    this.keys.set(session, mac(code, `hive session ${nonce} ${own} ${session}`));
    return { session, nonce: own, proof: mac(code, `hive open host ${id} ${nonce} ${own} ${session}`), phrase: "kabo-tuni-resa" };
  }
  greet({ session, nonce }) {
    const key = this.keys.get(session);
    if (!key) return undefined;
    const own = `${Date.now() + 600_000}.${mac(this.life, `${session} ${nonce}`)}`;
    return { nonce: own, proof: mac(key, `hive host ${session} ${nonce} ${own}`), seconds: 600 };
  }
  knows(token = "") {
    const [session, nonce, until, made, proof] = token.split(".");
    const key = this.keys.get(session);
    return key !== undefined && made === mac(this.life, `${session} ${nonce}`) && proof === mac(key, `hive token ${session} ${nonce} ${until}.${made}`);
  }
}

/** A browser's side: signed in by a one-time address. */
export class Visitor {
  static async signIn(address) {
    const { origin, pathname, hash } = new URL(address);
    const [id, code, nonce] = [pathname.split("/")[2], hash.slice(1), fresh()];
    const visitor = new Visitor();
    visitor.origin = origin;
    const said = await visitor.post(pathname, { nonce, proof: mac(code, `hive open browser ${id} ${nonce}`) });
    visitor.session = said.session;
    visitor.key = mac(code, `hive session ${nonce} ${said.nonce} ${said.session}`);
    return visitor;
  }
  async post(path, body) {
    const answer = await fetch(this.origin + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
    return answer.json();
  }
  /** For the header x-hive-token. */
  async token() {
    const nonce = fresh();
    const { nonce: own } = await this.post("/session", { session: this.session, nonce });
    return `${this.session}.${nonce}.${own}.${mac(this.key, `hive token ${this.session} ${nonce} ${own}`)}`;
  }
}
