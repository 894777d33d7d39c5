// What the pages do by themselves: they ask for nothing that an event says, and tell the operator once what waits.
import assert from "node:assert/strict";
import { testsOf } from "./browser.mjs";
import { report, turnEnd, wakePrompt } from "./swarm.mjs";

const dashboard = testsOf("/", ".msg");
const agent = testsOf("/agent/manager/", ".turn-mark");

/** The page's clock moves as the test says; what would be asked for within the hour is asked for in a moment. */
const before = (page) => page.clock.install();
async function hourPasses(page) {
  await page.clock.runFor(3_600_000);
  await page.evaluate(() => fetch("/assets/icon.svg"));
}
/** What was asked for since `from`, without what the test asked for itself. */
const asked = (host, from) => host.requests.slice(from).filter((one) => one !== "GET /assets/icon.svg");

agent("no request is made when a turn begins or ends, or the model changes, and nothing polls", { before }, async (page, host) => {
  const from = host.requests.length;
  host.live("manager", "turn_start", { turn: 500, prompt: wakePrompt([]), model: "haiku", new_session: false });
  host.report("manager", { state: "thinking", turn: 500 });
  host.live("manager", "stream", { type: "assistant", message: { content: [{ type: "text", text: "done." }] } });
  host.live("manager", "token_usage_changed", { input_tokens: 1, output_tokens: 1, cache_read_tokens: 0, cache_creation_tokens: 0, cost: 0.25, spent_today: 6.66 });
  host.live("manager", "turn_end", turnEnd(500, 61_000));
  host.live("manager", "model_changed", { name: "haiku", from: "choice" });
  host.live("manager", "status_changed", report());
  host.report("manager", { state: "idle", model: "haiku" });
  const { message } = host.say("scribe", "manager", "fresh mail");
  for (const topic of ["delivered", "settled"]) host.publish(`broker.${topic}`, { id: message.id, owner: "manager" });
  await page.locator(".badges").getByText(/^haiku$/).waitFor();
  await page.locator("#inbox").locator(".row", { hasText: "fresh mail" }).getByTitle("read", { exact: true }).waitFor();
  await hourPasses(page);
  assert.deepEqual(asked(host, from), []);
});

dashboard("no request is made by what happens in the swarm, and nothing polls", { before }, async (page, host) => {
  const from = host.requests.length;
  host.container("scribe", { status: "thinking", model: "claude-haiku-4-5", needs_update: false });
  host.publish("lifecycle.transient_set", { name: "scribe", action: "restarting", ok: false });
  host.publish("lifecycle.transient_cleared", { name: "scribe", action: "restarting", ok: true });
  host.container("scribe", { status: "idle" });
  const { message } = host.say("web", "manager", "what happened");
  for (const topic of ["delivered", "returned", "delivered", "settled"]) host.publish(`broker.${topic}`, { id: message.id, owner: "manager" });
  host.say("web", "operator", "for you");
  await page.locator("#inbox").getByText("for you").waitFor();
  await page.locator(".msg", { hasText: "what happened" }).getByTitle("read", { exact: true }).waitFor();
  await hourPasses(page);
  assert.deepEqual(asked(host, from), []);
});

/** Most rows that the page made between two frames, from now on. */
const countMade = (page, row) => page.evaluate((selector) => {
  let made = 0;
  window.mostMade = 0;
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) made += [...addedNodes].filter((one) => one instanceof HTMLElement && one.matches(selector)).length;
  }).observe(document.querySelector("main"), { childList: true, subtree: true });
  const tick = () => {
    window.mostMade = Math.max(window.mostMade, made);
    made = 0;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}, row);
const mostMade = (page) => page.evaluate(() => window.mostMade);

dashboard("of a flood few rows are made in a frame, the newest first", {}, async (page, host) => {
  await countMade(page, ".msg");
  for (let i = 0; i < 1_000; i++) host.say("web", "manager", `flood ${i}`);
  await page.locator(".msg").getByText("flood 999", { exact: true }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".msg").length >= 300);
  assert.ok((await mostMade(page)) <= 10, String(await mostMade(page)));
  const shown = await page.locator(".msg .said-text").allInnerTexts();
  const numbers = shown.map((words) => Number(words.replace("flood ", "")));
  assert.deepEqual(numbers, numbers.map((_, i) => 1_000 - numbers.length + i), "none is missing in the end");
});

agent("of a flood few events are shown in a frame", {}, async (page, host) => {
  await countMade(page, ".ev");
  for (let i = 0; i < 300; i++) host.live("manager", "note", { text: `flood ${i}` });
  await page.locator(".ev").getByText("flood 0", { exact: true }).waitFor();
  await page.locator(".ev").getByText("flood 299", { exact: true }).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll(".ev .said-text")].filter((one) => one.textContent.startsWith("flood")).length === 300);
  assert.ok((await mostMade(page)) <= 10, String(await mostMade(page)));
});

/** In place of the browser's: a list of what was shown, and an answer to the question whether it may. */
const notifications = (answer) => (page) => page.addInitScript((allowed) => {
  window.notified = [];
  window.Notification = class {
    static permission = sessionStorage.getItem("allowed") ?? "default";
    static requestPermission() {
      this.permission = allowed;
      sessionStorage.setItem("allowed", allowed);
      return Promise.resolve(allowed);
    }
    constructor(text, { tag }) {
      window.notified.push([text, tag]);
    }
  };
  Object.defineProperty(document, "hidden", { get: () => sessionStorage.getItem("isAway") !== null });
}, answer);
/** Another tab is in front, or this one again. */
const leave = (page) => page.evaluate(() => sessionStorage.setItem("isAway", "yes"));
const comeBack = (page) => page.evaluate(() => sessionStorage.removeItem("isAway"));
const notified = (page) => page.evaluate(() => window.notified.map(([text]) => text));
const run = async (page, words) => {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill(words);
  await page.keyboard.press("Enter");
  await page.getByRole("combobox").waitFor({ state: "detached" });
};

dashboard("what begins to wait is notified once, and only when it was asked for", { before: notifications("granted") }, async (page, host) => {
  const inbox = page.locator("#inbox");
  const come = async (words) => {
    const { message } = host.say("web", "operator", words);
    await inbox.getByText(words).waitFor();
    return message;
  };
  await leave(page);
  await come("before it was asked for");
  await comeBack(page);
  await run(page, "notify me");
  await come("while the page is seen");
  await leave(page);
  const message = await come("once");
  host.publish("broker.sent", { message });
  host.container("indexer", { status: "needs_login", needs_login: true });
  host.restart();
  await come("after the host came back");
  assert.deepEqual((await notified(page)).toSorted(), ["indexer needs a login", "web: after the host came back", "web: once"]);
  await page.reload();
  await inbox.getByText("after the host came back").waitFor();
  await come("after a reload");
  assert.deepEqual(await notified(page), ["web: after a reload"], "what waited already is no news");
  await comeBack(page);
  await run(page, "stop notifications");
  await leave(page);
  await come("not any more");
  assert.equal((await notified(page)).length, 1);
}, /ERR_|Failed to load/);

dashboard("a browser that allows no notifications is said so", { before: notifications("denied") }, async (page, host) => {
  await run(page, "notify me");
  await page.locator(".toast").getByText("does not allow notifications").waitFor();
  await leave(page);
  host.say("web", "operator", "unheard");
  await page.locator("#inbox").getByText("unheard").waitFor();
  assert.deepEqual(await notified(page), []);
});
