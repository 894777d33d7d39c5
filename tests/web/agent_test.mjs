// The page of an agent in a browser, against a host of the tests.
import assert from "node:assert/strict";
import { live, overflow, shoot, testsOf, violations } from "./browser.mjs";
import { problem } from "./host.mjs";
import { hostile, report, turnEnd, wakePrompt } from "./swarm.mjs";

const agent = testsOf("/agent/manager/", ".turn-mark");
const text = (locator) => locator.innerText();
const badge = (page, words) => page.locator(".badges").getByText(words);

for (const theme of ["dark", "light"])
  for (const width of [1280, 360])
    agent(`no violation, nothing wider than ${width}, ${theme}`, { theme, width }, async (page) => {
      await page.locator(".tool > summary", { hasText: "Edit" }).click();
      await page.locator(".diff").waitFor();
      await shoot(page, `agent-${theme}-${width}`, { fullPage: true });
      assert.deepEqual(await violations(page), []);
      assert.equal(await overflow(page), 0);
    });

agent("the terminal has most of the height, on a wide screen too", { width: 2560, height: 1300, theme: "dark" }, async (page) => {
  const { height } = await page.locator("#terminal").boundingBox();
  assert.ok(height >= 0.7 * 1300, String(height));
  const side = await page.locator(".side").boundingBox();
  assert.ok(side.x + side.width > 2500, "what is not loaded leaves no empty column");
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= window.innerHeight), "the page itself does not scroll");
  await shoot(page, "agent-dark-2560");
});

/** The field to type in lies within the window, and nothing has to be scrolled for it. */
async function promptInSight(page, height) {
  const { y, height: own } = await page.locator("#prompt").boundingBox();
  assert.ok(y > 0 && y + own <= height, `${y} + ${own} in ${height}`);
  assert.equal(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight), 0);
}

for (const [width, height] of [[1280, 700], [1000, 620], [768, 620], [360, 640]])
  agent(`bar, banner and prompt fit into ${width} x ${height}`, { width, height }, async (page, host) => {
    await promptInSight(page, height);
    const first = await page.locator(".badges > li").first().boundingBox();
    assert.ok(first.y >= 2, "the badges touch no edge");
    host.instead.set("/dashboard/stream", (request, response) => response.destroy());
    host.dropStreams();
    await page.getByText("Offline since").waitFor();
    await promptInSight(page, height);
    await shoot(page, `agent-offline-${width}`);
    assert.deepEqual(await violations(page), []);
    await page.locator("#inbox").scrollIntoViewIfNeeded();
    const inbox = await page.locator("#inbox").boundingBox();
    assert.ok(inbox.y < height, "what is below can be reached");
  }, /ERR_|Failed to load/);

agent("badges say how it is, and explain themselves to the keyboard", {}, async (page, host) => {
  assert.match(await text(page.locator(".badges")), /online[\s\S]*idle[\s\S]*claude-opus-4-5[\s\S]*84,212 tokens[\s\S]*last turn 41 s[\s\S]*\$6.41 today/);
  await page.getByRole("button", { name: /84,212 tokens/ }).focus();
  await page.getByRole("tooltip").getByText("cache read").waitFor();
  await page.getByRole("tooltip").getByText("of 200,000").waitFor();
  await shoot(page, "tip-1280");
  assert.deepEqual(await violations(page), []);
  host.report("manager", { state: "thinking", since: new Date().toISOString(), turn: 414 });
  await badge(page, /thinking/).waitFor();
  assert.equal(await page.title(), "✻ manager");
  host.report("manager", { state: "rate_limited", rate_limited_until: new Date(Date.now() + 600_000).toISOString() });
  await badge(page, /rate-limited until \d\d:\d\d/).waitFor();
  host.report("manager", { state: "retrying", retry_at: new Date(Date.now() + 60_000).toISOString(), reason: "the CLI's files cannot be written: No space left on device" });
  await badge(page, /retrying at \d\d:\d\d:\d\d/).waitFor();
  await page.getByRole("button", { name: /retrying at/ }).focus();
  await page.getByRole("tooltip").getByText("No space left on device. Since").waitFor();
});

