// Mail that is in trouble, on the dashboard in a browser: dead letters, and what must not get lost.
import assert from "node:assert/strict";
import { overflow, shoot, testsOf, violations } from "./browser.mjs";
import { problem } from "./host.mjs";

const dashboard = testsOf("/", ".msg");
const letters = (page) => page.locator("#dead .row");
const alive = (host) => host.messages.forEach((row) => row.state === "dead" && Object.assign(row, { state: "settled", died: undefined }));

for (const theme of ["dark", "light"])
  for (const width of [360, 1280, 1500])
    dashboard(`dead letters are counted in the bar and listed, ${theme}, ${width}`, {
      theme, width,
      prepare: (host) => {
        host.say("web", "gone", "Is anybody there? See /shared/web/report.md", { state: "dead", died: "purged" });
        host.say("operator", "tester", "Cut the release from main.", { state: "dead", died: "failed" });
      },
    }, async (page) => {
      assert.match(await page.locator(".waits").innerText(), /3\s*dead letters/);
      assert.equal(await letters(page).count(), 3);
      assert.match(await letters(page).first().innerText(), /you →\s*to\s*tester[\s\S]*Cut the release[\s\S]*Given up: five turns failed on it\.[\s\S]*requeue/);
      await shoot(page, `dead-${theme}-${width}`, { fullPage: true });
      assert.deepEqual(await violations(page), []);
      assert.equal(await overflow(page), 0);
    });

dashboard("messages that cannot be read are named where the others stand", {
  prepare: (host) => {
    host.unreadable = [{ id: "41", why: "kind should hold a number that this program knows" }];
  },
}, async (page) => {
  const words = "Rows that cannot be read are left out: 41 (kind should hold a number that this program knows).";
  for (const list of ["#flow", "#dead"]) await page.locator(list).getByText(words).waitFor();
  assert.deepEqual(await violations(page), []);
});

dashboard("while there are none, there is neither a section nor a count", { prepare: alive }, async (page, host) => {
  await page.waitForFunction(() => performance.getEntriesByName(`${location.origin}/api/call/broker.dead_letters`).length > 0);
  assert.equal(await page.locator("#dead").count(), 0);
  assert.doesNotMatch(await page.locator(".waits").innerText(), /dead/);
  host.die(host.say("scribe", "web", "five times in vain"));
  await letters(page).getByText("five times in vain").waitFor();
  assert.match(await page.locator(".waits").innerText(), /1\s*dead letter\b/);
  await page.locator(".waits").getByRole("link", { name: /dead letter/ }).click();
  await page.waitForFunction(() => document.activeElement?.id === "dead");
});

dashboard("one is queued again, and all but those of purged agents", {
  prepare: (host) => {
    for (let i = 0; i < 3; i++) host.say("web", "scribe", `letter ${i}`, { state: "dead", died: "failed" });
    host.say("web", "gone", "to nobody", { state: "dead", died: "purged" });
  },
}, async (page, host) => {
  await letters(page).nth(4).waitFor();
  assert.equal(await letters(page).filter({ hasText: "to nobody" }).getByRole("button").count(), 0);
  const one = host.messages.find(({ message }) => message.body === "letter 1").message.id;
  await letters(page).filter({ hasText: "letter 1" }).getByRole("button", { name: /^requeue/ }).click();
  await letters(page).filter({ hasText: "letter 1" }).waitFor({ state: "detached" });
  await page.locator("#flow .msg", { hasText: "letter 1" }).getByTitle("queued").waitFor();
  await page.locator("#dead").getByRole("button", { name: /^requeue all/ }).click();
  await page.locator(".toast").getByText("3 messages are queued again. 1 stays, because its recipient was purged.").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("#dead .row").length === 1);
  assert.equal(await page.locator("#dead").getByRole("button", { name: /^requeue all/ }).count(), 0);
  assert.deepEqual(host.posts, [{ path: "/api/call/broker.requeue", body: { id: one } }, { path: "/api/call/broker.requeue_all", body: {} }]);
});

dashboard("older ones are fetched on request, many that die together at once", {
  prepare: (host) => {
    for (let i = 0; i < 70; i++) host.say("web", "scribe", `old ${i}`, { state: "dead", died: "failed" });
  },
}, async (page, host) => {
  await letters(page).nth(49).waitFor();
  assert.match(await page.locator("#dead .count").innerText(), /71/);
  await page.locator("#dead").getByRole("button", { name: /^older/ }).click();
  await letters(page).nth(70).waitFor();
  const from = host.requests.length;
  for (let i = 0; i < 200; i++) host.die(host.say("web", "scribe", `new ${i}`));
  await letters(page).getByText("new 199", { exact: true }).waitFor();
  await page.locator("#dead .count").getByText("271", { exact: true }).waitFor();
  assert.ok(host.requests.slice(from).filter((one) => one.endsWith("broker.dead_letters")).length < 20);
});

dashboard("dead letters that cannot be had are named", {
  prepare: (host) => host.instead.set("/api/call/broker.dead_letters", (_, response) => problem(response, 503, "The broker is being started.")),
}, async (page, host) => {
  await page.locator("#dead").getByText("The broker is being started.").waitFor();
  host.instead.delete("/api/call/broker.dead_letters");
  await page.locator("#dead").getByRole("button", { name: /^try again/ }).click();
  await letters(page).getByText("You had no output").waitFor();
}, /503/);

const full = "the disk has 400 MiB free of 20000, and agents may send while 5 % and 512 MiB are free";
dashboard("a disk that has no room for the mail of agents is said, as long as that holds", { width: 360, prepare: (host) => (host.trouble = full) }, async (page, host) => {
  await page.locator("#flow .chip", { hasText: `agents cannot send: ${full}` }).waitFor();
  await shoot(page, "space-360", { fullPage: true });
  assert.equal(await overflow(page), 0);
  assert.deepEqual(await violations(page), []);
  host.publish("broker.space", {});
  await page.locator("#flow .chip").waitFor({ state: "detached" });
  host.publish("broker.space", { trouble: full });
  await page.locator("#flow .chip").waitFor();
});

dashboard("what the operator sent pushes nothing that came out of the inbox", {
  prepare: (host) => {
    host.say("scribe", "operator", "the one that must not get lost");
    for (let i = 0; i < 60; i++) host.say("operator", "manager", `sent ${i}`);
  },
}, async (page) => {
  await page.locator("#inbox").getByText("the one that must not get lost").waitFor();
  assert.equal(await page.locator("#inbox").getByText("sent 5").count(), 0);
});
