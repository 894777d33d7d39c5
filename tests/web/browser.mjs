// Chromium for the tests: one for each test file, a page and a host for each test, nothing left behind.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import assert from "node:assert/strict";
import path from "node:path";
import test, { after, before } from "node:test";
import { chromium } from "playwright-core";
import { FixtureHost } from "./host.mjs";

const build = process.env.HIVE_BINARY_DIR ?? path.resolve(import.meta.dirname, "../../build/dev");
const web = path.join(build, "share/hyperhive/web");
const shots = path.join(build, "web-screenshots");
const program = "/usr/bin/chromium";
const axe = readFileSync(path.resolve(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");

/** Longest wait for anything on a page. */
const patience = 20_000;

/** Chromium with a profile of its own; `options` are those of its context. */
export async function launch(options = {}) {
  if (!existsSync(program)) {
    console.log(`there is no ${program}; install the package chromium`);
    process.exit(77);
  }
  const profile = mkdtempSync(path.join(tmpdir(), "hive-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program,
    headless: true,
    ...options,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** An empty page. Everything that it complains about is in `complaints`. */
export async function newPage({ context }, { width = 1280, height = 900 } = {}) {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.setViewportSize({ width, height });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { page, complaints };
}

/** The cookie has the name of the hive, which stands in its pages. */
export async function setTheme({ context }, theme, url) {
  const { origin } = new URL(url);
  const [, hive] = /data-hive="([^"]*)"/.exec(await (await fetch(`${origin}/`)).text());
  return context.addCookies([{ name: `theme-${hive}`, value: theme, url: origin }]);
}

/** By a one-time address, which is left open. */
export async function enter(page, address) {
  await page.goto(address);
  await page.getByRole("link", { name: "go on" }).waitFor();
}

/** A fixture host and a page that is open on it. */
async function open(browser, where = "/", options = {}) {
  const host = new FixtureHost(web);
  options.prepare?.(host);
  await host.listen();
  const { page, complaints } = await newPage(browser, options);
  await options.before?.(page);
  if (options.theme) await setTheme(browser, options.theme, host.origin);
  await enter(page, host.address());
  await page.goto(host.origin + where);
  const close = async () => {
    await page.close();
    await browser.context.clearCookies();
    await host.close();
  };
  return { host, page, complaints, close };
}

/**
 * Tests of one page: `check(name, options, run, expected)` runs `run(page, host, browser)` on a page that is live
 * and shows `ready`; with `options.live` false it only was opened. `options.prepare(host)` and `options.before(page)`
 * come before the visit. The page must have complained about nothing
 * but what `expected` matches.
 */
export function testsOf(where, ready) {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());
  return (name, options, run, expected = /^$/) =>
    test(name, async () => {
      const opened = await open(browser, options.where ?? where, options);
      try {
        if (options.live !== false) {
          await live(opened.page);
          await opened.page.locator(ready).first().waitFor();
        }
        await run(opened.page, opened.host, browser);
        assert.deepEqual(opened.complaints.filter((words) => !expected.test(words)), []);
      } finally {
        await opened.close();
      }
    });
}

/** Waits until the page says that it is live. */
export async function live(page) {
  await page.locator(".conn.is-ok").waitFor();
}

export async function shoot(page, name, options = {}) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`), animations: "disabled", ...options });
}

/** Violations that axe-core finds, one line each. The script is added by the browser, past the policy of the page. */
export async function violations(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: axe });
  const { result } = await client.send("Runtime.evaluate", {
    expression: `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
      .then((found) => JSON.stringify(found.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + ": " + (n.any[0]?.message ?? n.all[0]?.message ?? v.help)))))`,
    awaitPromise: true,
  });
  return JSON.parse(result.value);
}

/** By how much the page is wider than its window, or goes on below its last part. */
export function overflow(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    const below = Math.max(root.clientHeight, document.body.getBoundingClientRect().bottom + window.scrollY);
    return Math.max(root.scrollWidth - root.clientWidth, Math.floor(root.scrollHeight - below), 0);
  });
}
