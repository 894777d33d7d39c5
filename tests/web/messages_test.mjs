// Inbox and message flow of the dashboard in a browser, against a host of the tests.
import assert from "node:assert/strict";
import { live, overflow, shoot, testsOf } from "./browser.mjs";
import { json, problem } from "./host.mjs";

const dashboard = testsOf("/", ".msg, #flow .empty, #flow .ink-bad");
const text = (locator) => locator.innerText();
/** A message that was posted, without the key that each has. */
const sent = ({ path, body: { key, ...body } }) => {
  assert.match(key, /^[0-9a-f]{32}$/);
  return { path, body };
};

dashboard("messages: the operator writes, picks who with @, and the choice stays", {}, async (page, host) => {
  await page.keyboard.press("/");
  await page.keyboard.type("@scr");
  await page.getByRole("listbox", { name: "Recipients" }).waitFor();
  await shoot(page, "compose-1280");
  await page.keyboard.press("Tab");
  await page.keyboard.type("hello scribe");
  await page.keyboard.press("Enter");
  await page.locator(".msg").getByText("hello scribe").waitFor();
  assert.deepEqual(sent(host.posts[0]), { path: "/op-send", body: { to: "scribe", body: "hello scribe" } });
  assert.equal(await page.locator("#compose").inputValue(), "");
  assert.match(await text(page.locator(".compose .to")), /@scribe/);
  await page.reload();
  await live(page);
  assert.match(await text(page.locator(".compose .to")), /@scribe/);
  await page.evaluate(() => localStorage.clear());
});

dashboard("a message that is refused stays where it was typed", {}, async (page) => {
  await page.locator("#compose").fill("x".repeat(1100));
  await page.keyboard.press("Enter");
  await page.locator(".compose .field-error").getByText("1024").waitFor();
  assert.equal((await page.locator("#compose").inputValue()).length, 1100);
  await page.locator("#compose").fill("");
  await page.locator(".compose .field-error").waitFor({ state: "detached" });
}, /413/);

dashboard("the counter goes by what the host allows, also after the host came back with another limit", {
  prepare: (host) => (host.bodyBytes = 2000),
}, async (page, host) => {
  const counter = page.locator(".compose .bytes");
  await page.locator("#compose").fill("é".repeat(1000));
  await counter.getByText("2,000 / 2,000", { exact: true }).waitFor();
  assert.doesNotMatch(await counter.getAttribute("class"), /ink-bad/);
  await page.locator("#compose").press("a");
  await page.locator(".compose .bytes.ink-bad").getByText("2,001 / 2,000", { exact: true }).waitFor();
  host.bodyBytes = 65536;
  host.restart();
  await counter.getByText("2,001 / 65,536", { exact: true }).waitFor();
  assert.doesNotMatch(await counter.getAttribute("class"), /ink-bad/);
}, /ERR_|Failed to load/);

dashboard("a message whose answer was lost stays, and is sent again as the same one", {}, async (page, host) => {
  host.losesAnswers = true;
  await page.locator("#compose").fill("only once");
  await page.keyboard.press("Enter");
  await page.locator(".compose .field-error").getByText("send it again").waitFor();
  assert.equal(await page.locator("#compose").inputValue(), "only once");
  await shoot(page, "send-again-1280");
  host.losesAnswers = false;
  await page.locator("#compose").press("Enter");
  await page.waitForFunction(() => document.querySelector("#compose").value === "");
  await page.locator(".compose .field-error").waitFor({ state: "detached" });
  assert.ok(host.posts.length > 1);
  assert.equal(host.messages.filter(({ message }) => message.body === "only once").length, 1);
  await page.locator("#compose").fill("only once");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#compose").value === "");
  assert.equal(host.messages.filter(({ message }) => message.body === "only once").length, 2);
}, /ERR_|Failed to load/);

dashboard("reply fills recipient and reference; done counts down", {}, async (page, host) => {
  const inbox = page.locator("#inbox");
  await inbox.getByText("4 new").waitFor();
  await inbox.getByRole("button", { name: "reply to manager" }).click();
  await inbox.getByText("3 new").waitFor();
  await page.keyboard.type("thanks");
  await page.keyboard.press("Enter");
  await page.locator(".msg").getByText("thanks").waitFor();
  const answered = host.messages.findLast((one) => one.message.from === "manager" && one.message.to === "operator");
  assert.deepEqual(sent(host.posts[0]).body, { to: "manager", body: "thanks", in_reply_to: answered.message.id });
  await inbox.getByRole("button", { name: /^all done/ }).click();
  assert.equal(await inbox.locator(".count").count(), 0);
  host.say("scribe", "operator", "one more");
  await inbox.getByText("1 new").waitFor();
  await page.evaluate(() => localStorage.clear());
});

