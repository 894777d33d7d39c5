// A browser on a whole hive: one of each for a test file, a page for each test.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import test, { after, before } from "node:test";
import { enter, launch, live, newPage, setTheme } from "../web/browser.mjs";
import { Hive } from "./hive.mjs";

/** Longest wait for what takes turns of agents, on a machine that has other things to do. */
export const turns = { timeout: 120_000 };

/** A port stays the same over a restart of the host only when it is named. */
function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

export async function signIn(page, hive) {
  await enter(page, await hive.address());
  await page.getByRole("link", { name: "go on" }).click();
  await ready(page);
}

/** As a browser that was never here. */
export async function forget(page, origin) {
  const client = await page.context().newCDPSession(page);
  await client.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  await client.detach();
}

/**
 * Tests on one hive: `check(name, options, run, expected)` runs `run(page, hive, browser)` on a page that is
 * signed in, at `options.where`. `options.as` "nobody" leaves the browser without a session. The page must have
 * complained about nothing but what `expected` matches.
 */
export function testsOf(options, prepare = () => undefined) {
  let browser, hive, origin;
  let isKnown = false;
  before(async () => {
    const port = await freePort();
    const { context, ...ofHive } = options;
    hive = new Hive({ ...ofHive, settings: [...(options.settings ?? []), `plugins.dashboard.port=${port}`] });
    origin = `http://127.0.0.1:${port}`;
    browser = await launch(context);
    await hive.start();
    await hive.running("manager");
    await prepare(hive);
  });
  after(async () => {
    await browser?.close();
    await hive?.close();
  });
  return (name, options, run, expected = /^$/) =>
    test(name, async () => {
      const { page, complaints } = await newPage(browser, options);
      try {
        if (options.as === "nobody") await forget(page, origin);
        else if (!isKnown) await signIn(page, hive);
        isKnown = options.as !== "nobody";
        if (options.theme) await setTheme(browser, options.theme, origin);
        await page.goto(origin + (options.where ?? "/"));
        if (options.as !== "nobody") await ready(page);
        await run(page, hive, browser);
        assert.deepEqual(complaints.filter((words) => !expected.test(words)), []);
      } finally {
        await page.close();
      }
    });
}

/** Waits until the page is live and can be written on. */
export async function ready(page) {
  await live(page);
  await page.locator("#compose, #prompt").waitFor();
}

/** Ids of the messages in the dashboard's flow, as they stand below each other. */
export function flowOf(page) {
  return page.locator("#flow .msg").evaluateAll((rows) => rows.map((row) => Number(row.id.slice(2))));
}

/** Loads everything that was said into the flow, which has shown a message or will. */
export async function loadOlder(page) {
  await page.locator("#flow .msg").first().waitFor();
  // It says "loading" as long as messages come, those of the page's own beginning too.
  const button = page.locator("#flow").getByRole("button", { name: /^(older|loading) messages$/ });
  for (;;) {
    await page.waitForFunction(() => !document.querySelector("#flow .term-note button[aria-disabled]"));
    const [first] = await flowOf(page);
    if ((await button.count()) === 0) return;
    await button.click();
    await page.waitForFunction(
      (id) => !document.querySelector("#flow .term-note button") || document.querySelector("#flow .msg").id !== `m-${id}`,
      first,
    );
  }
}
