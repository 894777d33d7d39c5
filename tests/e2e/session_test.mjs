// Getting in and out, with the host that is shipped.
import assert from "node:assert/strict";
import { live, overflow, shoot, violations } from "../web/browser.mjs";
import { forget, ready, signIn, testsOf } from "./browser.mjs";

const check = testsOf({});

check("without a session the page says how to get one", { as: "nobody" }, async (page) => {
  for (const colorScheme of ["dark", "light"])
    for (const width of [1280, 360]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.getByText("hive-c0re open").waitFor();
      await shoot(page, `e2e-nobody-${colorScheme}-${width}`);
      assert.deepEqual(await violations(page), []);
      assert.equal(await overflow(page), 0);
    }
  await page.goto(new URL("/agent/manager/", page.url()).href);
  await page.getByText("You are not signed in.").waitFor();
  assert.equal(await page.locator("#prompt").count(), 0);
});

check("a one-time address opens the page once", { as: "nobody" }, async (page, hive, { context }) => {
  const { url, phrase } = await hive.call("http.open");
  await page.goto(url);
  await page.getByText(phrase).waitFor();
  assert.equal(new URL(page.url()).hash, "");
  await shoot(page, "e2e-welcome-1280");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await live(page);
  await page.locator("#c-manager").waitFor();
  assert.deepEqual(await context.cookies(), []);
  await page.goto("about:blank");
  await forget(page, new URL(url).origin);
  await page.goto(url);
  await page.getByText("used already").waitFor();
  await shoot(page, "e2e-used-1280");
  assert.deepEqual(await violations(page), []);
  await page.goto(new URL("/", url).href);
  await page.getByText("You are not signed in.").waitFor();
}, /401/);

check("signing out ends the session in every tab, and what was typed stays", {}, async (page, hive, { context }) => {
  const other = await context.newPage();
  await other.goto(page.url());
  await live(other);
  await other.locator("#compose").fill("half a sent");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("sign out");
  await page.keyboard.press("Enter");
  await page.getByText("You are not signed in.").waitFor();
  await other.getByText("The session has ended.").waitFor();
  assert.equal(await other.locator("#compose").inputValue(), "half a sent");
  assert.deepEqual(await violations(other), []);
  await shoot(other, "e2e-signed-out-1280");
  await signIn(page, hive);
  await ready(other);
  await other.locator("#compose").press("Enter");
  await other.locator("#flow .msg").getByText("half a sent").waitFor();
  await other.close();
}, /401/);
