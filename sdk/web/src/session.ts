// Who this browser is to the host, and how each shows the other that it is who it was (docs/web.md).
import { keys, type Held, type Kept, type KeyStore } from "./keep.ts";

/** This browser has no session here, or the host knows it no more. */
export class NoSession extends Error {}
/** What answered at this address is not the host of the session. */
export class Stranger extends Error {
  constructor(message = "What answers at this address is not your hive: it does not have the key of your session.") {
    super(message);
  }
}

const patienceMs = 10_000;
/** A token is renewed before the host finds it too old. */
const earlyMs = 60_000;

type Fetch = typeof fetch;

/**
 * Gives the tokens that requests carry. Host and page prove to each other over fresh nonces that they have the
 * session's key; the token is made of that. So whoever else answers at this address gets nothing to use elsewhere or
 * later.
 */
export class Session {
  private pass: { token: string; until: number } | undefined;
  private renewing: Promise<string> | undefined;
  /** While a stranger answers here the key is in no store that a page of his could read. */
  private held: Kept | undefined;
  /** Told of a stranger in place of holding the key; undefined: this one holds it. */
  private holder: (() => void) | undefined;

  constructor(
    private readonly store: KeyStore = keys,
    private readonly ask: Fetch = (...request) => fetch(...request),
  ) {}

  /** Leaves it to the shared worker to hold the key while a stranger answers; `look` has it greet at once. */
  leaveHolding(look: () => void): void {
    this.holder = look;
  }
  /** There is no worker after all. */
  holdItself(): void {
    this.holder = undefined;
  }

  /** Throws NoSession, Stranger, or what the network says. */
  async token(): Promise<string> {
    if (this.pass && Date.now() < this.pass.until) return this.pass.token;
    return this.renew();
  }

  /** From a new proof of both. */
  renew(): Promise<string> {
    return (this.renewing ??= this.greet().finally(() => (this.renewing = undefined)));
  }

  /** The next request needs a new proof. */
  forget(): void {
    this.pass = undefined;
  }

  async end(): Promise<void> {
    this.pass = this.held = undefined;
    await this.store.remove();
  }

  private async greet(): Promise<string> {
    this.pass = undefined;
    const kept = await this.find();
    const nonce = fresh();
    const answer = await post(this.ask, "/session", { session: kept.session, nonce });
    if (answer.status === 401) {
      // Anybody can say so: the key stays where it is, and it is tried again.
      throw new NoSession("The host has no such session.");
    }
    // A proxy may say so, or the host while it has no time.
    if (!answer.ok) throw new Error(`The host answered with ${answer.status}.`);
    const said = await membersOf(answer);
    const own = said["nonce"] ?? "";
    if (said["proof"] !== (await mac(kept.key, `hive host ${kept.session} ${nonce} ${own}`))) {
      await this.hide(kept);
      throw new Stranger();
    }
    if (kept === this.held) await this.store.write(kept);
    this.held = undefined;
    const proof = await mac(kept.key, `hive token ${kept.session} ${nonce} ${own}`);
    const token = `${kept.session}.${nonce}.${own}.${proof}`;
    this.pass = { token, until: Date.now() + Number(said["seconds"]) * 1_000 - earlyMs };
    return token;
  }

  /** The key of this browser, or the one that this object holds. */
  private async find(): Promise<Kept> {
    const stored: Kept | Held | undefined = await this.store.read();
    if (stored && "key" in stored) return stored;
    // Nothing is stored where another page without a worker took the key for lost.
    if (this.held && (!stored || stored.session === this.held.session)) return this.held;
    if (stored && this.holder) throw new Stranger();
    // Whoever held the key is gone, and the key with it.
    if (stored) await this.store.remove();
    throw new NoSession("This browser is not signed in.");
  }

  private async hide(kept: Kept): Promise<void> {
    if (this.holder) {
      this.holder();
      return;
    }
    this.held = kept;
    await this.store.hold(kept.session);
  }

  /** By what a one-time address holds; gives the phrase that the terminal shows too. */
  async open(id: string, code: string): Promise<string> {
    const secret = await keyOf(code);
    const nonce = fresh();
    const proof = await mac(secret, `hive open browser ${id} ${nonce}`);
    const answer = await post(this.ask, `/open/${encodeURIComponent(id)}`, { nonce, proof });
    const said = await this.enrol(answer, secret, id, nonce);
    return said["phrase"] ?? "";
  }

  /** By the hive's password, which goes over TLS alone. */
  async signIn(password: string): Promise<void> {
    const [nonce, text] = [fresh(), fresh(32)];
    const answer = await post(this.ask, "/sign-in", { password, nonce, secret: text });
    await this.enrol(answer, await keyOf(text), "password", nonce);
  }

  private async enrol(answer: Response, secret: CryptoKey, name: string, nonce: string): Promise<Record<string, string>> {
    const said = await membersOf(answer);
    if (!answer.ok) throw new Error(sentence(said["detail"] ?? `The host answered with ${answer.status}`));
    const [session, own] = [said["session"] ?? "", said["nonce"] ?? ""];
    if (said["proof"] !== (await mac(secret, `hive open host ${name} ${nonce} ${own} ${session}`)))
      throw new Stranger("What answers at this address is not the host that made it. Do not go on.");
    await this.store.write({ session, key: await keyOf(await mac(secret, `hive session ${nonce} ${own} ${session}`)) });
    this.pass = this.held = undefined;
    return said;
  }
}

/** Of this page, or of this worker. */
export const session = new Session();

function post(ask: Fetch, path: string, body: object): Promise<Response> {
  return ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(patienceMs),
  });
}

/** Texts and numbers of the answer, as texts; none when it is something else. Throws when it was cut. */
async function membersOf(answer: Response): Promise<Record<string, string>> {
  const body = valueOf(await answer.text());
  if (typeof body !== "object" || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
    ),
  );
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sentence(words: string): string {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return text.endsWith(".") ? text : `${text}.`;
}

/** A page that is not in a secure context has no such keys. */
function subtle(): SubtleCrypto {
  if (!isSecureContext) throw new NoSession("This page came by plain HTTP from another machine.");
  return crypto.subtle;
}

function keyOf(text: string): Promise<CryptoKey> {
  return subtle().importKey("raw", new TextEncoder().encode(text), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

async function mac(key: CryptoKey, text: string): Promise<string> {
  return base64url(new Uint8Array(await subtle().sign("HMAC", key, new TextEncoder().encode(text))));
}

function fresh(bytes = 16): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
