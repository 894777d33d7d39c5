import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import test from "node:test";
import type { Kept } from "./keep.ts";
import { NoSession, Session, Stranger } from "./session.ts";

(globalThis as { isSecureContext?: boolean }).isSecureContext = true;

const mac = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("base64url");
type Body = Record<string, string>;

/** A host with one address that is out, and the store of one browser. */
class World {
  readonly id = "id-of-the-address";
  readonly code = "code-of-the-address";
  kept: Kept | undefined;
  asked: { path: string; body: Body }[] = [];
  /** Answers in place of the host. */
  other: (() => Response) | undefined;
  private keys = new Map<string, string>();

  readonly store = {
    read: () => Promise.resolve(this.kept),
    write: (kept: Kept) => Promise.resolve((this.kept = kept)),
    remove: () => Promise.resolve((this.kept = undefined)),
  };
  readonly page = new Session(this.store, (path, init) => {
    const body = JSON.parse(init?.body as string) as Body;
    this.asked.push({ path: path as string, body });
    return Promise.resolve(this.other?.() ?? this.answer(path as string, body));
  });

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
  assert.equal(world.kept?.key.extractable, false);
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

test("a stranger gets no token, and finds no key that he could use", async () => {
  const world = await signedIn();
  world.other = () => Response.json({ nonce: "9.evil", proof: mac("guess", "x"), seconds: 600 });
  await assert.rejects(world.page.token(), Stranger);
  assert.equal(world.kept, undefined);
  world.other = () => Response.json({ detail: "who are you" }, { status: 401 });
  await assert.rejects(world.page.token(), NoSession);
  await assert.rejects(new Session(world.store).token(), NoSession);
  world.other = undefined;
  assert.ok(world.fits(await world.page.token()));
  assert.notEqual(world.kept, undefined, "it is kept again once the host is back");
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
