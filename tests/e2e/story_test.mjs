// What `./hive up --demo` shows: a task that goes through three agents, seen on the pages.
import assert from "node:assert/strict";
import { overflow, setTheme, shoot, violations } from "../web/browser.mjs";
import { flowOf, loadOlder, ready, testsOf, turns } from "./browser.mjs";

const check = testsOf({ script: "demo" });

/** Both themes on a wide, a middle and a narrow window. docs/*.png are two of the pictures, the README's. */
async function look(page, browser, name) {
  for (const theme of ["dark", "light"])
    for (const width of [1500, 1280, 360]) {
      await setTheme(browser, theme, page.url());
      await page.setViewportSize({ width, height: width === 1500 ? 760 : 900 });
      await page.reload();
      await ready(page);
      await page.locator(".msg, .turn-mark").last().waitFor();
      assert.deepEqual(await violations(page), [], `${name} ${theme} ${width}`);
      assert.equal(await overflow(page), 0, `${name} ${theme} ${width}`);
      await shoot(page, `e2e-${name}-${theme}-${width}`, { fullPage: width !== 1280 });
    }
}

check("the swarm comes, works, and reports with a file that can be read", {}, async (page, hive, browser) => {
  await hive.spawn("alice");
  const alice = await browser.context.newPage();
  await alice.goto(new URL("/agent/alice/", page.url()).href);
  await ready(alice);
  await hive.spawn("bob");
  const [flow, inbox] = [page.locator("#flow"), page.locator("#inbox")];
  for (const name of ["manager", "alice", "bob"]) await page.locator(`#c-${name}`).waitFor();
  await inbox.getByText("Hello, I am the manager of this hive. alice and bob are there").waitFor(turns);
  await flow.getByText("Please test").waitFor(turns);
  await page.locator("#c-bob .chip", { hasText: "thinking" }).waitFor(turns);
  await flow.getByText("One year is wrong").waitFor(turns);
  await inbox.getByText("The leap year program is done").waitFor(turns);
  await flow.getByText("Task done: leap years").waitFor(turns);
  for (const name of ["manager", "alice", "bob"]) await page.locator(`#c-${name} .chip`, { hasText: "idle" }).waitFor(turns);
  await loadOlder(page);
  assert.deepEqual(await flowOf(page), (await hive.messages()).map(({ id }) => id));

  const live = await alice.locator(".ev, .turn-mark").allInnerTexts();
  assert.match(live.join("\n"), /Task: write a shell program[\s\S]*4 divides it[\s\S]*leap\.sh[\s\S]*One year is wrong[\s\S]*Edit[\s\S]*leap-test\.sh[\s\S]*Done, and reported/);
  await alice.reload();
  await ready(alice);
  await alice.getByText("Done, and reported.").waitFor();
  assert.deepEqual((await alice.locator(".ev, .turn-mark").allInnerTexts()).length, live.length);
  await alice.close();

  await inbox.getByRole("button", { name: "/shared/alice/leap.sh" }).click();
  await inbox.locator(".preview").getByText("# A century is one only when 400 divides it.").waitFor();
  await inbox.getByRole("button", { name: "close the preview" }).click();
  await inbox.getByRole("button", { name: "/agents/alice/state/report.md" }).click();
  await inbox.locator(".preview").getByText("a century that 400 does not divide").waitFor();
  await shoot(page, "e2e-story-preview-1280", { fullPage: true });
  await look(page, browser, "story");
});

check("a change of a file is shown as what it changed", { where: "/agent/alice/" }, async (page, hive, browser) => {
  const edit = page.locator(".tool", { hasText: "Edit" }).last();
  await edit.locator("summary").click();
  await edit.locator(".dl.is-del", { hasText: "if [ $((year % 4)) -eq 0 ]; then" }).waitFor();
  await edit.locator(".dl.is-add", { hasText: "# A century is one only when 400 divides it." }).waitFor();
  await shoot(page, "e2e-diff-1280");
  await look(page, browser, "alice");
});

check("what failed is open, with what it said", { where: "/agent/bob/" }, async (page) => {
  await page.getByText("WRONG 1900: yes, but no is right").waitFor();
  await shoot(page, "e2e-bob-1280");
});

check("the manager has it done once more when it is asked to", {}, async (page) => {
  await page.locator("#compose").fill("again");
  await page.keyboard.press("Enter");
  await page.locator("#inbox").getByText("alice begins anew").waitFor(turns);
  await page.locator("#inbox .body", { hasText: "The leap year program is done" }).nth(1).waitFor(turns);
});
