// What is seen and pressed on the pages, in a browser, one thing after the other.
import assert from "node:assert/strict";
import { live, overflow, shoot, testsOf, violations } from "./browser.mjs";
import { json, problem } from "./host.mjs";
import { turnEnd, wakePrompt } from "./swarm.mjs";

const dashboard = testsOf("/", ".msg");
const agent = testsOf("/agent/manager/", ".turn-mark");
const row = (page, name) => page.locator(`#c-${name}`);

for (const theme of ["dark", "light"]) {
  dashboard(`from 1500 px on the messages stand beside the swarm, ${theme}`, { theme, width: 1500 }, async (page) => {
    const at = async (id) => page.locator(id).boundingBox();
    const [swarm, flow] = [await at("#containers"), await at("#flow")];
    assert.ok(flow.x >= swarm.x + swarm.width, `${flow.x} beside ${swarm.x} + ${swarm.width}`);
    assert.ok(flow.x + flow.width > 1450, "both columns reach the edges");
    assert.equal(await overflow(page), 0);
    assert.deepEqual(await violations(page), []);
    await shoot(page, `dashboard-${theme}-1500`, { fullPage: true });
    await page.setViewportSize({ width: 1499, height: 900 });
    assert.equal((await at("#flow")).x, (await at("#containers")).x, "below that they are under each other");
  });

  agent(`the agent's page at 1500 px, ${theme}`, { theme, width: 1500 }, async (page) => {
    const [terminal, inbox] = [await page.locator("#terminal").boundingBox(), await page.locator("#inbox").boundingBox()];
    assert.ok(inbox.x >= terminal.x + terminal.width);
    assert.equal(await overflow(page), 0);
    assert.deepEqual(await violations(page), []);
    await shoot(page, `agent-${theme}-1500`);
  });
}

dashboard("a row shows the deployed commit, short, and whole on hover", {}, async (page, host) => {
  const chip = row(page, "manager").getByText("7f3a2c1", { exact: true });
  await chip.waitFor();
  assert.equal(await chip.getAttribute("title"), "Deployed commit 7f3a2c1de5b8490a1c7f3a2c1de5b8490a1c7f3a");
  host.container("manager", { deployed_sha: "b02e9d4f00112233445566778899aabbccddeeff" });
  await row(page, "manager").getByText("b02e9d4", { exact: true }).waitFor();
  host.container("manager", { deployed_sha: undefined });
  await row(page, "manager").locator("code").waitFor({ state: "detached" });
});

dashboard("links to agents open a new tab that cannot reach back", {}, async (page, host, browser) => {
  const links = await page.locator("a[href^='/agent/']").evaluateAll((all) => all.map(({ target, rel }) => `${target} ${rel}`));
  assert.ok(links.length > host.containers.length, "each name, and the login");
  assert.deepEqual([...new Set(links)], ["_blank noopener"]);
  const open = async (press) => {
    const [tab] = await Promise.all([browser.context.waitForEvent("page"), press()]);
    await live(tab);
    assert.equal(await tab.evaluate(() => window.opener), null);
    assert.equal(new URL(tab.url()).pathname, "/agent/scout/");
    await tab.close();
  };
  await open(() => row(page, "scout").locator("a.name").click());
  await open(() => row(page, "scout").getByRole("link", { name: /^Log scout in/ }).click());
  await open(async () => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("page of scout");
    await page.keyboard.press("Enter");
  });
});

/** Requests to `path` are held back until the test gives an answer to each. */
function held(host, path) {
  const waiting = [];
  let count = 0;
  host.instead.set(path, (_, response) => {
    count += 1;
    waiting.push(response);
  });
  return {
    /** How many have come, answered or not. */
    count: () => count,
    answer: (value) => json(waiting.shift(), value),
    refuse: (words) => problem(waiting.shift(), 409, words, "conflict"),
  };
}
const isBusy = (button) => button.and(button.page().locator("[aria-busy=true]")).waitFor();
const isBack = (button) => button.and(button.page().locator(":not([aria-busy])")).waitFor();

