import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import test from "node:test";
import type { Held, Kept } from "./keep.ts";
import { NoSession, Session, Stranger } from "./session.ts";

(globalThis as { isSecureContext?: boolean }).isSecureContext = true;

const mac = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("base64url");
type Body = Record<string, string>;

/** A host with one address that is out, and the store of one browser. */
class World {
  readonly id = "id-of-the-address";
  readonly code = "code-of-the-address";
  kept: Kept | Held | undefined;
  asked: { path: string; body: Body }[] = [];
  /** Answers in place of the host. */
  other: (() => Response) | undefined;
  private keys = new Map<string, string>();

  readonly store = {
    read: () => Promise.resolve(this.kept),
    write: (kept: Kept) => Promise.resolve((this.kept = kept)),
    hold: (session: string) => Promise.resolve(this.kept?.session === session && (this.kept = { session })),
    remove: () => Promise.resolve((this.kept = undefined)),
  };
  readonly page = this.another();
  get key(): CryptoKey | undefined {
    return this.kept && "key" in this.kept ? this.kept.key : undefined;
  }
  /** Another page of this browser, or its worker. */
  another(): Session {
    return new Session(this.store, (path, init) => {
      const body = JSON.parse(init?.body as string) as Body;
      this.asked.push({ path: path as string, body });
      return Promise.resolve(this.other?.() ?? this.answer(path as string, body));
    });
  }

  private answer(path: string, { nonce = "", proof, session = "", secret = "" }: Body): Response {
    const begin = (with_: string, name: string): Response => {
      this.keys.set("s1", mac(with_, `hive session ${nonce} own s1`));
      return Response.json({ session: "s1", nonce: "own", proof: mac(with_, `hive open host ${name} ${nonce} own s1`), phrase: "a-b-c" });
    };
    if (path === `/open/${this.id}` && proof === mac(this.code, `hive open browser ${this.id} ${nonce}`)) return begin(this.code, this.id);
    if (path === "/sign-in") return begin(secret, "password");
    const key = this.keys.get(session);
    if (path !== "/session" || key === undefined) return Response.json({ detail: "this is not known here" }, { status: 401 });
    return Response.json({ nonce: "9.host", proof: mac(key, `hive host ${session} ${nonce} 9.host`), seconds: 600 });
  }
  /** Whether the host would take it. */
  fits(token: string): boolean {
    const [session = "", nonce, until, made, proof] = token.split(".");
    return proof === mac(this.keys.get(session) ?? "", `hive token ${session} ${nonce} ${until}.${made}`);
  }
  get paths(): string[] {
    return this.asked.splice(0).map(({ path }) => path);
  }
}

async function signedIn(): Promise<World> {
  const world = new World();
  assert.equal(await world.page.open(world.id, world.code), "a-b-c");
  assert.deepEqual(world.paths, [`/open/${world.id}`]);
  return world;
}

test("a one-time address begins a session, and what it holds is never sent", async () => {
  const world = new World();
  await world.page.open(world.id, world.code);
  assert.ok(!JSON.stringify(world.asked).includes(world.code));
  assert.ok(world.fits(await world.page.token()));
  assert.equal(world.key?.extractable, false);
});

test("a password begins one too", async () => {
  const world = new World();
  await world.page.signIn("correct horse");
  assert.equal(world.asked[0]?.body["password"], "correct horse");
  assert.ok(world.fits(await world.page.token()));
});

test("what answers an address and did not make it gets no session", async () => {
  const world = new World();
  world.other = () => Response.json({ session: "evil", nonce: "own", proof: mac("guess", "x"), phrase: "a-b-c" });
  await assert.rejects(world.page.open(world.id, world.code), Stranger);
  assert.equal(world.kept, undefined);
  await assert.rejects(world.page.token(), NoSession);
});

test("an address that was used says why", async () => {
  const world = new World();
  await assert.rejects(world.page.open("another", world.code), { message: "This is not known here." });
});

