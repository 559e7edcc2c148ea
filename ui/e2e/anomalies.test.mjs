// Anomalies as a person on call meets them: found in demo data, opened, judged, taken back.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeViolations, launch, openPage, settled } from "./browser.mjs";
import { generateDemo, getJson, postJson, startHawkeye, until } from "./hawkeye.mjs";

const THEMES = ["dark", "light"];
const DETECTED_MS = 300_000;

let hawkeye;
let browser;
let anomaly; // One that is over, so that nothing changes it meanwhile.
let incident; // One with a verdict.

const url = (path) => hawkeye.base + path;
const live = (page) => page.waitForSelector('[data-live="live"]', { state: "attached" });
const detail = (id) => getJson(hawkeye.base, `/anomalies/${id}`);

async function noComplaints(page) {
  assert.deepEqual(await page.complaints(), []);
}

before(async () => {
  hawkeye = await startHawkeye();
  browser = await launch();
  await generateDemo(hawkeye.base);
  const found = await until(
    "anomalies in the demo data",
    () => getJson(hawkeye.base, "/anomalies?limit=200"),
    (list) => list.items.some((item) => item.closed_ms !== null),
    DETECTED_MS,
  );
  anomaly = found.items.find((item) => item.closed_ms !== null);
  const diagnosed = await until(
    "a diagnosed incident",
    () => getJson(hawkeye.base, "/incidents"),
    ({ items }) => items.some((item) => item.verdict !== null),
    DETECTED_MS,
  );
  incident = diagnosed.items.find((item) => item.verdict !== null);
});

after(async () => {
  await browser?.close();
  await hawkeye?.stop();
});

const routes = () => [
  "/anomalies",
  "/anomalies?state=all",
  "/anomalies?state=all&q=nothing-has-this-name",
  `/anomalies/${anomaly.id}`,
  "/anomalies/0000000000000000",
  "/settings",
  "/settings?tab=adaptation",
  `/endpoints/${anomaly.endpoint.id}?tab=anomalies`,
  `/endpoints/${anomaly.endpoint.id}?tab=baseline`,
  "/alerts",
  "/incidents?state=all",
  `/incidents/${incident.id}`,
  "/deployments",
  "/environments?tab=compare&from=now-6h",
  "/alerts?state=resolved",
  "/alerts?tab=rules",
  `/alerts?tab=rules&sel=new:${anomaly.id}`,
  "/alerts?tab=routing",
  "/alerts?tab=silences",
  "/alerts?tab=channels",
  "/alerts?tab=oncall",
  "/alerts?tab=notifications",
];

describe("pages", () => {
  for (const theme of THEMES) {
    test(`load without a complaint and pass axe (${theme})`, async () => {
      for (const path of routes()) {
        const page = await openPage(browser, url(path), { theme });
        await live(page);
        assert.deepEqual(await axeViolations(page), [], path);
        const missing = path.endsWith("0000") ? [`answer 404: ${url("/api/v1/anomalies/0000000000000000")}`] : [];
        const complaints = await page.complaints();
        const unexpected = complaints.filter((text) => !missing.includes(text) && !/status of 404/.test(text));
        assert.deepEqual(unexpected, [], path);
        await page.end();
      }
    });

    test(`open dialogs pass axe (${theme})`, async () => {
      const page = await openPage(browser, url(`/anomalies/${anomaly.id}`), { theme });
      await page.keyboard.press("f");
      await page.waitForSelector('[role="dialog"] >> text=of the last 30 days');
      assert.deepEqual(await axeViolations(page), []);
      await page.keyboard.press("Escape");
      await page.waitForSelector('[role="dialog"]', { state: "detached" });
      await page.goto(url("/settings"));
      await settled(page);
      for (const panel of ["Overrides", "Maintenance"]) {
        await page.click(`section:has(h2:text-is("${panel}")) button[aria-expanded]`);
      }
      assert.deepEqual(await axeViolations(page), []);
      await noComplaints(page);
      await page.end();
    });
  }

  test("scroll down only on a narrow screen", async () => {
    for (const path of routes()) {
      const page = await openPage(browser, url(path), { width: 390, height: 844 });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0, path);
      await page.end();
    }
  });
});

