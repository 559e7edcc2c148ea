// The UI as a person meets it: the real server, a real browser, demo data and hostile data.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeViolations, launch, openPage, settled } from "./browser.mjs";
import { generateDemo, getJson, postJson, startHawkeye, until } from "./hawkeye.mjs";

const THEMES = ["dark", "light"];
const LIVE_LIMIT_MS = 2000;
const HOSTILE = '/x/<img src=x onerror="alert(1)">/{id}';
const HOSTILE_SERVICE = "<script>alert(2)</script>";

const PROBLEM = JSON.stringify({
  type: "about:blank",
  title: "No",
  status: 400,
  detail: "the disk is on fire",
  code: "internal",
});

let hawkeye;
let browser;
let endpointId;

const url = (path) => hawkeye.base + path;
const live = (page) => page.waitForSelector('[data-live="live"]', { state: "attached" });

function requestAt(overrides = {}) {
  return {
    timestamp: new Date().toISOString(),
    duration_ms: 42,
    service: "checkout",
    method: "GET",
    route: "/basket/{id}",
    status: 200,
    provider: "aws",
    environment: "production",
    region: "eu-west-1",
    ...overrides,
  };
}

async function noComplaints(page) {
  assert.deepEqual(await page.complaints(), []);
}

before(async () => {
  hawkeye = await startHawkeye();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await hawkeye?.stop();
});

describe("an empty store", () => {
  for (const theme of THEMES) {
    test(`shows three ways to begin (${theme})`, async () => {
      const page = await openPage(browser, url("/"), { theme });
      await page.waitForSelector("text=No requests yet");
      assert.match(await page.textContent("pre"), /curl -X POST http:\/\/127\.0\.0\.1/);
      assert.deepEqual(await axeViolations(page), []);
      await noComplaints(page);
      await page.end();
    });
  }
});

