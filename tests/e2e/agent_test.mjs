// An agent's page, live: its turns as they happen, what is typed there, and an agent that means harm.
import assert from "node:assert/strict";
import { live, overflow, shoot, violations } from "../web/browser.mjs";
import { hostile } from "../web/swarm.mjs";
import { ready, testsOf, turns } from "./browser.mjs";

const file = `# Report\n<script>window.pwned = 4</script>\n${hostile.replaceAll("\0", "")}\n${"z".repeat(5_000)}\n`;
const escapes = "printf '\\033[31mred\\033[0m \\033]0;title\\007 <script>window.pwned = 5</script>\\n'";
const literal = (text) => text.replaceAll("$", "$$$$");
const script = {
  agents: {
    mallory: {
      rules: [
        {
          when: "^work",
          steps: [
            { text: literal(hostile), tool: "Write", input: { file_path: "/shared/mallory/evil.md", content: literal(file) } },
            { tool: "Bash", input: { command: literal(escapes), description: literal(hostile.slice(0, 200)) } },
            { tool: "Bash", input: { command: "head -c 25000 /dev/zero | tr '\\0' x", description: "long" } },
            { tool: "mcp__hyperhive__send", input: { to: "operator", body: "Read /shared/mallory/evil.md" } },
            { text: "[a](javascript:window.pwned=6) ![i](http://evil.test/x.png) <b onclick=window.pwned=7>b</b>" },
          ],
        },
      ],
    },
    manager: {
      rules: [
        { when: "^hello (?<what>.*)", steps: [
          { text: "I answer at once.", tool: "mcp__hyperhive__send", input: { to: "operator", body: "hello $<what>" }, drip_ms: 60 },
          { text: "Answered." },
        ] },
        { when: "^count to (?<what>\\w+)", steps: [{ text: "One two three $<what>.", drip_ms: 20, delay_ms: 300 }] },
        { when: "^hang", steps: [{ text: "I begin.", tool: "Bash", input: { command: "echo begun" } }, { hang: "request" }] },
      ],
    },
    "*": { rules: [{ steps: [{ text: "Nothing to do." }] }] },
  },
};
const check = testsOf({ script }, (hive) => hive.spawn("mallory"));
const manager = { where: "/agent/manager/" };
const badge = (page, words) => page.locator(".badges").getByText(words);
const said = (page) => page.locator(".ev, .turn-mark").allInnerTexts();
const mark = (page, words) => page.locator(".turn-mark", { hasText: words });

/** Nothing of an agent's runs or is an element of its own. */
async function harmless(page) {
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator("#page :is(script, img, iframe, object, embed, style, [onclick], [onerror])").count(), 0);
}

check("what is sent as the host dies stays in the prompt, and arrives once", manager, async (page, hive) => {
  await hive.ask("restart", { HIVE_CRASH_POINT: "turns.command.unanswered" });
  await ready(page);
  await badge(page, "online").waitFor(turns);
  await page.locator("#prompt").fill("count to once");
  await page.keyboard.press("Enter");
  await page.locator(".prompt .field-error").getByText("send it again").waitFor(turns);
  assert.equal(await page.locator("#prompt").inputValue(), "count to once");
  await hive.restart();
  await live(page);
  await badge(page, "online").waitFor(turns);
  await page.locator("#prompt").press("Enter");
  await page.waitForFunction(() => document.querySelector("#prompt").value === "", undefined, turns);
  await page.locator("#prompt").fill("count to twice");
  await page.keyboard.press("Enter");
  await page.locator(".ev", { hasText: "One two three twice." }).waitFor(turns);
  assert.equal(await page.locator(".ev.note", { hasText: "❯ count to once" }).count(), 1);
}, /ERR_|Failed to load|503/);

check("a message from the dashboard is seen to wake the agent", manager, async (page, hive, { context }) => {
  const dashboard = await context.newPage();
  await dashboard.goto(new URL("/", page.url()).href);
  await live(dashboard);
  await dashboard.locator("#compose").fill("@manager hello there");
  await dashboard.keyboard.press("Enter");
  await page.locator(".ev.wake", { hasText: "hello there" }).waitFor(turns);
  await page.locator(".ev", { hasText: "I answer at once." }).waitFor(turns);
  await page.locator(".ev", { hasText: "hyperhive.send" }).getByText(/Sent as message \d+/).waitFor(turns);
  await page.locator(".ev", { hasText: "Answered." }).waitFor(turns);
  await badge(page, "idle").waitFor(turns);
  await page.locator("#inbox").getByText("hello there").first().waitFor();
  await dashboard.locator("#inbox").getByText("hello there").waitFor(turns);
  await dashboard.close();
});

