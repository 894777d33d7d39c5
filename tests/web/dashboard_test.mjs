// The dashboard in a browser, against a host of the tests: its frame and the containers.
import assert from "node:assert/strict";
import { live, overflow, shoot, testsOf, violations } from "./browser.mjs";
import { problem } from "./host.mjs";

const dashboard = testsOf("/", ".panel");
const row = (page, name) => page.locator(`#c-${name}`);
const text = (locator) => locator.innerText();

for (const theme of ["dark", "light"])
  for (const width of [1280, 360])
    dashboard(`no violation, nothing wider than ${width}, ${theme}`, { theme, width }, async (page) => {
      await page.locator("#m-8811, .msg").first().waitFor();
      await page.locator("#c-manager .disc").first().click({ force: width === 360 }).catch(() => undefined);
      assert.equal(await page.locator("html").getAttribute("data-theme"), theme);
      await shoot(page, `dashboard-${theme}-${width}`, { fullPage: true });
      assert.deepEqual(await violations(page), []);
      assert.equal(await overflow(page), 0);
    });

dashboard("sections stand beside each other on a wide screen", { width: 2560, height: 1300, theme: "light" }, async (page) => {
  await page.locator(".msg").first().waitFor();
  const [swarm, messages] = [await page.locator("#containers").boundingBox(), await page.locator("#flow").boundingBox()];
  assert.ok(messages.x >= swarm.x + swarm.width);
  await shoot(page, "dashboard-light-2560");
});

dashboard("every state of a container has its words", {}, async (page, host) => {
  for (const [name, words] of [["manager", "thinking"], ["builder", "rebuilding…"], ["indexer", "rate-limited"], ["scout", "needs login"], ["scribe", "needs update"], ["tester", "down"], ["web", "stopped"]])
    assert.ok((await text(row(page, name))).includes(words), `${name}: ${words}`);
  assert.match(await text(row(page, "tester")), /Exit 137/);
  host.container("scribe", { status: "retrying", reason: "the CLI's files cannot be written: No space left on device" });
  await row(page, "scribe").getByText("retrying").waitFor();
  assert.match(await text(row(page, "scribe")), /No space left on device/);
  assert.equal(await page.title(), "(6) hive-c0re");
  assert.equal(await row(page, "manager").getByRole("button", { name: /Destroy/ }).count(), 0);
});

dashboard("an action is sent with the token, shows as pending, and its event ends it", {}, async (page, host) => {
  await row(page, "web").getByRole("button", { name: "Start web" }).click();
  await row(page, "web").getByText("starting…").waitFor();
  assert.equal(host.posts[0].path, "/start/web");
  assert.equal(await row(page, "web").getByRole("button", { name: /Start web/ }).getAttribute("aria-disabled"), "true");
  host.finish("web", { state: "running", desired: "running", status: "idle" });
  await row(page, "web").getByRole("button", { name: "Stop web" }).waitFor();
  assert.match(await text(row(page, "web")), /idle/);
});

dashboard("the manager is marked as such whatever is done to it", {}, async (page) => {
  await row(page, "manager").getByRole("button", { name: "Restart manager" }).click();
  await row(page, "manager").getByText("restarting…").waitFor();
  await row(page, "manager").locator(".chip", { hasText: "manager" }).waitFor();
});

dashboard("a failed action says why, on the row", {}, async (page, host) => {
  await row(page, "web").getByRole("button", { name: "Start web" }).click();
  await row(page, "web").getByText("starting…").waitFor();
  host.finish("web", { state: "stopped" }, "bwrap: no such file; install bubblewrap");
  await row(page, "web").getByText("install bubblewrap").waitFor();
});

dashboard("what the host refuses is told", {}, async (page, host) => {
  host.instead.set("/start/web", (_, response) => problem(response, 409, "web is already rebuilding; wait until that has ended."));
  await row(page, "web").getByRole("button", { name: "Start web" }).click();
  await page.locator(".toast.is-bad").getByText("already rebuilding").waitFor();
}, /409/);

