// The operator's job on the page, with real agents behind it.
import assert from "node:assert/strict";
import { live, overflow, setTheme, violations } from "../web/browser.mjs";
import { flowOf, loadOlder, ready, testsOf, turns } from "./browser.mjs";

const check = testsOf({ script: "demo" }, (hive) => hive.spawn("carol"));
const row = (page, name) => page.locator(`#c-${name}`);

check("hello to the manager wakes a turn, and its answer comes to the inbox", {}, async (page) => {
  await page.locator("#compose").click();
  await page.keyboard.type("@manager hello from the page");
  await page.keyboard.press("Enter");
  const sent = page.locator("#flow .msg", { hasText: /^(?!.*Hello, I am).*hello from the page/s });
  await sent.waitFor();
  await page.locator("#inbox").getByText("Hello, I am the manager of this hive. You wrote: hello from the page").waitFor(turns);
  await sent.getByText("read", { exact: true }).waitFor({ ...turns, state: "attached" });
  await row(page, "manager").getByText("idle").waitFor(turns);
});

check("a row shows that its agent thinks", {}, async (page, hive) => {
  const seen = row(page, "carol").locator(".chip", { hasText: "thinking" }).waitFor(turns);
  await hive.call("broker.send", { to: "carol", body: "how are you" });
  await seen;
  await page.locator("#inbox").getByText("Here is carol. I am well, and I read: how are you").waitFor(turns);
});

check("an agent is stopped and started by the buttons of its row", {}, async (page, hive) => {
  await row(page, "carol").getByRole("button", { name: "Stop carol" }).click();
  await row(page, "carol").locator(".chip", { hasText: "stopped" }).waitFor(turns);
  await page.locator("#flow").getByText("carol was stopped by the operator").waitFor(turns);
  assert.equal((await hive.call("lifecycle.list")).containers.find(({ name }) => name === "carol").state, "stopped");
  await row(page, "carol").getByRole("button", { name: "Start carol" }).click();
  await row(page, "carol").locator(".chip", { hasText: /idle|thinking/ }).waitFor(turns);
  await row(page, "carol").getByRole("button", { name: "Stop carol" }).waitFor(turns);
});

check("a log is followed while its agent is started again", {}, async (page, hive) => {
  await row(page, "carol").getByRole("button", { name: /^logs/ }).click();
  const log = page.locator("#carol-logs");
  await log.getByRole("combobox").selectOption({ label: "everything" });
  await log.locator(".ll").first().waitFor(turns);
  const before = await log.locator(".ll").count();
  await hive.call("lifecycle.restart", { name: "carol" });
  await log.locator(".ll").nth(before).waitFor(turns);
  await hive.running("carol");
});

check("the whole job is done without a mouse", {}, async (page) => {
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await press("/");
  await page.keyboard.type("@car");
  await press("Tab");
  await page.keyboard.type("are you there");
  await press("Enter");
  await page.locator("#inbox").getByText("I read: are you there").waitFor(turns);
  await press("Escape", "Control+k");
  await page.keyboard.type("stop carol");
  await press("Enter");
  await row(page, "carol").locator(".chip", { hasText: "stopped" }).waitFor(turns);
  const start = row(page, "carol").getByRole("button", { name: "Start carol" });
  await start.waitFor();
  for (let i = 0; i < 200 && !(await start.evaluate((one) => one === document.activeElement)); ++i) await press("Tab");
  await press("Enter");
  await row(page, "carol").locator(".chip", { hasText: /idle|thinking/ }).waitFor(turns);
  await row(page, "carol").getByRole("button", { name: "Stop carol" }).waitFor(turns);
});

check("what is typed is left alone while agents talk, the host is killed and comes back", {}, async (page, hive) => {
  const field = page.locator("#compose");
  await field.fill("half a sent");
  await field.evaluate((one) => one.setSelectionRange(4, 6));
  await row(page, "manager").getByRole("button", { name: /^config/ }).click();
  await page.locator("#manager-config").getByText("agent.toml").first().waitFor();
  await field.evaluate((one) => one.focus());
  const many = (what) => Array.from({ length: 40 }, (_, i) => `${what} ${i}`);
  await hive.sendAs("carol", "operator", ...many("before"));
  await page.locator("#flow").getByText("before 39", { exact: true }).waitFor();
  await hive.ask("kill_host");
  await page.locator(".conn", { hasText: /reconnecting|offline/ }).waitFor();
  await hive.start();
  await hive.sendAs("carol", "operator", ...many("after"));
  await page.locator("#flow").getByText("after 39", { exact: true }).waitFor(turns);
  await live(page);
  assert.deepEqual(
    await field.evaluate((one) => [one.value, one.selectionStart, one.selectionEnd, one === document.activeElement]),
    ["half a sent", 4, 6, true],
  );
  assert.ok(await page.locator("#manager-config").getByText("agent.toml").first().isVisible());
  await loadOlder(page);
  const stored = (await hive.messages()).map(({ id }) => id);
  await page.waitForFunction((last) => document.getElementById(`m-${last}`), stored.at(-1));
  assert.deepEqual(await flowOf(page), stored);
  assert.equal(await page.locator("#inbox .body", { hasText: /^after \d+$/ }).count(), 40);
  await row(page, "manager").getByRole("button", { name: "Stop manager" }).waitFor();
}, /ERR_|Failed to load/);

check("nothing is in the way of a reader of either page", {}, async (page, hive, browser) => {
  for (const where of ["/", "/agent/carol/"])
    for (const theme of ["dark", "light"])
      for (const width of [1280, 360]) {
        await setTheme(browser, theme, page.url());
        await page.setViewportSize({ width, height: 900 });
        await page.goto(new URL(where, page.url()).href);
        await ready(page);
        assert.deepEqual(await violations(page), [], `${where} ${theme} ${width}`);
        assert.equal(await overflow(page), 0, `${where} ${theme} ${width}`);
      }
}, /503/);