agent("what was asked for waits visibly until a turn takes it", {}, async (page, host) => {
  host.live("manager", "note", { text: "The operator wrote a message.", command: "operator_message", id: 7, typed: "and cut the release" });
  await page.getByText("❯ and cut the release").waitFor();
  await badge(page, "1 message queued").waitFor();
  host.live("manager", "model_changed", { name: "haiku", from: "choice", since: new Date().toISOString(), in_use: "claude-opus-4-5" });
  host.live("manager", "note", { text: "The next turn uses haiku.", command: "model", id: 8 });
  await badge(page, /^○ haiku queued$/).waitFor();
  host.live("manager", "note", { text: "The session is compacted as soon as no turn runs.", command: "compact", id: 9 });
  host.live("manager", "note", { text: "The next turn begins a new session.", command: "new_session", id: 10 });
  await badge(page, "1 message, compacting, a new session queued").waitFor();
  assert.deepEqual(await violations(page), []);
  host.live("manager", "turn_state_changed", report({ state: "compacting" }));
  await badge(page, "1 message, a new session queued").waitFor();
  host.live("manager", "turn_start", { turn: 500, prompt: wakePrompt([]), model: "haiku", new_session: true });
  host.live("manager", "model_changed", { name: "haiku", from: "choice" });
  await page.waitForFunction(() => !document.querySelector(".badges").textContent.includes("queued"));
  await badge(page, /^haiku$/).waitFor();
  host.live("manager", "token_usage_changed", { input_tokens: 1, output_tokens: 1, cache_read_tokens: 0, cache_creation_tokens: 0, cost: 0.25, spent_today: 6.66 });
  host.live("manager", "turn_end", turnEnd(500, 61_000));
  await badge(page, "$6.66 today").waitFor();
  await badge(page, "last turn 1 m 01 s").waitFor();
});

agent("a harness that gives no state of its page is named", {}, async (page, host) => {
  host.noPage = "manager: page.sock: is not a socket";
  host.restart();
  await badge(page, "no page").waitFor();
  await page.getByRole("button", { name: "no page" }).focus();
  await page.getByRole("tooltip").getByText("is not a socket").waitFor();
  assert.deepEqual(await violations(page), []);
  host.noPage = "";
  host.restart();
  await badge(page, "no page").waitFor({ state: "detached" });
});

agent("a turn is told as it happens", {}, async (page, host) => {
  host.live("manager", "turn_start", { turn: 500, prompt: wakePrompt([{ id: 9, from: "web", kind: "agent", time: new Date().toISOString(), body: "wake up" }], "Note from the hive: cut off.") });
  await page.locator(".ev.wake").getByText("wake up").waitFor();
  assert.match(await text(page.locator(".ev.wake").last()), /Note from the hive: cut off\.[\s\S]*web message 9/);
  const use = { type: "tool_use", id: "live1", name: "Bash", input: { command: "make check" } };
  host.live("manager", "stream", { type: "assistant", message: { content: [{ type: "text", text: "I run **all** of it." }, use] } });
  const tool = page.locator(".ev", { hasText: "make check" });
  await tool.getByText("runs").waitFor();
  assert.equal(await text(page.locator(".md strong").last()), "all");
  host.live("manager", "stream", { type: "user", message: { content: [{ type: "tool_result", tool_use_id: "live1", content: "a\nb\nc", is_error: false }] } });
  await tool.getByText("3 lines").waitFor();
  await tool.locator("summary").click();
  await tool.getByText("a\nb\nc").waitFor();
  host.live("manager", "turn_end", { turn: 500, result: "ok", reason: "" });
  await page.locator(".turn-mark").getByText(/turn 500/).waitFor();
});

agent("an error is open, a long result is shown on request", {}, async (page) => {
  await page.getByText("Failed to connect to web port 8104").waitFor();
  await page.locator(".tool > summary", { hasText: "cat big" }).click();
  await page.getByRole("button", { name: /show all, 1.0 MB/ }).click();
  assert.equal(await overflow(page), 0);
});

agent("hostile text is text", {}, async (page, host) => {
  host.live("manager", "note", { text: hostile });
  host.live("manager", "stream", "\x1b[31mstray line of text\x1b[0m");
  host.live("manager", "stream", { type: "assistant", message: { content: [{ type: "text", text: "[link](javascript:alert(1)) ![i](http://evil.test/x.png) <b onclick=alert(1)>b</b>" }] } });
  await page.getByText("stray line of text").waitFor();
  await page.locator(".md").getByText("<b onclick=alert(1)>").waitFor();
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator("#terminal img, #terminal script, #terminal [onclick]").count(), 0);
  assert.deepEqual(await page.locator("#terminal a").evaluateAll((all) => all.map((a) => a.getAttribute("href"))), ["http://evil.test/x.png"]);
});

agent("older turns are paged in", {}, async (page) => {
  const before = await page.locator(".ev, .turn-mark").count();
  await page.getByRole("button", { name: "older turns" }).click();
  await page.locator(".ev").getByText("Let me look.").waitFor();
  assert.ok((await page.locator(".ev, .turn-mark").count()) > before);
});

