// What is typed on the pages, in a browser: by an input method, with indents; nothing is sent but on purpose.
import assert from "node:assert/strict";
import { testsOf } from "./browser.mjs";

const dashboard = testsOf("/", ".msg");
const agent = testsOf("/agent/manager/", ".turn-mark");

/**
 * Types with an input method: the field with the focus shows `text` as a composition, and a key of the input
 * method ends it. Chromium says the key before the composition has ended, Safari afterwards.
 */
async function compose(page, text, key, order) {
  const client = await page.context().newCDPSession(page);
  await client.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  const end = () => client.send("Input.insertText", { text });
  const press = () => client.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key, code: key, windowsVirtualKeyCode: 229 });
  await (order === "Safari" ? end().then(press) : press().then(end));
  await client.send("Input.dispatchKeyEvent", { type: "keyUp", key, code: key, windowsVirtualKeyCode: 13 });
  await client.detach();
}

/** Lets the page do what it was asked for a moment ago: it answers once that is done. */
const settle = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));

for (const order of ["Chromium", "Safari"]) {
  dashboard(`a key of an input method sends no message and picks no recipient, ${order}`, {}, async (page, host) => {
    const field = page.locator("#compose");
    await field.focus();
    await compose(page, "こんにちは", "Enter", order);
    await settle(page);
    assert.equal(await field.inputValue(), "こんにちは");
    await field.fill("@scr");
    await page.getByRole("listbox", { name: "Recipients" }).waitFor();
    await compose(page, "x", "Enter", order);
    await compose(page, "x", "Escape", order);
    await settle(page);
    assert.equal(await field.inputValue(), "@scrxx");
    assert.deepEqual(host.posts, []);
    await field.fill("日本語");
    await field.press("Enter");
    await page.locator(".msg").getByText("日本語").waitFor();
  });

  dashboard(`a key of an input method runs nothing in the palette and ends no dialog, ${order}`, {}, async (page, host) => {
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("combobox");
    await palette.fill("rebuild scri");
    await compose(page, "be", "Enter", order);
    await settle(page);
    assert.equal(await palette.inputValue(), "rebuild scribe");
    await page.keyboard.press("Escape");
    await palette.waitFor({ state: "detached" });
    await page.locator("#c-scribe").getByRole("button", { name: /Purge scribe/ }).click();
    const name = page.getByRole("dialog").getByRole("textbox");
    await name.fill("scri");
    await compose(page, "be", "Enter", order);
    await settle(page);
    assert.equal(await name.inputValue(), "scribe");
    assert.deepEqual(host.posts, []);
    await name.press("Enter");
    await name.waitFor({ state: "detached" });
    assert.equal(host.posts.length, 1);
  });

  agent(`a key of an input method sends nothing to an agent, ${order}`, {}, async (page, host) => {
    const field = page.locator("#prompt");
    await field.focus();
    await compose(page, "안녕하세요", "Enter", order);
    await settle(page);
    assert.equal(await field.inputValue(), "안녕하세요");
    await field.fill("/comp");
    await page.getByRole("listbox", { name: "Commands" }).waitFor();
    await compose(page, "a", "Enter", order);
    await settle(page);
    assert.equal(await field.inputValue(), "/compa");
    assert.deepEqual(host.posts, []);
  });
}

const typed = "    if (x) {\n\ty\n    }\n";

dashboard("what is typed is what is sent, indents and line ends too", {}, async (page, host) => {
  await page.locator("#compose").fill(typed);
  await page.locator("#compose").press("Enter");
  await page.waitForFunction(() => document.querySelector("#compose").value === "");
  assert.equal(host.posts[0].body.body, typed);
  await page.locator("#compose").fill(" \n\t");
  await page.locator("#compose").press("Enter");
  await settle(page);
  assert.equal(host.posts.length, 1, "what is blank is nothing");
});

agent("what is typed is what an agent gets, and a slash after a space is no command", {}, async (page, host) => {
  for (const text of [typed, " /etc/hosts is wrong"]) {
    await page.locator("#prompt").fill(text);
    await page.locator("#prompt").press("Enter");
    await page.waitForFunction(() => document.querySelector("#prompt").value === "");
    assert.equal(host.posts.at(-1).body.text, text);
  }
});