check("what is typed there wakes it, by keyboard alone", manager, async (page) => {
  await page.keyboard.press("/");
  await page.keyboard.type("count to four");
  await page.keyboard.press("Enter");
  await page.locator(".ev.wake", { hasText: "count to four" }).getByText("typed here").waitFor(turns);
  await page.locator(".ev", { hasText: "One two three four." }).waitFor(turns);
  await badge(page, "idle").waitFor(turns);
});

check("a turn that hangs is cancelled", manager, async (page) => {
  await page.locator("#prompt").fill("hang");
  await page.keyboard.press("Enter");
  await badge(page, "thinking").waitFor(turns);
  await page.locator(".ev", { hasText: "echo begun" }).last().getByText("1 line").waitFor(turns);
  await page.getByRole("button", { name: "Cancel the running turn" }).click();
  await mark(page, "cancelled").waitFor(turns);
  await badge(page, "idle").waitFor(turns);
});

check("what is typed stays, and nothing is missed or doubled, when the host is killed in a turn", manager, async (page, hive) => {
  const prompt = page.locator("#prompt");
  await prompt.fill("half a sent");
  await prompt.evaluate((one) => one.setSelectionRange(4, 6));
  const before = (await said(page)).length;
  await hive.call("broker.send", { to: "manager", body: "count to five" });
  await page.locator(".ev.wake", { hasText: "count to five" }).waitFor(turns);
  await hive.ask("kill_host");
  await page.locator(".conn", { hasText: /reconnecting|offline/ }).waitFor();
  await hive.start();
  await live(page);
  await hive.call("broker.send", { to: "manager", body: "count to six" });
  await page.locator(".ev", { hasText: "One two three six." }).waitFor(turns);
  await badge(page, "idle").waitFor(turns);
  assert.deepEqual(
    await prompt.evaluate((one) => [one.value, one.selectionStart, one.selectionEnd, one === document.activeElement]),
    ["half a sent", 4, 6, true],
  );
  const shown = await said(page);
  for (const once of ["One two three five.", "One two three six."]) assert.equal(shown.filter((text) => text.includes(once)).length, 1, once);
  await prompt.fill("");
  await page.reload();
  await page.locator(".ev", { hasText: "One two three six." }).waitFor(turns);
  assert.deepEqual(await said(page), shown);
  assert.ok(shown.length > before);
}, /ERR_|Failed to load/);

check("hostile work is text", { where: "/agent/mallory/" }, async (page, hive) => {
  await hive.call("broker.send", { to: "mallory", body: "work" });
  await page.locator(".ev", { hasText: "<b onclick=window.pwned=7>b</b>" }).waitFor(turns);
  await badge(page, "idle").waitFor(turns);
  const folded = page.locator(".tool:not([open]) > summary");
  while ((await folded.count()) > 0) await folded.first().click();
  const shown = (await said(page)).join("\n");
  for (const named of ["<script>window.pwned = 1</script>", "⟨U+202E⟩", "<script>window.pwned = 5</script>"]) assert.ok(shown.includes(named), named);
  for (const raw of ["\0", "\x07", "\x1b", "\u202e"]) assert.ok(!shown.includes(raw));
  await harmless(page);
  assert.deepEqual(await page.locator("#terminal a").evaluateAll((all) => all.map((one) => one.getAttribute("href"))), ["http://evil.test/x.png"]);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await overflow(page), 0);
    assert.deepEqual(await violations(page), []);
    await shoot(page, `e2e-mallory-${width}`);
  }
  assert.equal((await hive.call("files.read", { path: "/shared/mallory/evil.md" })).text, file);
});

check("a file that an agent wrote is text below its message", {}, async (page) => {
  const inbox = page.locator("#inbox");
  await inbox.getByRole("button", { name: "/shared/mallory/evil.md", exact: true }).click(turns);
  await inbox.locator(".preview").getByText("<script>window.pwned = 4</script>").waitFor();
  await harmless(page);
  const shown = await inbox.locator(".preview").innerText();
  for (const raw of ["\x07", "\x1b", "\u202e"]) assert.ok(!shown.includes(raw));
});