agent("events that were missed are fetched", {}, async (page, host) => {
  host.live("manager", "note", { text: "first" });
  await page.getByText("first", { exact: true }).waitFor();
  const { publish } = host;
  host.publish = () => undefined;
  host.live("manager", "note", { text: "missed" });
  host.publish = publish;
  host.live("manager", "note", { text: "third" });
  await page.getByText("missed", { exact: true }).waitFor();
  const order = await page.locator(".ev.note .said-text").allInnerTexts();
  assert.deepEqual(order.slice(-3), ["first", "missed", "third"]);
});

agent("slash commands are completed and obey the state", {}, async (page, host) => {
  await page.keyboard.press("/");
  await page.keyboard.type("/c");
  const list = page.getByRole("listbox", { name: "Commands" });
  await list.waitFor();
  assert.match(await text(list), /\/clear[\s\S]*\/cancel\s*only while a turn is open[\s\S]*\/compact/);
  await shoot(page, "slash-1280");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.type("om");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("The context is being compacted.").waitFor();
  await page.keyboard.type("/model haiku");
  await page.keyboard.press("Enter");
  await page.getByText("The next turn uses haiku.").waitFor();
  await page.keyboard.type("/cancel now");
  await page.keyboard.press("Enter");
  await page.getByText("/cancel cannot be given now: only while a turn is open.").waitFor();
  await page.locator("#prompt").fill("");
  host.report("manager", { state: "thinking", turn: 415 });
  await badge(page, /thinking/).waitFor();
  await page.getByRole("button", { name: "Cancel the running turn" }).click();
  await page.locator("#prompt").fill("/new-session");
  await page.keyboard.press("Enter");
  await page.getByText("begins a new session").waitFor();
  await page.locator("#prompt").fill("/nonsense");
  await page.keyboard.press("Enter");
  await page.getByText("There is no command /nonsense").waitFor();
  for (const wrong of ["two words", "--resume"]) {
    await page.locator("#prompt").fill(`/model ${wrong}`);
    await page.keyboard.press("Enter");
    await page.getByText(`${wrong} is not a model's name`).waitFor();
  }
  await page.locator("#prompt").fill("");
  await page.getByText("is not a model's name").waitFor({ state: "detached" });
  assert.deepEqual(host.posts.filter(({ path }) => path.startsWith("/agent/")).map(({ path, body }) => [path, body]), [
    ["/agent/manager/api/compact", {}],
    ["/agent/manager/api/model", { model: "haiku" }],
    ["/agent/manager/api/cancel", {}],
    ["/agent/manager/api/new-session", {}],
  ]);
});

agent("/help explains, /clear empties the view alone", {}, async (page, host) => {
  await page.locator("#prompt").fill("/help");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await page.getByText("/model [name]: model of the next turn").waitFor();
  await page.locator("#prompt").fill("/clear");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await page.getByText("The view is empty.").waitFor();
  assert.equal(host.posts.filter(({ path }) => path.startsWith("/agent/")).length, 0);
  host.live("manager", "note", { text: "after it" });
  await page.getByText("after it", { exact: true }).waitFor();
  assert.equal(await page.locator(".ev").count(), 1);
});

agent("a message is sent as it was typed, and the arrow brings it back", {}, async (page, host) => {
  await page.locator("#prompt").fill("look\nhere");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#prompt").value === "");
  const { key, ...body } = host.posts.at(-1).body;
  assert.match(key, /^[0-9a-f]{32}$/);
  assert.deepEqual([host.posts.at(-1).path, body], ["/agent/manager/send", { text: "look\nhere" }]);
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.locator("#prompt").inputValue(), "look\nhere");
});

agent("a message whose answer was lost stays, and is sent again as the same one", {}, async (page, host) => {
  host.losesAnswers = true;
  await page.locator("#prompt").fill("only once");
  await page.keyboard.press("Enter");
  await page.locator(".prompt .field-error").getByText("send it again").waitFor();
  assert.equal(await page.locator("#prompt").inputValue(), "only once");
  host.losesAnswers = false;
  await page.locator("#prompt").press("Enter");
  await page.waitForFunction(() => document.querySelector("#prompt").value === "");
  await page.locator(".prompt .field-error").waitFor({ state: "detached" });
  assert.equal(host.events.filter(({ payload }) => payload.typed === "only once").length, 1);
}, /ERR_|Failed to load/);