dashboard("what submits is busy until it is answered, and comes back", {}, async (page, host) => {
  const sending = held(host, "/op-send");
  const field = page.locator("#compose");
  const send = page.locator(".compose button.btn-primary");
  await field.fill("slowly");
  await field.press("Enter");
  await isBusy(send);
  await field.press("Enter");
  await send.click({ force: true });
  assert.equal(await field.inputValue(), "slowly");
  await field.fill("slowly, and what was typed meanwhile");
  sending.answer({ id: 1 });
  await isBack(send);
  assert.equal(sending.count(), 1, "a second press meanwhile is nothing");
  assert.equal(await field.inputValue(), "slowly, and what was typed meanwhile");
  await field.press("Enter");
  await isBusy(send);
  sending.refuse("The mailbox of manager is full.");
  await page.locator(".compose").getByText("is full").waitFor();
  await isBack(send);

  const starting = held(host, "/start/web");
  const start = row(page, "web").getByRole("button", { name: /^Start web/ });
  await start.click();
  await isBusy(start);
  await start.click({ force: true });
  starting.answer({});
  await isBack(start);
  assert.equal(starting.count(), 1);

  const destroying = held(host, "/destroy/web");
  await row(page, "web").getByRole("button", { name: /^Destroy web/ }).click();
  const confirm = page.getByRole("dialog").getByRole("button", { name: /^Destroy web/ });
  await confirm.click();
  await isBusy(confirm);
  destroying.refuse("web is already stopping; wait until that has ended.");
  await page.getByRole("dialog").getByText("wait until that has ended").waitFor();
  await isBack(confirm);
}, /409/);

agent("the prompt is busy until it is answered, and comes back", {}, async (page, host) => {
  const sending = held(host, "/agent/manager/send");
  const field = page.locator("#prompt");
  const send = page.locator(".prompt button.btn-primary");
  await field.fill("slowly");
  await field.press("Enter");
  await isBusy(send);
  await field.press("Enter");
  sending.answer({ id: 1 });
  await isBack(send);
  assert.equal(sending.count(), 1);
  assert.equal(await field.inputValue(), "");
  const fresh = held(host, "/agent/manager/api/new-session");
  const button = page.getByRole("button", { name: /^new session/ });
  await button.click();
  await isBusy(button);
  fresh.answer({ id: 2 });
  await isBack(button);
});

dashboard("all that are behind are rebuilt with one button, which is there only then", {}, async (page, host) => {
  const button = page.locator("#containers").getByRole("button", { name: /^Rebuild every container that is not current/ });
  assert.match(await button.getAttribute("title"), /\(1\)$/);
  await button.click();
  await page.locator(".toast").getByText("1 container is being rebuilt.").waitFor();
  assert.deepEqual(host.posts, [{ path: "/api/call/lifecycle.update_all", body: {} }]);
  host.container("scribe", { needs_update: false });
  await button.waitFor({ state: "detached" });
});

dashboard("a name that is being spawned has a row before there is a container", {}, async (page, host) => {
  host.publish("lifecycle.transient_set", { name: "novice", action: "spawning", ok: false });
  await row(page, "novice").getByText("spawning…").waitFor();
  assert.equal(await row(page, "novice").getByRole("button").count(), 0, "nothing can be done to it yet");
  await shoot(page, "spawning-1280");
  assert.deepEqual(await violations(page), []);
  const made = { ...host.containers.at(-1), name: "novice", state: "running", status: "idle" };
  host.containers.push(made);
  host.publish("lifecycle.container_changed", { container: made });
  host.publish("lifecycle.transient_cleared", { name: "novice", action: "spawning", ok: true });
  await row(page, "novice").getByRole("button", { name: "Stop novice" }).waitFor();
  assert.equal(await row(page, "novice").count(), 1);
  host.publish("lifecycle.transient_set", { name: "ghost", action: "spawning", ok: false });
  await row(page, "ghost").waitFor();
  host.publish("lifecycle.transient_cleared", { name: "ghost", action: "spawning", ok: false, error: "its configuration has no agent.nix" });
  await row(page, "ghost").waitFor({ state: "detached" });
  await page.locator("#containers .banner").getByText("ghost could not be made. its configuration has no agent.nix").waitFor();
});