test("one proof serves many requests, until it is forgotten", async () => {
  const world = await signedIn();
  const [one, other] = await Promise.all([world.page.token(), world.page.token()]);
  assert.equal(one, other);
  assert.equal(await world.page.token(), one);
  assert.deepEqual(world.paths, ["/session"]);
  world.page.forget();
  assert.notEqual(await world.page.token(), one);
  assert.deepEqual(world.paths, ["/session"]);
});

const stranger = (): Response => Response.json({ nonce: "9.evil", proof: mac("guess", "x"), seconds: 600 });

test("a stranger gets no token, and finds no key that he could use", async () => {
  const world = await signedIn();
  world.other = stranger;
  await assert.rejects(world.page.token(), Stranger);
  assert.equal(world.key, undefined);
  world.other = () => Response.json({ detail: "who are you" }, { status: 401 });
  await assert.rejects(world.page.token(), NoSession);
  world.other = undefined;
  assert.ok(world.fits(await world.page.token()));
  assert.notEqual(world.key, undefined, "it is kept again once the host is back");
});

test("a page leaves the key to the worker, whoever of them meets the stranger first", async () => {
  for (const pageIsFirst of [true, false]) {
    const world = await signedIn();
    const worker = world.another();
    let looks = 0;
    world.page.leaveHolding(() => (looks += 1));
    world.other = stranger;
    if (pageIsFirst) await assert.rejects(world.page.token(), Stranger);
    assert.equal(looks, pageIsFirst ? 1 : 0);
    await assert.rejects(worker.token(), Stranger);
    assert.equal(world.key, undefined);
    await assert.rejects(world.page.token(), Stranger, "not that the session has ended");
    world.other = undefined;
    await assert.rejects(world.page.token(), Stranger, "until the worker has greeted the host");
    await worker.token();
    assert.ok(world.fits(await world.page.token()));
  }
});

test("a key goes with whoever held it", async () => {
  const world = await signedIn();
  world.other = stranger;
  await assert.rejects(world.another().token(), Stranger);
  await assert.rejects(world.page.token(), NoSession);
  assert.equal(world.kept, undefined);
});

test("where there is no worker a page that holds the key goes on with it, whatever another page finds", async () => {
  const world = await signedIn();
  const other = world.another();
  world.other = stranger;
  await assert.rejects(world.page.token(), Stranger);
  await assert.rejects(other.token(), NoSession);
  world.other = undefined;
  assert.ok(world.fits(await world.page.token()));
  assert.ok(world.fits(await other.token()), "it is kept again");
});

test("a session that began meanwhile is not taken for the one of the stranger", async () => {
  const world = await signedIn();
  const older = world.kept;
  world.other = () => {
    world.kept = { session: "s2", key: older as unknown as CryptoKey };
    return stranger();
  };
  await assert.rejects(world.page.token(), Stranger);
  assert.equal(world.kept?.session, "s2");
  assert.notEqual(world.key, undefined);
});

test("a proxy that refuses and an answer that is cut are no stranger", async () => {
  const world = await signedIn();
  for (const other of [
    () => new Response("<h1>Forbidden</h1>", { status: 403 }),
    () => new Response(new ReadableStream({ start: (body) => body.error(new TypeError("the connection was cut")) })),
  ]) {
    world.other = other;
    await assert.rejects(world.page.token(), /answered with 403|was cut/);
    assert.notEqual(world.key, undefined);
  }
});

test("who only says that there is no session does not end it", async () => {
  const world = await signedIn();
  world.other = () => Response.json({}, { status: 401 });
  await assert.rejects(world.page.token(), NoSession);
  assert.notEqual(world.kept, undefined);
  world.other = () => Response.json({}, { status: 502 });
  await assert.rejects(world.page.token(), /answered with 502/);
  world.other = undefined;
  assert.ok(world.fits(await world.page.token()));
});

test("a session that was ended is gone from the browser", async () => {
  const world = await signedIn();
  await world.page.token();
  await world.page.end();
  assert.equal(world.kept, undefined);
  await assert.rejects(world.page.token(), NoSession);
});