describe("with demo data", () => {
  before(async () => {
    await generateDemo(hawkeye.base);
    const list = await getJson(hawkeye.base, "/endpoints?limit=1&sort=-requests");
    endpointId = list.items[0].id;
  });

  const routes = () => [
    "/",
    "/endpoints",
    `/endpoints/${endpointId}`,
    `/endpoints/${endpointId}?tab=compare`,
    `/endpoints/${endpointId}?tab=samples`,
    "/environments",
    "/live",
    "/nowhere",
  ];

  for (const theme of THEMES) {
    test(`every page loads without a complaint and passes axe (${theme})`, async () => {
      for (const path of routes()) {
        const page = await openPage(browser, url(path), { theme });
        if (path === "/live") await page.waitForSelector('[role="log"] button');
        else if (path !== "/nowhere") await live(page);
        assert.deepEqual(await axeViolations(page), [], path);
        assert.deepEqual(await page.complaints(), [], path);
        await page.end();
      }
    });

    test(`open dialogs and popups pass axe (${theme})`, async () => {
      const page = await openPage(browser, url("/"), { theme });
      for (const [opened, open] of [
        ["#time-typed", () => page.keyboard.press("t")],
        ['[role="option"]', () => page.click('button[aria-label^="Environments:"]')],
        ['[role="option"]', () => page.click('button[aria-label^="Endpoints:"]')],
        ['[role="listbox"]', () => page.keyboard.press("Control+k")],
        ['[role="switch"]', () => page.keyboard.press("?")],
        ['[role="dialog"]', () => page.click("text=Remove demo data")],
      ]) {
        await open();
        await page.waitForSelector(opened);
        assert.deepEqual(await axeViolations(page), [], opened);
        await page.keyboard.press("Escape");
        await page.waitForSelector(opened, { state: "detached" });
      }
      await noComplaints(page);
      await page.end();
    });
  }

  test("a narrow screen scrolls down only, and the drawer navigates", async () => {
    for (const path of routes()) {
      const page = await openPage(browser, url(path), { width: 390, height: 844 });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0, path);
      await page.end();
    }
    const page = await openPage(browser, url("/"), { width: 390, height: 844 });
    await page.click('button[aria-label="Open navigation"]');
    await page.click('[role="dialog"] >> text=Environments');
    await page.waitForURL("**/environments");
    await page.waitForSelector('h1:has-text("Environments")');
    assert.deepEqual(await axeViolations(page), []);
    await noComplaints(page);
    await page.end();
  });

  test("a link gives the same view after a reload and to somebody else", async () => {
    const link = url("/endpoints?from=now-3h&tz=UTC&env=aws&cmp=7d&live=0&sort=-p95_ms");
    const read = async (page) => ({
      url: page.url(),
      time: await page.textContent("[data-time]"),
      sorted: await page.textContent('[aria-sort="descending"]'),
      scope: await page.textContent('[role="group"][aria-label="Scope"]'),
      first: await page.locator('[role="row"] a').first().textContent(),
    });
    const page = await openPage(browser, link);
    await page.waitForSelector('[role="row"] a');
    const first = await read(page);
    assert.match(first.time, /Last 3 hours/);
    assert.match(first.scope, /AWS/);
    await page.reload();
    await settled(page);
    await page.waitForSelector('[role="row"] a');
    assert.deepEqual(await read(page), first);
    const other = await openPage(browser, link, { theme: "light" });
    await other.waitForSelector('[role="row"] a');
    assert.deepEqual(await read(other), first);
    await noComplaints(page);
    await page.end();
    await other.end();
  });

  test("the scope travels between pages, the sorting does not", async () => {
    const page = await openPage(browser, url("/endpoints?from=now-3h&env=aws&sort=-p95_ms"));
    await page.click("nav >> text=Environments");
    await page.waitForURL("**/environments?from=now-3h&env=aws");
    await page.end();
  });

  test("bad values in a link fall back", async () => {
    const page = await openPage(browser, url("/?from=tomorrow&tz=Atlantis&cmp=x&env=&status=9xx"));
    assert.match(await page.textContent("[data-time]"), /Last 1 hour/);
    await noComplaints(page);
    await page.end();
  });

  test("a brush zooms every chart through the URL, and Back undoes it", async () => {
    const page = await openPage(browser, url("/"));
    const plot = await page.locator('[data-chart="Traffic"] .u-over').boundingBox();
    await page.mouse.move(plot.x + plot.width * 0.3, plot.y + 40);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.6, plot.y + 40, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{4}-.*to=\d{4}-/);
    await page.goBack();
    await page.waitForURL((address) => !address.search.includes("from="));
    await page.goForward();
    await page.waitForURL(/from=\d{4}-/);
    await page.keyboard.press("Escape");
    await page.waitForURL((address) => !address.search.includes("from="));
    await noComplaints(page);
    await page.end();
  });

  test("the keyboard alone reaches an endpoint, a time range and the palette", async () => {
    const page = await openPage(browser, url("/"));
    await page.keyboard.press("g");
    await page.keyboard.press("e");
    await page.waitForURL("**/endpoints");
    await page.waitForSelector('[role="grid"] a');
    await page.keyboard.press("j");
    await page.waitForSelector('[role="row"][aria-selected="true"]');
    await page.keyboard.press("Enter");
    await page.waitForURL("**/endpoints/*");
    await settled(page);
    await page.keyboard.press("t");
    await page.waitForSelector("#time-typed");
    await page.keyboard.type("last 3h");
    await page.keyboard.press("Enter");
    await page.waitForURL("**from=now-3h");
    await page.waitForSelector("#time-typed", { state: "detached" });
    await page.keyboard.press("-");
    await page.waitForURL("**from=now-6h");
    await page.focus('[data-chart="Response time"] [role="application"]');
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[data-chart="Response time"] [aria-live]')].some((region) =>
        /p95/.test(region.textContent),
      ),
    );
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.waitForSelector('[role="listbox"]');
    await page.keyboard.type("environ");
    await page.waitForSelector('[role="option"]:has-text("Environments")');
    await page.keyboard.press("Enter");
    await page.waitForURL("**/environments?from=now-6h");
    await page.keyboard.press(".");
    await page.waitForURL("**live=0");
    await noComplaints(page);
    await page.end();
  });

  test("a posted request is on the chart within two seconds", async () => {
    const service = `live-${process.pid}`;
    const page = await openPage(browser, url(`/?from=now-15m&q=${service}`));
    await live(page);
    await page.click('button[aria-label="Response time as table"]');
    const cell = () =>
      /\d ms/.test(document.querySelector('[data-chart="Response time"] table tbody')?.textContent ?? "");
    assert.equal(await page.evaluate(cell), false);
    const batch = Array.from({ length: 50 }, () => requestAt({ service }));
    assert.equal((await postJson(hawkeye.base, "/requests", batch)).accepted, 50);
    const posted = performance.now();
    await page.waitForFunction(cell, undefined, { polling: "raf" });
    const delay = Math.round(performance.now() - posted);
    console.log(`live update: ${delay} ms from the answer to the chart`);
    assert.ok(delay < LIVE_LIMIT_MS, `${delay} ms`);
    await noComplaints(page);
    await page.end();
  });

  test("hostile names are text", async () => {
    const hostile = [
      requestAt({
        service: HOSTILE_SERVICE,
        route: HOSTILE,
        path: HOSTILE,
        error_type: "<b>bold</b>",
        consumer: "=cmd()",
      }),
    ];
    assert.equal((await postJson(hawkeye.base, "/requests", hostile)).accepted, 1);
    // Control characters may be refused or cleaned by the server; either way nothing may break.
    const strange = JSON.stringify([requestAt({ service: "strange", route: "/a\u0007b\u202ec\u0000" })]);
    await fetch(url("/api/v1/requests"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: strange,
    });
    const found = await until(
      "the hostile endpoint",
      () => getJson(hawkeye.base, "/endpoints?q=onerror"),
      (list) => list.total === 1,
    );
    const id = found.items[0].id;
    for (const path of [
      "/endpoints?q=onerror",
      `/endpoints/${id}`,
      `/endpoints/${id}?tab=samples`,
      "/?q=onerror",
      "/environments?q=onerror",
      "/live?q=onerror",
      "/endpoints?q=strange",
    ]) {
      const page = await openPage(browser, url(path));
      if (path.startsWith("/live")) await page.waitForSelector('[role="log"] button');
      if (!path.includes("strange"))
        await page.waitForFunction(() => document.body.textContent.includes('<img src=x onerror="alert(1)">'));
      assert.equal(await page.locator("img, #root script, #root b").count(), 0, path);
      assert.deepEqual(await page.complaints(), [], path);
      await page.end();
    }
  });

  test("a row of the live stream opens as JSON, and pausing holds the rest", async () => {
    const page = await openPage(browser, url("/live"));
    await page.waitForSelector('[role="log"] button');
    await page.keyboard.press(".");
    await page.waitForSelector('button:has-text("Resume")');
    await page.locator('[role="log"] button').last().click();
    assert.match(await page.textContent('[role="dialog"] pre'), /"duration_ms"/);
    await page.keyboard.press("Escape");
    await page.waitForSelector('[role="dialog"]', { state: "detached" });
    await page.waitForFunction(() => /[1-9]\d* new/.test(document.querySelector("main").textContent));
    await page.click('button:has-text(" new")');
    await page.waitForSelector('button:has-text("Pause")');
    await noComplaints(page);
    await page.end();
  });

  test("eight tabs work: only the visible one holds a connection", async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 920 } });
    await context.addInitScript(() => {
      window.tabHidden = false;
      Object.defineProperty(document, "hidden", { get: () => window.tabHidden });
    });
    const show = (page, shown) =>
      page.evaluate((hidden) => {
        window.tabHidden = hidden;
        document.dispatchEvent(new Event("visibilitychange"));
      }, !shown);
    const tabs = [];
    for (let number = 0; number < 8; number += 1) {
      const page = await openPage(browser, url("/"), { context });
      await live(page);
      tabs.push(page);
      await show(page, false);
      await page.waitForSelector('[data-live="hidden"]', { state: "attached" });
    }
    await show(tabs[0], true);
    await live(tabs[0]);
    for (const page of tabs) await noComplaints(page);
    await context.close();
  });

  test("a failing panel says so, leaves the others alone and can be tried again", async () => {
    const page = await openPage(browser, null, { bare: true });
    const heatmap = "**/api/v1/heatmap?*";
    await page.route(heatmap, (route) =>
      route.fulfill({ status: 400, contentType: "application/problem+json", body: PROBLEM }),
    );
    await page.goto(url("/"));
    await page.waitForSelector("text=Latency distribution could not be loaded");
    await page.waitForSelector("text=the disk is on fire");
    await page.waitForSelector('[data-chart="Traffic"] canvas');
    assert.deepEqual(await axeViolations(page), []);
    await page.unroute(heatmap);
    await page.click('button:has-text("Try again")');
    await page.waitForSelector("text=Latency distribution could not be loaded", { state: "detached" });
    await page.end();
  });

  test("a lost stream is seen, and comes back by itself", async () => {
    const page = await openPage(browser, null, { bare: true });
    await page.route("**/api/v1/stream?*", (route) => route.abort());
    await page.goto(url("/"));
    await page.waitForSelector('[data-live="reconnecting"]', { state: "attached" });
    await page.waitForSelector("text=Live data stopped");
    assert.deepEqual(await axeViolations(page), []);
    await page.unroute("**/api/v1/stream?*");
    await live(page);
    await page.waitForSelector("text=Live data stopped", { state: "detached" });
    await page.end();
  });

  test("one zone rules every clock", async () => {
    const range = "from=2026-11-20T12:00:00Z&to=2026-11-20T13:00:00Z";
    for (const [zone, text] of [
      ["UTC", "2026-11-20 12:00 to 13:00UTC"],
      ["Asia/Kolkata", "2026-11-20 17:30 to 18:30UTC+5:30"],
      ["America/New_York", "2026-11-20 07:00 to 08:00UTC−5"],
    ]) {
      const page = await openPage(browser, url(`/?${range}&tz=${zone}`));
      assert.equal((await page.textContent("[data-time]")).trim(), text);
      await noComplaints(page);
      await page.end();
    }
  });

  test("the dialog removes the demo and generates another one", async () => {
    const page = await openPage(browser, url("/"));
    await page.waitForSelector("text=Remove demo data");
    await page.click("text=Remove demo data");
    await page.click('[role="dialog"] >> text=Remove demo data');
    await page.click('[role="dialog"] button:text-is("Remove")');
    await page.waitForSelector('[role="dialog"] button:text-is("Generate")', { timeout: 60_000 });
    assert.equal((await getJson(hawkeye.base, "/demo")).state, "none");
    await page.selectOption('[role="dialog"] select >> nth=1', "3600");
    await page.selectOption('[role="dialog"] select >> nth=2', "10");
    await page.click('[role="dialog"] button:text-is("Generate")');
    await page.waitForSelector('[role="dialog"] >> text=What was planted in it', { timeout: 60_000 });
    await page.waitForSelector("header >> text=demo");
    await page.locator('[role="dialog"] li a').first().click();
    await page.waitForURL(/from=\d{4}-.*to=\d{4}-/);
    await settled(page);
    await noComplaints(page);
    await page.end();
  });
});