dashboard("a log that is not followed is read again on request", {}, async (page, host) => {
  await row(page, "manager").getByRole("button", { name: /^logs/ }).click();
  const logs = page.locator("#manager-logs");
  await logs.locator(".ll").first().waitFor();
  await logs.getByRole("checkbox", { name: /^follow/ }).uncheck();
  host.writes("written meanwhile");
  const refresh = logs.getByRole("button", { name: "refresh the log of manager" });
  await refresh.click();
  await logs.getByText("written meanwhile").waitFor();
  assert.equal(await logs.locator(".ll").count(), 5);
  const gap = await logs.locator(".term-scroll").evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
  assert.ok(gap < 2, "its end is in sight");
  const reading = held(host, "/api/journal/manager");
  await refresh.click();
  await isBusy(refresh);
  reading.refuse("The journal cannot be read now.");
  await logs.getByRole("alert").getByText("cannot be read now").waitFor();
  await isBack(refresh);
}, /409/);

agent("badges say on hover what they leave out", {}, async (page, host) => {
  const says = async (badge, words) => {
    await page.locator(".badges button", { hasText: badge }).hover();
    await page.getByRole("tooltip").getByText(words).waitFor();
  };
  await says("last turn", /^41,208 ms/);
  await says("claude-opus-4-5", "Change it with /model.");
  await says("$6.41 today", /Spent since/);
  host.live("manager", "turn_start", { turn: 500, prompt: wakePrompt([]), model: "haiku", new_session: false });
  host.live("manager", "turn_end", turnEnd(500, 61_234));
  await page.locator(".badges").getByText("last turn 1 m 01 s").waitFor();
  await says("last turn", /^61,234 ms, 0 tool calls, ended/);
});

agent("what was sent is folded, and its body is text", {}, async (page, host) => {
  const body = "First line\n  <b onclick=alert(1)>indented</b> **not bold**";
  const input = { to: "scribe", body, file: "/shared/manager/plan.md" };
  host.live("manager", "stream", { type: "assistant", message: { content: [{ type: "tool_use", id: "s1", name: "mcp__hyperhive__send", input }] } });
  host.live("manager", "stream", { type: "user", message: { content: [{ type: "tool_result", tool_use_id: "s1", content: "Sent as message 5.", is_error: false }] } });
  const call = page.locator(".ev", { hasText: "hyperhive.send" }).last();
  await call.locator("summary", { hasText: "scribe" }).getByText("Sent as message 5.").waitFor();
  assert.equal(await call.getByText("First line").count(), 0, "folded");
  await call.locator("summary").click();
  const shown = call.getByRole("group", { name: /^Input of hyperhive\.send/ });
  assert.equal(await shown.locator("pre").innerText(), `file: /shared/manager/plan.md\n\n${body}`);
  assert.equal(await shown.locator("b, strong").count(), 0);
  await shoot(page, "send-body-1280");
});

agent("a link leads back to the dashboard", {}, async (page) => {
  await page.getByRole("link", { name: /dashboard/ }).click();
  await page.locator("#containers").waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
});

agent("the inbox is there as soon as there is something in it, and not before", { prepare: (host) => (host.messages = []) }, async (page, host) => {
  await page.waitForFunction(() => performance.getEntriesByName(`${location.origin}/api/call/broker.recent`).length > 0);
  assert.equal(await page.locator("#inbox").count(), 0);
  await shoot(page, "agent-no-inbox-1280");
  host.say("scribe", "manager", "the first one");
  await page.locator("#inbox").getByText("the first one").waitFor();
});
