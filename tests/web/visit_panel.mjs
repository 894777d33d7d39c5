// A visit to the panel of a plugin that `plugin new` wrote:
//   node visit_panel.mjs ADDRESS PANEL BEFORE OWN AFTER
// BEFORE was greeted already, OWN is greeted here, which prints "greeted", and AFTER is greeted by somebody else then.
import assert from "node:assert/strict";
import { enter, launch, live, newPage, overflow, violations } from "./browser.mjs";

const [address, id, before, own, after] = process.argv.slice(2);
const browser = await launch();
try {
  const { page, complaints } = await newPage(browser);
  await enter(page, address);
  await page.getByRole("link", { name: "go on" }).click();
  await live(page);
  const panel = page.locator(`#${id}`);
  await panel.getByText(before).waitFor();
  await panel.getByRole("textbox").fill(own);
  await panel.getByRole("button", { name: "Greet" }).click();
  await panel.getByText(own).waitFor();
  console.log("greeted");
  await panel.getByText(after).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.equal(await overflow(page), 0);
  // All of it has the version of the page, so the panel shares the page's copy of every library.
  const files = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
  const scripts = files.filter((file) => file.endsWith(".js"));
  assert.ok(scripts.some((file) => file.endsWith(`/panel-${id}.js`)), scripts.join(" "));
  assert.equal(new Set(scripts.map((file) => file.slice(0, file.lastIndexOf("/")))).size, 1, scripts.join(" "));
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
}
