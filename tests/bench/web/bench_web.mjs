// The dashboard in a browser, on a whole hive with many agents and messages: its bytes, its snapshot, its first
// paint beside that of a page of two letters, and its frames while events come. `bench_web.mjs [--json] [--short]`.
import { parseArgs } from "node:util";
import { launch, newPage } from "../../web/browser.mjs";
import { ready, signIn } from "../../e2e/browser.mjs";
import { Hive } from "../../e2e/hive.mjs";
import { Visitor } from "../../testing/session.mjs";

const { values } = parseArgs({ options: { json: { type: "boolean" }, short: { type: "boolean" } } });
const [agents, messages, rounds, burst] = values.short ? [3, 300, 3, 100] : [50, 10_000, 15, 1_000];
const rows = [];

function median(samples) {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)];
}

function row(what, unit, value, beside, besideWhat, most) {
  const goal = most === undefined ? "" : `<= ${most} ${unit}`;
  rows.push({ what, unit, value, beside, beside_what: besideWhat, ratio: beside ? Number((value / beside).toFixed(2)) : null, goal, met: most === undefined ? null : value <= most });
}

async function fill(hive) {
  const names = Array.from({ length: agents }, (_, i) => `agent${i}`);
  for (const name of names) await hive.call("lifecycle.spawn", { name });
  for (const name of names) await hive.running(name);
  const text = (i) => `message ${i} about /shared/agent0/notes.md and what else there is to say of it`;
  for (let at = 0; at < messages; at += 1_000)
    await hive.sendAs("operator", `agent${(at / 1_000) % agents}`, ...Array.from({ length: Math.min(1_000, messages - at) }, (_, i) => text(at + i)));
}

/** Milliseconds from the beginning of the visit until something is painted and, on the dashboard, until its rows are there. */
async function visit(browser, url, shown) {
  const { page } = await newPage(browser);
  const client = await page.context().newCDPSession(page);
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.addInitScript((wanted) => {
    const look = () => {
      if (document.querySelectorAll(wanted.what).length >= wanted.count) window.shownAt = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, shown);
  await page.goto(url);
  await page.waitForFunction(() => window.shownAt && performance.getEntriesByName("first-contentful-paint").length > 0);
  const found = await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    shown: window.shownAt,
    files: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .filter(({ name }) => name.endsWith("/") || name.includes("/assets/"))
      .map(({ name, encodedBodySize, decodedBodySize }) => ({ name, packed: encodedBodySize, plain: decodedBodySize })),
  }));
  await page.close();
  return found;
}

async function visits(browser, origin) {
  const [full, bare] = [[], []];
  for (let i = 0; i < rounds; ++i) {
    // In turns, so that what else the machine does meets both.
    full.push(await visit(browser, `${origin}/`, { what: ".agent, .msg", count: agents + 1 + Math.min(messages, 50) }));
    bare.push(await visit(browser, `${origin}/healthz`, { what: "pre", count: 1 }));
  }
  const sum = (what) => full[0].files.reduce((total, file) => total + file[what], 0) / 1024;
  row("page with its files, gzip", "KiB", sum("packed"), sum("plain"), "the same, not packed", 120);
  const swarm = `${agents + 1} agents, ${messages.toLocaleString("en-US")} messages`;
  row(`first paint, ${swarm}`, "ms", median(full.map(({ paint }) => paint)), median(bare.map(({ paint }) => paint)), "a page of two letters of the same host", 300);
  row("all rows shown", "ms", median(full.map(({ shown }) => shown)), median(bare.map(({ shown }) => shown)), "the same");
}

async function snapshots(browser, hive, origin) {
  const visitor = await Visitor.signIn(await hive.address());
  const { page } = await newPage(browser);
  await page.goto(`${origin}/`);
  await ready(page);
  const token = await visitor.token();
  const time = (path) => page.evaluate(async ([where, token]) => {
    const begin = performance.now();
    const answer = await fetch(where, { cache: "no-store", headers: { "x-hive-token": token } });
    await answer.text();
    if (!answer.ok) throw new Error(`${where} was answered with ${answer.status}`);
    return performance.now() - begin;
  }, [path, token]);
  const [states, health] = [[], []];
  for (let i = 0; i < rounds * 5; ++i) {
    states.push(await time("/api/state"));
    health.push(await time("/healthz"));
  }
  row(`snapshot of ${agents + 1} agents`, "ms", median(states), median(health), "GET /healthz", 20);
  await page.close();
}

async function frames(browser, hive, origin) {
  const { page } = await newPage(browser);
  await page.goto(`${origin}/`);
  await ready(page);
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const tick = (now) => {
      window.frames_.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const quiet = await page.evaluate(() => new Promise((done) => setTimeout(() => done(Math.max(...window.frames_.splice(0).slice(1))), 2_000)));
  await hive.sendAs("operator", `agent${agents - 1}`, ...Array.from({ length: burst }, (_, i) => `burst ${i}`));
  const last = `burst ${burst - 1}`;
  // Looked for seldom and in one place, so that looking costs no frame.
  await page.waitForFunction((text) => document.querySelector("#flow .msg:last-child .said-text")?.textContent === text, last, { polling: 200 });
  row(`${burst.toLocaleString("en-US")} events, longest frame`, "ms", await page.evaluate(() => Math.max(...window.frames_)), quiet, "the longest while nothing came", 50);
  await page.close();
}

const browser = await launch();
const hive = new Hive();
try {
  await hive.start();
  await hive.running("manager");
  await fill(hive);
  const { page } = await newPage(browser);
  await signIn(page, hive);
  const { origin } = new URL(page.url());
  await page.close();
  await visits(browser, origin);
  await snapshots(browser, hive, origin);
  await frames(browser, hive, origin);
} finally {
  await browser.close();
  await hive.close();
}
if (values.json) console.log(JSON.stringify({ rows }));
else
  for (const one of rows)
    console.log(`${one.what.padEnd(44)} ${one.value.toFixed(1).padStart(8)} ${one.unit.padEnd(4)} ${String(one.ratio ?? "").padStart(6)} x  ${one.goal.padEnd(12)} ${one.met === null ? "" : one.met ? "met" : "MISSED"}  ${one.beside.toFixed(1)} ${one.unit} ${one.beside_what}`);