dashboard("a path opens its file below, harmless", {}, async (page) => {
  await page.locator(".msg").getByRole("button", { name: "/shared/manual-summary.md" }).click();
  await page.locator(".preview").getByText("Install: done").waitFor();
  await shoot(page, "preview-1280");
  await page.locator(".preview").getByRole("button", { name: /close/ }).click();
  await page.locator("#inbox").getByRole("button", { name: "/agents/scribe/state/manual.md" }).click();
  await page.locator(".preview").getByText("it may have been moved").waitFor();
  assert.equal(await page.evaluate(() => window.pwned), undefined);
}, /404/);

dashboard("a path of any script, and a file of any name, is asked for as it was written", {}, async (page, host) => {
  const asked = [];
  host.instead.set("/api/state-file", (_, response, url) => {
    asked.push(url.searchParams.get("path"));
    problem(response, 404, "It is not there.");
  });
  const paths = ["/shared/a2/résumé.md", "/shared/a2/re\u0301sume\u0301.md", "/shared/报告/第一章.md", "/shared/تقرير/ملف.txt", "/shared/🐝.md"];
  host.say("web", "manager", `Look at ${paths.join("，")}。`);
  const row = page.locator(".msg", { hasText: "Look at" });
  for (const path of paths) await row.getByRole("button", { name: path, exact: true }).click();
  await row.getByText("It is not there.").waitFor();
  host.say("web", "manager", "Here.", { file: "/shared/a2/my notes (2).md" });
  await page.locator(".msg", { hasText: "Here." }).getByRole("button", { name: "/shared/a2/my notes (2).md", exact: true }).click();
  for (let i = 0; i < 400 && asked.length <= paths.length; i++) await page.waitForTimeout(50);
  assert.deepEqual(asked, [...paths, "/shared/a2/my notes (2).md"]);
  await shoot(page, "paths-1280");
}, /404/);

dashboard("hostile text is text", {}, async (page, host) => {
  host.say("scout", "operator", `${"\u202e"}${"<b>x</b>".repeat(10)}\u0000 ${"y".repeat(1 << 20)}`);
  await page.getByRole("button", { name: /show all, 1.0 MB/ }).first().waitFor();
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator(".msg b").getByText("x", { exact: true }).count(), 0);
  assert.ok((await text(page.locator("#inbox"))).includes("⟨U+202E⟩"));
  await page.locator("#inbox").getByRole("button", { name: /show all/ }).click();
  assert.equal(await overflow(page), 0);
});

dashboard("the flow follows its end only for who is there", {}, async (page, host) => {
  for (let i = 0; i < 60; i++) host.say("web", "manager", `line ${i}`);
  await page.locator(".msg").getByText("line 59", { exact: true }).waitFor();
  const scroll = page.locator("#flow .term-scroll");
  const gap = () => scroll.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
  assert.ok((await gap()) < 2);
  await scroll.evaluate((one) => (one.scrollTop = 100));
  await page.waitForFunction(() => document.querySelector("#flow .term-scroll").scrollTop === 100);
  for (let i = 0; i < 3; i++) host.say("web", "manager", `below ${i}`);
  await page.getByRole("button", { name: /3 new/ }).waitFor();
  assert.equal(await scroll.evaluate((one) => one.scrollTop), 100);
  await page.getByRole("button", { name: /3 new/ }).click();
  assert.ok((await gap()) < 2);
});

dashboard("older messages are paged in above what is read, without a jump", {
  prepare: (host) => {
    for (let i = 0; i < 120; i++) host.say("web", "manager", `old ${i}`);
  },
}, async (page) => {
  await page.locator(".msg").getByText("old 119").waitFor();
  assert.equal(await page.locator(".msg").count(), 50);
  const first = page.locator(".msg").first();
  const id = await first.getAttribute("id");
  await first.evaluate((one) => (one.wasRead = true));
  await page.locator("#flow").getByRole("button", { name: /^older/ }).click();
  await page.waitForFunction(() => document.querySelectorAll(".msg").length === 100);
  assert.ok(await page.locator(`#${id}`).evaluate((one) => one.wasRead), "its elements stay the same");
  const { y } = await page.locator(`#${id}`).boundingBox();
  const box = await page.locator("#flow .term-scroll").boundingBox();
  assert.ok(y >= box.y && y < box.y + 120, `${y} in ${box.y}`);
});

dashboard("10,000 messages are taken in", {}, async (page, host) => {
  for (let i = 0; i < 10_000; i++) host.say("web", "manager", `many ${i}`);
  await page.locator(".msg").getByText("many 9999").waitFor();
  assert.ok((await page.locator(".msg").count()) <= 400);
  await page.locator("#compose").fill("still there");
});

dashboard("answers that are not JSON are named", {
  prepare: (host) => host.instead.set("/dashboard/history", (_, response) => response.end("<html>")),
}, async (page, host) => {
  await page.getByText("is not JSON").waitFor();
  host.instead.set("/dashboard/history", (_, response) => json(response, { messages: [] }));
  await page.getByRole("button", { name: /try again/ }).click();
  await page.getByText("No messages yet.").waitFor();
});