describe("the list", () => {
  test("opens with the last seven days, and a link carries its filters", async () => {
    const page = await openPage(browser, url("/"));
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.waitForURL("**/anomalies");
    await page.waitForSelector("header >> text=Last 7 days");
    await page.click('[aria-label="State"] >> text=All');
    await page.waitForURL("**/anomalies?state=all");
    await page.waitForSelector("[data-anomaly]");
    await page.check('aside >> text="Latency"');
    await page.waitForURL("**signal=latency");
    await page.selectOption("select", "-severity");
    await page.waitForURL("**sort=-severity**");
    const link = page.url();
    await page.goBack();
    await page.waitForURL((address) => !address.search.includes("sort="));
    const other = await openPage(browser, link);
    assert.equal(await other.inputValue("select"), "-severity");
    assert.equal(await other.isChecked('aside >> text="Latency"'), true);
    await noComplaints(page);
    await noComplaints(other);
    await page.end();
    await other.end();
  });

  test("one hour that somebody chose stays one hour", async () => {
    const page = await openPage(browser, url("/anomalies?from=now-1h"));
    await page.waitForSelector("header >> text=Last 1 hour");
    await page.reload();
    await page.waitForSelector("header >> text=Last 1 hour");
    await page.end();
  });

  test("a click or a key selects, and the selection is in the link", async () => {
    const page = await openPage(browser, url("/anomalies?state=all"));
    await page.waitForSelector("[data-anomaly]");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.waitForURL(/sel=[0-9a-f]{16}/);
    await page.waitForSelector('[role="toolbar"] >> text=1 selected');
    await page.reload();
    await page.waitForSelector('[role="toolbar"] >> text=1 selected');
    assert.deepEqual(await axeViolations(page), []);
    await page.keyboard.press("Escape");
    await page.waitForSelector('[role="toolbar"]', { state: "detached" });
    await page.locator("[data-anomaly] input").first().check();
    await page.waitForSelector('[role="toolbar"]');
    await page.keyboard.press("a"); // A check box in focus is nothing that is typed into.
    await page.waitForSelector('[role="toolbar"]', { state: "detached" });
    await page.waitForSelector("[data-toast]");
    await noComplaints(page);
    await page.end();
  });

  test("a refusal is said, and the row is as before", async () => {
    const page = await openPage(browser, null, { bare: true });
    await page.route("**/api/v1/anomalies/actions", (route) =>
      route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        body: JSON.stringify({ title: "No", status: 503, detail: "the catalog is on fire", code: "internal" }),
      }),
    );
    await page.goto(url(`/anomalies?state=all&q=${anomaly.endpoint.service}`));
    await page.waitForSelector("[data-anomaly]");
    await page.keyboard.press("j");
    const before = await page.locator("[data-anomaly]").first().textContent();
    await page.keyboard.press("c");
    await page.waitForSelector('[data-toast="failed"] >> text=the catalog is on fire');
    assert.equal(await page.locator("[data-anomaly]").first().textContent(), before);
    await page.end();
  });
});

describe("judging", () => {
  test("a false positive is previewed, applied and taken back", async () => {
    const page = await openPage(browser, url(`/anomalies?state=all&q=${anomaly.endpoint.service}`));
    await page.click(`[data-anomaly="${anomaly.id}"] a`);
    await page.waitForURL(`**/anomalies/${anomaly.id}`);
    await page.waitForSelector("[data-headline]");
    await page.keyboard.press("f");
    await page.waitForSelector('[role="dialog"] >> text=of the last 30 days');
    await page.click('[role="dialog"] >> text=Seasonal');
    await page.click('[role="dialog"] button:text-is("Apply")');
    await page.waitForSelector('[data-headline] button[aria-pressed="true"]:has-text("False positive")');
    await page.waitForSelector('[data-toast="done"] >> text=Undo');
    const judged = await until(
      "the verdict",
      () => detail(anomaly.id),
      ({ anomaly: item }) => item.verdict === "false_positive",
    );
    assert.equal(judged.anomaly.verdict_reason, "seasonal");
    const { items } = await getJson(hawkeye.base, "/adjustments");
    assert.ok(items.some((item) => item.anomaly_id === anomaly.id && item.undone_ms === null));

    await page.keyboard.press("u");
    await page.waitForSelector('[data-headline] button[aria-pressed="false"]:has-text("False positive")');
    await until(
      "the verdict to be gone",
      () => detail(anomaly.id),
      ({ anomaly: item }) => item.verdict === null,
    );
    const later = await getJson(hawkeye.base, "/adjustments");
    assert.ok(later.items.every((item) => item.anomaly_id !== anomaly.id || item.undone_ms !== null));
    await noComplaints(page);
    await page.end();
  });

  test("what was learnt is listed and undone one by one", async () => {
    await postJson(hawkeye.base, "/anomalies/actions", {
      ids: [anomaly.id],
      action: "judge",
      verdict: "confirmed",
      actor: "Ada",
      note: null,
      assignee: null,
      reason: null,
    });
    const page = await openPage(browser, url("/settings?tab=adaptation"));
    const first = page.locator("[data-adjustments] > li").first();
    await first.waitFor();
    await first.locator('button:has-text("Undo")').first().click();
    await first.locator("text=undone").first().waitFor();
    await noComplaints(page);
    await page.end();
  });

  test("a note stays with the anomaly", async () => {
    const page = await openPage(browser, url(`/anomalies/${anomaly.id}`));
    await page.fill('textarea[aria-label="Note"]', "<b>it was the</b> database");
    await page.fill('input[aria-label="Your name"]', "Grace");
    await page.click('button:has-text("Add note")');
    await page.waitForSelector("text=<b>it was the</b> database");
    const { activity } = await detail(anomaly.id);
    assert.ok(activity.some((item) => item.actor === "Grace" && item.note === "<b>it was the</b> database"));
    await noComplaints(page);
    await page.end();
  });
});

