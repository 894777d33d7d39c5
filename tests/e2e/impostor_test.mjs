// Other programs at addresses to which the operator's browser comes: none of them gets what would open the hive.
import assert from "node:assert/strict";
import { enter, live, newPage, shoot, violations } from "../web/browser.mjs";
import { ready, testsOf } from "./browser.mjs";
import { Hive } from "./hive.mjs";
import { Impostor, tryAll } from "./impostor.mjs";
import { Visitor } from "../testing/session.mjs";

const check = testsOf({ context: { ignoreHTTPSErrors: true } });
/** What a browser says of hosts that are down, and of strangers. */
const downs = /ERR_|Failed to load|401|SSL/;

/** A visit to the impostor: what its page found there. */
async function visit(browser, impostor) {
  const { page } = await newPage(browser);
  await page.goto(`${impostor.origin}/`);
  const found = await impostor.found;
  await page.close();
  return found;
}

/** Leaves the hive's page; returns when no worker of it is connected any more, as one would meet the impostor too. */
async function leave(page, hive) {
  const { origin } = new URL(page.url());
  await page.goto("about:blank");
  const visitor = await Visitor.signIn(await hive.address());
  const until = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${origin}/metrics`, { headers: { "x-hive-token": await visitor.token() } });
    if (/^hive_http_streams 0$/m.test(await answer.text())) return;
    assert.ok(Date.now() < until, "a worker of the page is still connected");
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function isUntouched(hive, origin, what) {
  assert.deepEqual(await tryAll(origin, what), []);
  assert.deepEqual((await hive.messages()).filter(({ body }) => body === "forged"), []);
}

check("another port of this machine gets nothing to read or act with", {}, async (page, hive, browser) => {
  const { origin } = new URL(page.url());
  const impostor = await Impostor.listen({ target: origin });
  try {
    const found = await visit(browser, impostor);
    await isUntouched(hive, origin, impostor);
    assert.deepEqual(found, { kept: [], cookies: "", keys: [], read: [] });
  } finally {
    await impostor.close();
  }
});

check("another scheme gets nothing, at another port and at the hive's own", {}, async (page, hive, browser) => {
  const { origin, port } = new URL(page.url());
  await leave(page, hive);
  const nothing = { kept: [], cookies: "", keys: [], read: [] };
  const beside = await Impostor.listen({ target: origin, scheme: "https" });
  assert.deepEqual(await visit(browser, beside), nothing);
  await hive.kill();
  const instead = await Impostor.listen({ target: origin, scheme: "https", port });
  try {
    assert.deepEqual(await visit(browser, instead), nothing);
  } finally {
    await beside.close();
    await instead.close();
    await hive.start();
  }
  await isUntouched(hive, origin, { seen: [...beside.seen, ...instead.seen] });
});

check("who takes the port while a page is open is named and told nothing", {}, async (page, hive, browser) => {
  const { origin, port } = new URL(page.url());
  await page.locator("#compose").fill("half a sentence");
  await hive.kill();
  const impostor = await Impostor.listen({ target: origin, port });
  let found;
  try {
    await page.getByText("Another program answers at this address.").waitFor();
    assert.equal(await page.locator("#compose").inputValue(), "half a sentence");
    assert.deepEqual(await violations(page), []);
    await shoot(page, "e2e-stranger-1280");
    found = await visit(browser, impostor);
  } finally {
    await impostor.close();
    await hive.start();
  }
  assert.deepEqual(found, { kept: [], cookies: "", keys: [], read: [] });
  await isUntouched(hive, origin, impostor);
  await page.getByRole("button", { name: "try now" }).click();
  await live(page);
  await page.locator("#compose").press("Enter");
  await page.locator("#flow .msg").getByText("half a sentence").waitFor();
}, downs);

check("who has the port while no page is open gets nothing for later", {}, async (page, hive, browser) => {
  const { origin, port } = new URL(page.url());
  await leave(page, hive);
  await hive.kill();
  const impostor = await Impostor.listen({ target: origin, port });
  let found;
  try {
    found = await visit(browser, impostor);
  } finally {
    await impostor.close();
    await hive.start();
  }
  await isUntouched(hive, origin, { seen: impostor.seen, tokens: found.keys.map(({ token }) => token) });
  assert.deepEqual(found.keys.map(({ taken }) => taken), [false]);
  await page.goto(`${origin}/`);
  await ready(page);
}, downs);

for (const worker of ["answers", "watches"])
  check(`a service worker that was left behind and ${worker} is ended`, {}, async (page, hive, browser) => {
    const { origin, port } = new URL(page.url());
    await leave(page, hive);
    await hive.kill();
    const impostor = await Impostor.listen({ target: origin, port, worker });
    try {
      await visit(browser, impostor);
    } finally {
      await impostor.close();
      await hive.start();
    }
    await page.goto(`${origin}/`);
    await ready(page);
    await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistrations()).length === 0);
    assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
    await page.reload();
    await ready(page);
  }, downs);

check("another hive at the same address finds nothing of the first", {}, async (page, hive) => {
  const { origin, port } = new URL(page.url());
  const inbox = page.locator("#inbox");
  await hive.sendAs("manager", "operator", "one", "two", "three");
  await inbox.getByRole("button", { name: /^all done/ }).click();
  await page.getByRole("button", { name: /^Theme/ }).click();
  await leave(page, hive);
  await hive.kill();
  const other = new Hive({ settings: [`plugins.dashboard.port=${port}`] });
  try {
    await other.start();
    await other.running("manager");
    await page.goto(`${origin}/`);
    await page.getByText("You are not signed in.").waitFor();
    assert.equal(await page.locator("html").getAttribute("data-theme"), "auto");
    await enter(page, await other.address());
    await page.goto(`${origin}/`);
    await ready(page);
    await other.sendAs("manager", "operator", "first of this hive");
    await inbox.getByText("1 new").waitFor();
    await leave(page, other);
  } finally {
    await other.close();
    await hive.start();
  }
  await page.goto(`${origin}/`);
  await ready(page);
  await inbox.getByText("three").waitFor();
  assert.equal(await inbox.locator(".count").count(), 0);
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
}, downs);