agent("nothing can be sent to one that is not there, and the page says why", { where: "/agent/tester/", live: false }, async (page, host) => {
  await live(page);
  await badge(page, "offline").waitFor();
  host.report("tester", report({ state: "stopping" }));
  host.container("tester", { state: "stopped", reason: "It was stopped." });
  await page.getByText("It was stopped.").waitFor({ state: "attached" });
  assert.equal(await badge(page, /stopping/).count(), 0);
  await page.locator("#prompt").fill("are you there");
  await page.getByText("Nothing can be sent now: its container is stopped. What you typed stays.").waitFor();
  await page.keyboard.press("Enter");
  assert.equal(host.posts.filter(({ path }) => path.startsWith("/agent/")).length, 0);
  assert.equal(await page.locator("#prompt").inputValue(), "are you there");
  host.container("tester", { state: "running" });
  host.report("tester", report());
  await badge(page, "online").waitFor();
});

agent("without a login it says so", { prepare: (host) => (host.reports.manager = report({ status: "needs_login_idle", state: "needs_login" })) }, async (page) => {
  await badge(page, "needs login").first().waitFor();
  assert.match(await page.locator("#prompt").getAttribute("placeholder"), /it needs a login/);
  assert.deepEqual(await violations(page), []);
});

agent("find shows what has the words", {}, async (page) => {
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await page.keyboard.type("curl 8104");
  await page.waitForFunction(() => document.querySelectorAll(".ev").length === 1);
  await page.locator("#find").fill("no such words");
  await page.getByText("Nothing that is loaded").waitFor();
});

agent("the inbox has this agent's messages and no others", {}, async (page, host) => {
  const inbox = page.locator("#inbox");
  await inbox.getByText("web looks stuck").waitFor();
  assert.equal(await inbox.getByText("coverage file").count(), 0);
  const { message } = host.say("scribe", "manager", "fresh mail");
  await inbox.getByText("1 queued").waitFor();
  host.publish("broker.delivered", { id: message.id, owner: "manager" });
  await inbox.locator(".row", { hasText: "fresh mail" }).getByTitle("being read").waitFor();
  host.say("scribe", "web", "not for it");
  assert.equal(await inbox.getByText("not for it").count(), 0);
});

agent("typing is disturbed by nothing, the reader above neither", {}, async (page, host) => {
  const prompt = page.locator("#prompt");
  await prompt.fill("half a sent");
  await prompt.evaluate((one) => one.setSelectionRange(4, 6));
  const scroll = page.locator(".term-scroll");
  await scroll.evaluate((one) => (one.scrollTop = 50));
  await page.waitForFunction(() => document.querySelector(".term-scroll").scrollTop === 50);
  const top = (await prompt.boundingBox()).y;
  for (let i = 0; i < 30; i++) host.live("manager", "note", { text: `news ${i}` });
  host.report("manager", { state: "thinking", turn: 416, since: new Date().toISOString() });
  await page.getByRole("button", { name: /30 new/ }).waitFor();
  host.restart();
  host.live("manager", "note", { text: "after the restart" });
  await page.getByRole("button", { name: /31 new/ }).waitFor();
  assert.deepEqual(await prompt.evaluate((one) => [one.value, one.selectionStart, one.selectionEnd, one === document.activeElement]), ["half a sent", 4, 6, true]);
  assert.equal((await prompt.boundingBox()).y, top);
  assert.equal(await scroll.evaluate((one) => one.scrollTop), 50);
}, /ERR_|Failed to load/);

agent("a history that cannot be had is named", {
  live: false,
  prepare: (host) => host.instead.set("/agent/manager/events/history", (_, response) => problem(response, 503, "The agent's store is being mended.")),
}, async (page, host) => {
  await page.getByText("The agent's store is being mended.").waitFor();
  host.instead.delete("/agent/manager/events/history");
  await page.getByRole("button", { name: /try again/ }).click();
  await page.locator(".turn-mark").last().waitFor();
}, /503/);

agent("a history that is waited for says so, and what an agent says of it is harmless", {
  live: false,
  prepare: (host) => host.instead.set("/agent/manager/events/history", (_, response) => (host.waiting = response)),
}, async (page, host) => {
  await page.locator("#terminal").getByText("Loading.").waitFor();
  problem(host.waiting, 503, "\u001b[31mmended\u202e soon");
  await page.getByText("mended⟨U+202E⟩ soon").waitFor();
  assert.equal(await page.locator("#terminal").getByText("Loading.").count(), 0);
}, /503/);

agent("one that was destroyed says so", {}, async (page, host) => {
  host.publish("lifecycle.container_removed", { name: "manager" });
  await page.getByText("manager was destroyed.").waitFor();
});
