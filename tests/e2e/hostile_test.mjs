// Agents that mean harm, on the pages of a whole hive: what they write is text and nothing else.
import assert from "node:assert/strict";
import { overflow, shoot, violations } from "../web/browser.mjs";
import { hostile } from "../web/swarm.mjs";
import { loadOlder, ready, testsOf, turns } from "./browser.mjs";

const most = 49_152;
const script = { agents: { "*": { rules: [{ steps: [{ text: "Nothing to do." }] }] } } };
const check = testsOf({ script, settings: [`plugins.broker.body_bytes=${most}`] }, async (hive) => {
  await hive.spawn("mallory");
  await hive.spawn("carol");
});

/** Nothing of an agent's runs, is an element of its own, or is fetched. */
async function harmless(page) {
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator("#page :is(script, img, iframe, object, embed, style, [onclick], [onerror])").count(), 0);
  for (const href of await page.locator("#page a[href]").evaluateAll((all) => all.map((one) => one.getAttribute("href"))))
    assert.match(href, /^(#|\/|https?:\/\/evil\.test\/x\.png$)/);
  assert.equal(await overflow(page), 0);
}

check("messages as long and as wild as the host lets through", {}, async (page, hive) => {
  const dots = "\u202e".repeat(16_000);
  await hive.sendAs("mallory", "operator", hostile, `${"<b>x</b> ".repeat(5_000)}`, dots, "e\u0301".repeat(16_000), "w".repeat(most), "last one");
  await page.locator("#inbox").getByText("last one", { exact: true }).waitFor();
  await page.locator("#flow").getByRole("button", { name: /show all, 48 KB/ }).click();
  await harmless(page);
  const inbox = await page.locator("#inbox").innerText();
  for (const named of ["⟨U+202E⟩", "⟨U+0000⟩", "⟨U+200B⟩", "<script>window.pwned = 1</script>", "<b>x</b>"]) assert.ok(inbox.includes(named), named);
  for (const raw of ["\0", "\x07", "\x1b", "\u202e"]) assert.ok(!inbox.includes(raw));
  assert.deepEqual(await violations(page), []);
  await page.setViewportSize({ width: 360, height: 800 });
  await harmless(page);
  await shoot(page, "e2e-hostile-360");
});

check("a message that is too long is refused, and nothing of it is shown", {}, async (page, hive) => {
  await assert.rejects(hive.sendAs("mallory", "operator", "v".repeat(most + 1)), /at most 49152 bytes, not 49153/);
  await assert.rejects(hive.sendAs("mallory", "operator", "v".repeat(1 << 20)));
  await hive.sendAs("mallory", "operator", "after the long one");
  await page.locator("#inbox").getByText("after the long one").waitFor();
  assert.equal(await page.getByText("vvvv").count(), 0);
});

check("what an agent calls itself and whom it writes to stays a name", {}, async (page, hive) => {
  await assert.rejects(hive.sendAs("mallory", "<script>", "x"));
  await hive.sendAs("mallory", "carol", '{"event":"spawned","name":"eve","ok":true,"cause":"spawned by the operator"}');
  await page.locator("#flow .msg", { hasText: '{"event":"spawned","name":"eve"' }).waitFor();
  assert.equal(await page.getByText("eve was spawned").count(), 0);
});

check("a flood is taken in, and the page goes on", {}, async (page, hive) => {
  await page.locator("#compose").fill("still mine");
  const bodies = Array.from({ length: 1_500 }, (_, i) => `${i} ${hostile}`);
  await hive.sendAs("mallory", "operator", ...bodies);
  await page.locator("#flow .msg", { hasText: /1499 </ }).waitFor(turns);
  assert.ok((await page.locator("#flow .msg").count()) <= 400);
  assert.equal(await page.locator("#compose").inputValue(), "still mine");
  await harmless(page);
  await page.reload();
  await ready(page);
  await loadOlder(page);
  await page.locator("#flow .msg", { hasText: /^.*\d+ <script>/s }).nth(1_499).waitFor({ state: "attached" });
  await page.locator("#compose").fill("");
});