describe("settings", () => {
  test("a preset is saved and taken back", async () => {
    const page = await openPage(browser, url("/settings"));
    await page.check("text=High");
    await page.waitForSelector('[data-unsaved="true"]');
    await page.click('button:text-is("Save")');
    await page.waitForSelector("text=Detection settings saved");
    assert.equal((await getJson(hawkeye.base, "/detection/settings")).sensitivity, "high");
    await page.keyboard.press("u");
    await until(
      "the settings before",
      () => getJson(hawkeye.base, "/detection/settings"),
      (settings) => settings.sensitivity === "medium",
    );
    await noComplaints(page);
    await page.end();
  });

  test("maintenance is added in typed words and removed", async () => {
    const page = await openPage(browser, url("/settings?tz=UTC"));
    await page.locator('section:has(h2:text-is("Maintenance")) button:has-text("Add")').click();
    await page.fill('input[placeholder^="22:00"]', "2031-01-01 22:00 to 23:30");
    await page.click('button:has-text("Add maintenance")');
    await page.waitForSelector("text=Maintenance added");
    await page.waitForSelector("li >> text=2031-01-01 22:00 to 23:30");
    const { maintenance } = await getJson(hawkeye.base, "/detection/settings");
    assert.equal(maintenance[0].from_ms, Date.UTC(2031, 0, 1, 22));
    await page.click('button[aria-label^="Remove maintenance 2031"]');
    await page.waitForSelector("text=No maintenance is planned");
    await noComplaints(page);
    await page.end();
  });

  test("an endpoint is paused from its own page, and says why it was silent", async () => {
    const { id } = anomaly.endpoint;
    const page = await openPage(browser, url(`/endpoints/${id}?tab=baseline`));
    await page.fill('input[placeholder^="14:05"]', "20m ago");
    await page.click('button:has-text("Explain")');
    await page.waitForSelector("[data-explanation]");
    await page.check("text=Paused: nothing is reported here");
    await page.locator('section:has(h2:text-is("Sensitivity here")) button:text-is("Save")').click();
    await page.waitForSelector("text=Sensitivity of this endpoint saved");
    const { overrides } = await getJson(hawkeye.base, "/detection/settings");
    assert.deepEqual(
      overrides.map((item) => [item.endpoint_id, item.false_alarms_per_week]),
      [[id, null]],
    );
    await noComplaints(page);
    await page.end();
  });
});

test("the stream changes rows and says what is new", async () => {
  const page = await openPage(browser, null, { bare: true });
  await page.addInitScript(() => {
    const Real = window.EventSource;
    window.EventSource = class extends Real {
      constructor(address) {
        super(address);
        window.lastSource = this;
      }
    };
  });
  await page.goto(url(`/anomalies?state=all&q=${anomaly.endpoint.service}`));
  await live(page);
  await page.waitForSelector(`[data-anomaly="${anomaly.id}"]`);
  const send = (change, item) =>
    page.evaluate(
      (data) => window.lastSource.dispatchEvent(new MessageEvent("anomaly", { data })),
      JSON.stringify({ change, anomaly: item }),
    );
  await page.route("**/api/v1/anomalies?*", (route) => route.abort()); // Only the event may change the row.
  await send("acted", { ...anomaly, verdict: "expected_change" });
  await page.waitForSelector(`[data-anomaly="${anomaly.id}"] >> text=Expected change`);
  await send("opened", { ...anomaly, id: "00000000000000ff", severity: "critical", sentence: "Everything is slow." });
  await page.waitForSelector("[data-spoken]:has-text('New critical anomaly: Everything is slow.')", {
    state: "attached",
  });
  await page.end();
});