dashboard("purge wants the name typed, destroy does not, Esc gives the focus back", {}, async (page, host) => {
  const button = row(page, "scribe").getByRole("button", { name: /Purge scribe/ });
  await button.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await shoot(page, "purge-1280");
  assert.deepEqual(await violations(page), []);
  const go = dialog.getByRole("button", { name: /Purge scribe, for good/ });
  await go.click({ force: true });
  assert.equal(host.posts.length, 0);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.ok(await button.evaluate((one) => one === document.activeElement));
  await page.keyboard.press("Enter");
  await dialog.getByRole("textbox").fill("scribe");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(host.posts, [{ path: "/destroy/scribe", body: { purge: true } }]);
  host.finish("scribe", undefined);
  await row(page, "scribe").waitFor({ state: "detached" });
  await row(page, "web").getByRole("button", { name: /Destroy web/ }).click();
  await dialog.getByText("goes on with them until you purge them").waitFor();
  await dialog.getByRole("button", { name: "Destroy web" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(host.posts[1], { path: "/destroy/web", body: { purge: false } });
});

dashboard("what is kept of destroyed agents can be purged, by its name", {}, async (page, host) => {
  const kept = page.locator("#kept");
  await kept.getByText("destroyed 12 d ago").waitFor();
  host.publish("lifecycle.tombstone_changed", { name: "proto", destroyed_at: new Date().toISOString() });
  await kept.locator("#kept-proto").waitFor();
  await kept.getByRole("button", { name: "Purge what is kept of oracle" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("oracle");
  await page.keyboard.press("Enter");
  await kept.locator("#kept-oracle").waitFor({ state: "detached" });
  assert.deepEqual(host.posts, [{ path: "/purge-tombstone/oracle", body: {} }]);
});

dashboard("logs and configuration are fetched when opened and stay open over updates", {}, async (page, host) => {
  await row(page, "manager").getByRole("button", { name: /^logs/ }).click();
  await page.locator("#manager-logs .ll").first().waitFor();
  const lines = await text(page.locator("#manager-logs .term-scroll"));
  assert.match(lines, /warning: same tool call/);
  assert.match(lines, /<b>not bold<\/b>/);
  await row(page, "manager").getByRole("button", { name: /^config/ }).click();
  await page.locator("#manager-config").getByText('model = "sonnet"').waitFor();
  host.container("manager", { status: "idle" });
  await row(page, "manager").getByText("idle").waitFor();
  assert.equal(await page.locator("#manager-logs .ll").count(), 4);
  assert.ok(await page.locator("#manager-config").isVisible());
  await shoot(page, "details-1280");
});

const logs = (page, name) => page.locator(`#${name}-logs`);
const openLogs = async (page, name) => {
  const more = row(page, name).getByRole("button", { name: /^more/ });
  if (await more.isVisible()) await more.click();
  await row(page, name).getByRole("button", { name: /^logs/ }).click();
  await logs(page, name).locator(".ll").first().waitFor();
};
const numbered = (what, count) => Array.from({ length: count }, (_, i) => `${what} ${i}`);

for (const width of [1280, 360])
  dashboard(`a log is followed at its end, and left alone where it is read, ${width}`, { width }, async (page, host) => {
    await openLogs(page, "manager");
    const scroll = logs(page, "manager").locator(".term-scroll");
    const gap = () => scroll.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
    host.writes(...numbered("line", 60), "<script>window.pwned = 4</script>");
    await scroll.getByText("window.pwned = 4").waitFor();
    assert.ok((await gap()) < 2);
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    await scroll.focus();
    await page.keyboard.press("Home");
    await logs(page, "manager").getByRole("button", { name: /paused, go on/ }).waitFor();
    await page.waitForFunction(() => document.querySelector("#manager-logs .term-scroll").scrollTop === 0);
    host.writes("said meanwhile");
    host.container("manager", { status: "idle" });
    await row(page, "manager").getByText("idle").waitFor();
    assert.deepEqual([await scroll.evaluate((one) => one.scrollTop), await scroll.locator(".ll").count()], [0, 65]);
    await shoot(page, `log-paused-${width}`);
    assert.deepEqual(await violations(page), []);
    assert.equal(await overflow(page), 0);
    await page.keyboard.press("End");
    await scroll.getByText("said meanwhile").waitFor();
    host.writes("followed again");
    await scroll.getByText("followed again").waitFor();
    assert.ok((await gap()) < 2);
    await shoot(page, `log-followed-${width}`);
  });

dashboard("a flood in a log leaves its newest lines", {}, async (page, host) => {
  await openLogs(page, "manager");
  for (let i = 0; i < 4; i++) host.writes(...numbered(`flood ${i}`, 1_000));
  await logs(page, "manager").getByText("flood 3 999", { exact: true }).waitFor();
  assert.equal(await logs(page, "manager").locator(".ll").count(), 1_000);
});

dashboard("nobody waits for a log that is closed, not followed, or out of reach", {}, async (page, host) => {
  const waiting = async (count) => {
    for (let i = 0; host.followers.size !== count && i < 400; i++) await page.waitForTimeout(50);
    assert.equal(host.followers.size, count);
  };
  await openLogs(page, "manager");
  await waiting(1);
  await row(page, "manager").getByRole("button", { name: /^logs/ }).click();
  await waiting(0);
  for (const name of ["manager", "scribe", "builder"]) await openLogs(page, name);
  await waiting(2);
  const follow = logs(page, "manager").getByRole("checkbox", { name: "follow the log of manager" });
  assert.equal(await follow.isChecked(), false, "it made room");
  await follow.focus();
  await page.keyboard.press("Space");
  await logs(page, "scribe").getByRole("checkbox", { checked: false }).waitFor();
  await waiting(2);
  host.instead.set("/dashboard/stream", (request, response) => response.destroy());
  host.dropStreams();
  await page.locator(".conn").getByText("offline").waitFor();
  await waiting(0);
  host.writes("written meanwhile");
  host.instead.delete("/dashboard/stream");
  await page.getByRole("button", { name: "try now" }).click();
  await logs(page, "manager").getByText("written meanwhile").waitFor();
  await waiting(2);
}, /ERR_|Failed to load/);

dashboard("a log that cannot be followed says why, and is followed again on request", {}, async (page, host) => {
  host.instead.set("/api/call/journal.follow", (_, response) => problem(response, 404, "There is no container manager."));
  await openLogs(page, "manager");
  await logs(page, "manager").getByRole("alert").getByText("There is no container manager.").waitFor();
  const follow = logs(page, "manager").getByRole("checkbox", { checked: false });
  await follow.waitFor();
  host.instead.delete("/api/call/journal.follow");
  await follow.click();
  await logs(page, "manager").getByRole("alert").waitFor({ state: "detached" });
  host.writes("there again");
  await logs(page, "manager").getByText("there again").waitFor();
}, /404/);

dashboard("typing is disturbed by nothing", {}, async (page, host) => {
  const field = page.locator("#compose");
  await field.fill("half a sent");
  await field.evaluate((one) => one.setSelectionRange(4, 6));
  const top = () => page.evaluate(() => document.querySelector("#compose").getBoundingClientRect().top);
  const before = await top();
  for (let i = 0; i < 30; i++) {
    host.say("web", "manager", `news ${i}`);
    host.container("scribe", { status: i % 2 ? "idle" : "thinking" });
  }
  await page.locator(".msg").getByText("news 29").waitFor();
  host.restart();
  host.say("web", "manager", "after the restart");
  await page.locator(".msg").getByText("after the restart").waitFor();
  assert.deepEqual(
    await field.evaluate((one) => [one.value, one.selectionStart, one.selectionEnd, one === document.activeElement]),
    ["half a sent", 4, 6, true],
  );
  assert.equal(await top(), before);
}, /ERR_|Failed to load/);

dashboard("a lost connection is shown, stops what acts, and nothing is missed", {}, async (page, host) => {
  host.instead.set("/dashboard/stream", (request, response) => response.destroy());
  host.dropStreams();
  await page.locator(".conn").getByText("offline").waitFor();
  await page.locator("#compose").scrollIntoViewIfNeeded();
  const banner = await page.locator(".banner").boundingBox();
  assert.ok(banner.y >= 0, "what is wrong stays in sight");
  await shoot(page, "offline-1280");
  assert.deepEqual(await violations(page), []);
  await row(page, "web").getByRole("button", { name: "Start web" }).click();
  host.say("web", "manager", "said meanwhile");
  host.instead.delete("/dashboard/stream");
  await page.getByRole("button", { name: "try now" }).click();
  await page.locator(".msg").getByText("said meanwhile").waitFor();
  await live(page);
  assert.deepEqual(host.posts, []);
}, /ERR_|Failed to load/);

dashboard("a session that ended says how to get another", {}, async (page, host) => {
  host.signedOut = true;
  host.dropStreams();
  await page.getByText("hive-c0re open").first().waitFor();
}, /401/);

dashboard("a state that cannot be had is named, and tried again", {
  live: false,
  prepare: (host) => host.instead.set("/api/state", (_, response) => problem(response, 503, "the broker is being started")),
}, async (page, host) => {
  await page.getByText("the broker is being started. It is tried again").waitFor();
  host.instead.delete("/api/state");
  await page.getByRole("button", { name: "try now" }).click();
  await row(page, "manager").waitFor();
}, /503/);

dashboard("without messages and containers the page says what comes", {
  prepare: (host) => {
    host.containers = [];
    host.messages = [];
    host.tombstones = [];
  },
}, async (page) => {
  await page.getByText("No containers.").waitFor();
  await page.getByText("No messages yet.").waitFor();
  await page.getByText("Nothing new.").waitFor();
  await page.getByText("Nothing kept.").waitFor();
  await shoot(page, "empty-1280");
  assert.deepEqual(await violations(page), []);
});

dashboard("a plugin that is not loaded leaves nothing; one that fails is named", {
  prepare: (host) => {
    host.plugins = ["lifecycle"];
    host.sourceErrors = [{ source: "broker", detail: "the database is locked" }];
  },
}, async (page) => {
  await row(page, "manager").waitFor();
  assert.equal(await page.locator("#flow, #inbox, .group-messages").count(), 0);
  await page.locator(".sources").getByText("the database is locked").waitFor();
});

dashboard("folded sections stay folded", {}, async (page) => {
  await page.getByRole("button", { name: "Containers" }).click();
  await row(page, "manager").waitFor({ state: "hidden" });
  await page.reload();
  await live(page);
  await page.locator(".msg").first().waitFor();
  assert.ok(await row(page, "manager").isHidden());
  await page.getByRole("link", { name: /running/ }).click();
  await row(page, "manager").waitFor();
  await page.evaluate(() => localStorage.clear());
});

dashboard("the palette does everything by keyboard", {}, async (page, host) => {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type("reb scri");
  await shoot(page, "palette-1280");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Enter");
  await row(page, "scribe").getByText("rebuilding…").waitFor();
  assert.deepEqual(host.posts[0], { path: "/api/call/lifecycle.rebuild", body: { name: "scribe" } });
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type("reb scri");
  assert.match(await text(page.getByRole("option").first()), /already rebuilding/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.getByRole("combobox").waitFor({ state: "detached" });
  assert.equal(host.posts.length, 1);
  // The focus may still be on its way back from the palette.
  const keys = page.getByRole("heading", { name: "Keys" });
  for (let i = 0; i < 20 && !(await keys.isVisible()); ++i) {
    await page.keyboard.press("?");
    await page.waitForTimeout(100);
  }
  await keys.waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await page.waitForFunction(() => document.activeElement?.id === "inbox");
});

dashboard("everything that can be pressed is reached by Tab, in the order of the page", {}, async (page) => {
  await page.locator(".msg").first().waitFor();
  const wanted = await page.evaluate(() => [...document.querySelectorAll("a[href], button, input, select, textarea")]
    .filter((one) => one.checkVisibility()).length);
  const seen = await page.evaluate(() => { document.body.focus(); return []; });
  for (let i = 0; i < wanted + 40; i++) {
    await page.keyboard.press("Tab");
    const id = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return undefined;
      window.tabbed ??= new Set();
      if (window.tabbed.has(one)) return undefined;
      window.tabbed.add(one);
      return one.matches("a[href], button, input, select, textarea");
    });
    if (id === undefined) break;
    if (id) seen.push(id);
  }
  assert.ok(seen.length >= wanted, `${seen.length} of ${wanted}`);
});

dashboard("the theme goes from system to light to dark and is kept in a cookie", {}, async (page) => {
  const button = page.getByRole("button", { name: /^Theme/ });
  await button.click();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
  await button.click();
  await page.reload();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
});

dashboard("two pages share one stream", {}, async (page, host, browser) => {
  const second = await browser.context.newPage();
  await second.goto(`${host.origin}/agent/manager/`);
  await live(second);
  await second.locator(".ev").first().waitFor();
  assert.equal(host.streams.size, 1);
  host.say("web", "manager", "to both pages");
  await page.locator(".msg").getByText("to both pages").waitFor();
  await second.locator("#inbox").getByText("to both pages").waitFor();
  await second.close();
});