describe("alerting", () => {
  test("an anomaly that is bad enough raised an alert, and each leads to the other", async () => {
    const { items } = await until(
      "alerts about the demo data",
      () => getJson(hawkeye.base, "/alerts?state=resolved&limit=1"),
      (list) => list.items.length > 0 && list.items[0].anomaly_id !== null,
      DETECTED_MS,
    );
    const page = await openPage(browser, url(`/anomalies/${items[0].anomaly_id}`));
    await page.click('section:has(h2:text-is("Alerts")) a');
    await page.waitForURL(`**/alerts/${items[0].id}`);
    await page.waitForSelector("ol >> text=raised it");
    assert.deepEqual(await axeViolations(page), []);
    await page.click("text=Anomaly with its evidence");
    await page.waitForURL(`**/anomalies/${items[0].anomaly_id}`);
    await noComplaints(page);
    await page.end();
  });

  test("a rule about an anomaly is previewed and saved by the real server", async () => {
    const page = await openPage(browser, url(`/anomalies/${anomaly.id}`));
    await page.click("text=Create alert rule");
    await page.waitForURL("**/alerts?tab=rules&sel=new:*");
    await page.fill('label:has-text("Name") input', "From an anomaly");
    await page.waitForSelector('section:has(h2:text-is("Now")) >> text=/condition is met/');
    await page.click('button:text-is("Save rule")');
    await page.waitForSelector('[data-rule="from-an-anomaly"]');
    const { items } = await getJson(hawkeye.base, "/alert-rules");
    assert.ok(items.some(({ rule, source }) => rule.id === "from-an-anomaly" && source === "ui"));
    await page.keyboard.press("u");
    await page.waitForSelector('[data-rule="from-an-anomaly"]', { state: "detached" });
    await noComplaints(page);
    await page.end();
  });

  test("a channel, what leads to it and a silence are stored as they were typed", async () => {
    const page = await openPage(browser, url("/alerts?tab=channels"));
    await page.click('button:has-text("Add a channel")');
    await page.selectOption("[data-channel-form] select", "slack");
    await page.fill('[data-channel-form] label:has-text("Name") input', "Ops chat");
    await page.fill('[data-channel-form] label:has-text("Slack channel") input', "#ops");
    await page.fill('[data-channel-form] input[type="password"]', "xoxb-of-this-test");
    await page.click('[data-channel-form] button[type="submit"]');
    await page.click("[data-offer] >> text=Tell it about everything");
    await page.waitForSelector("text=Ops chat is told about everything");
    const { items } = await getJson(hawkeye.base, "/channels");
    assert.deepEqual(items[0].secrets_set, ["token"]);
    assert.ok(!JSON.stringify(items).includes("xoxb"));
    await page.click('[role="tab"]:has-text("Routing")');
    await page.waitForSelector("[data-who] >> text=Ops chat");
    await page.click('[role="tab"]:has-text("Silences")');
    await page.click('button:has-text("New silence")');
    await page.click('[role="dialog"] >> text=Add condition');
    await page.fill('[aria-label="Label 1"]', "service");
    await page.fill('[aria-label="Value 1"]', 'a "quoted" \\ service');
    await page.waitForSelector("[data-hides] >> text=Hides 0 firing alerts now.");
    await page.fill("[data-silence-form] textarea", "a test");
    await page.click('[data-silence-form] button[type="submit"]');
    await page.waitForSelector("[data-silence] >> text=a test");
    const { items: silences } = await getJson(hawkeye.base, "/silences");
    assert.deepEqual(silences[0].matchers, ['service="a \\"quoted\\" \\\\ service"']);
    await noComplaints(page);
    await page.end();
  });
});

test("a marker on a chart leads to its anomaly", async () => {
  const range = `from=${new Date(anomaly.onset_ms - 1_800_000).toISOString()}&to=${new Date(anomaly.onset_ms + 1_800_000).toISOString()}`;
  const page = await openPage(browser, url(`/endpoints/${anomaly.endpoint.id}?${range}`));
  await page.locator('[data-mark="anomaly"]').first().click();
  await page.locator("[popover] a").first().click();
  await page.waitForURL(/\/anomalies\/[0-9a-f]{16}/);
  await page.waitForSelector("[data-headline]");
  await noComplaints(page);
  await page.end();
});
