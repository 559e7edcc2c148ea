// Incidents, deployments and comparisons, as a person meets them, against a stand-in for the server.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeViolations, launch, openPage, settled } from "./browser.mjs";
import { startStandIn } from "./standIn.mjs";
import { comparison, difference, edge, freshIncidents, GC, subject } from "./standInIncidents.mjs";

const THEMES = ["dark", "light"];
const FIRST = "/incidents/00000000000000c1";
const PAYMENTS = "/endpoints/00000000000000a3";

/** Every page and tab, with what must be there. */
const PAGES = {
  "/incidents": [
    '[data-incident="00000000000000c1"] >> text=payments fails on AWS eu-west-1',
    '[data-incident="00000000000000c1"] [data-verdict="version_fault"] >> text=Version fault',
    '[data-incident="00000000000000c1"] >> text=1.84k requests hurt',
    '[data-incident="00000000000000c1"] >> text=4 anomalies, 3 open',
    '[data-incident="00000000000000c2"] >> text=Acknowledged by Grace',
    '[data-incident="00000000000000c3"] [data-verdict="none"] >> text=Being diagnosed',
    "[data-incident-count]",
  ],
  [FIRST]: [
    "[data-headline] >> text=payments fails on AWS eu-west-1",
    "[data-sentence] >> text=/payments 2.14.0 on AWS eu-west-1 fails 6.1 % of its requests since .*\\d\\d:\\d\\d UTC\\+\\d/",
    "[data-causes] >> text=New version",
    "[data-causes] >> text=explains 91 %",
    "[data-causes] >> text=No change was seen; being slow or failing is no cause.",
    "[data-notes] >> text=A quarter of all traces was looked at.",
    "[data-comparison] >> text=+5.7 pp (4.9 to 6.5)",
    "[data-comparison] >> text=+5.6 pp before adjusting for the mix",
    "[data-comparison] >> text=could be chance",
    '[data-node="much_worse"] >> text=first cause',
    '[data-node="as_before"] >> text=inventory',
    "[data-map] >> text=5.8 % fail",
    "[data-differences] >> text=2.14.0",
    "[data-impact] >> text=1.64k",
    "[data-impact] >> text=1.56k to 1.72k beyond the usual",
    'a:text-is("Checkout")',
    "text=From a sample: 25 % of all requests were looked at",
    '[data-event="verdict_changed"] >> text=From not enough evidence to version fault.',
    "text=payments was slow on AWS eu-west-1",
  ],
  "/deployments": [
    '[data-deployment="payments 2.14.0"] [data-deployment-verdict="degraded"]',
    '[data-deployment="payments 2.14.0"] [data-course] >> text=not yet',
    '[data-deployment="payments 2.14.0"] >> text=told by a pipeline: new connection pool',
    '[data-deployment="inventory 1.9.0"] [data-deployment-verdict="healthy"]',
    '[data-deployment="ledger 0.4.1"] >> text=Only 41 requests came to 0.4.1',
    '[data-deployment="search 7.2.0"] >> text=Too early',
    'pre:has-text("/api/v1/deployments")',
  ],
  "/environments?tab=compare": [
    "[data-statement] >> text=AWS eu-west-1 fails 4.1 pp more of the same requests",
    "[data-side-by-side] >> text=+4.1 pp (3.3 to 4.9)",
    "[data-side-by-side] >> text=not reported",
    "[data-compared] >> text=worse",
    "[data-compared] >> text=3.2×",
  ],
  "/anomalies/00000000000000b1": ['[data-headline] a:has-text("part of an incident")'],
  "/": [
    "[data-open-incidents] >> text=3 open incidents, the worst critical: payments fails on AWS eu-west-1",
    "[data-open-incidents] >> text=2.13.0 failed 0.4 %",
    "[data-open-incidents] li >> text=search is slow",
  ],
};

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

const standIn = (change) =>
  startStandIn((state) => {
    state.incidents = freshIncidents(Date.now());
    change?.(state.incidents);
  });

/** A page on a stand-in of its own, because tests change what is stored. `change` alters it before. */
async function withPage(path, check, { change, expected, ...options } = {}) {
  const server = await standIn(change);
  try {
    const page = await openPage(browser, server.base + path, options);
    await check(page, server);
    const complaints = await page.complaints();
    assert.deepEqual(
      complaints.filter((text) => !expected?.test(text)),
      [],
    );
    await page.end();
  } finally {
    await server.stop();
  }
}

/** Each page in turn on one stand-in that nothing changes, once the first thing of it is there. */
async function onEachPage(options, check, change) {
  const server = await standIn(change);
  try {
    for (const [path, [selector]] of Object.entries(PAGES)) {
      const page = await openPage(browser, server.base + path, options);
      if (!change) await page.waitForSelector(selector).catch(() => assert.fail(`${path} does not show ${selector}`));
      await check(page, path);
      await page.end();
    }
  } finally {
    await server.stop();
  }
}

const called = (server, method, path) =>
  server.state.calls.filter((call) => call.method === method && call.path === path);

/** Goes on with the Tab key until the element has the focus. */
async function tabTo(page, selector, key = "Tab") {
  await page.waitForSelector(selector);
  for (let pressed = 0; pressed < 120; pressed++) {
    if (await page.locator(selector).evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${selector} is not reached by ${key}`);
}

const overflowOf = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("every page", () => {
  test("shows what the server says, and complains about nothing", () =>
    onEachPage({}, async (page, path) => {
      for (const selector of PAGES[path]) {
        await page.waitForSelector(selector).catch(() => assert.fail(`${path} does not show ${selector}`));
      }
      assert.deepEqual(await page.complaints(), [], path);
    }));

  for (const theme of THEMES) {
    test(`passes axe (${theme})`, () =>
      onEachPage({ theme }, async (page, path) => assert.deepEqual(await axeViolations(page), [], path)));
  }

  // 320 px is a screen of 1280 px at 400 %.
  for (const width of [390, 320]) {
    test(`scrolls down only at ${width} px`, () =>
      onEachPage({ width, height: 844 }, async (page, path) => assert.equal(await overflowOf(page), 0, path)));
  }

  test("stands hostile and endless texts", () => {
    const hostile = `<img src=x onerror="alert(1)">${"a-very-long-name-without-any-space".repeat(8)}`;
    const change = (own) => {
      const place = subject({ service: hostile, version: hostile, environment: `aws/${"p".repeat(60)}/${"r".repeat(80)}` });
      for (const item of own.incidents) {
        Object.assign(item, { title: hostile, sentence: hostile, services: [hostile, hostile], subject: place });
        item.environments = [place.environment];
        if (item.state === "acknowledged") item.acknowledged_by = hostile;
      }
      const { diagnosis } = own;
      diagnosis.verdict.sentence = hostile;
      diagnosis.verdict.comparisons = [comparison({ here: place, there: hostile })];
      diagnosis.causes = diagnosis.causes.map((cause) => ({ ...cause, subject: place, sentence: hostile }));
      diagnosis.differences = own.differences = [difference("consumer", hostile, 1, 0), difference("version", hostile, 1, 0)];
      diagnosis.impact.consumers_most = [{ consumer: hostile, requests: 9, requests_hurt: 9 }];
      diagnosis.impact.journeys = ["checkout", hostile];
      diagnosis.map.nodes = diagnosis.map.nodes.map((node) => ({ ...node, service: hostile, environment: place.environment }));
      diagnosis.notes = [hostile];
      own.events = own.events.map((event) => ({ ...event, reason: hostile }));
      own.anomalies = own.anomalies.map((item) => ({ ...item, sentence: hostile, environment: place.environment, assignee: hostile }));
      own.deployments = own.deployments.map((item) => ({ ...item, service: hostile, version: hostile, note: hostile, environment: place.environment }));
      own.statement = hostile;
      own.compared = own.compared.map((item) => ({ ...item, environment: place.environment + item.environment, versions: [{ service: hostile, version: hostile, requests: 1 }] }));
    };
    return onEachPage(
      { width: 390, height: 844 },
      async (page, path) => {
        assert.equal(await overflowOf(page), 0, path);
        assert.equal(await page.locator("img[src=x]").count(), 0, path);
        assert.deepEqual(await page.complaints(), [], path);
      },
      change,
    );
  });

  test("is reached by keys", () =>
    withPage("/alerts", async (page) => {
      await page.keyboard.press("g");
      await page.keyboard.press("i");
      await page.waitForURL("**/incidents");
      await page.waitForSelector('h1:text-is("Incidents")');
      await page.keyboard.press("g");
      await page.keyboard.press("d");
      await page.waitForURL("**/deployments");
      await page.waitForSelector('h1:text-is("Deployments")');
    }));
});

describe("with nothing to show", () => {
  const nothing = (own) => {
    own.incidents = [];
    own.deployments = [];
    own.differences = [];
    own.compared = [];
  };
  const EMPTY = {
    "/incidents": "[data-all-well] >> text=All is well",
    "/incidents?severity=low": "text=No incident in this range matches.",
    "/deployments": "text=No deployment in this range. Hawkeye notices one when a version is first seen",
    "/environments?tab=compare": "text=A comparison needs requests in at least two environments",
    [FIRST]: "text=No incident has this address.",
  };
  for (const [path, selector] of Object.entries(EMPTY)) {
    test(`${path} says so`, () =>
      withPage(
        path,
        async (page) => {
          await page.waitForSelector(selector);
          assert.deepEqual(await axeViolations(page), []);
        },
        { change: nothing, expected: path === FIRST ? /answer 404|status of 404/ : undefined },
      ));
  }

  test("an incident without a diagnosis says that it is being diagnosed, and then shows it", () =>
    withPage("/incidents/00000000000000c3", async (page, server) => {
      await page.waitForSelector("[data-undiagnosed] >> text=Being diagnosed.");
      assert.deepEqual(await axeViolations(page), []);
      Object.assign(server.state.incidents.incidents[2], { verdict: "traffic_change", updated_ms: Date.now() });
      await page.waitForSelector("[data-causes]");
      await page.waitForSelector("[data-undiagnosed]", { state: "detached" });
    }));

  test("a diagnosis that found nothing says so in every panel", () =>
    withPage(
      FIRST,
      async (page) => {
        await page.waitForSelector("text=No change was seen that explains it.");
        await page.waitForSelector("text=There was nothing to compare with.");
        await page.waitForSelector("text=so there is no map");
        await page.waitForSelector("text=it hits everybody alike");
        await page.waitForSelector("text=Requests name no consumer.");
        assert.deepEqual(await axeViolations(page), []);
      },
      {
        change: ({ diagnosis }) => {
          diagnosis.causes = [];
          diagnosis.differences = [];
          diagnosis.verdict.comparisons = [];
          diagnosis.map = { nodes: [], edges: [] };
          diagnosis.notes = [];
          Object.assign(diagnosis.impact, { consumers: null, consumers_most: [], journeys: [] });
        },
      },
    ));
});

describe("when the server fails", () => {
  const FAILING = {
    "/incidents": ["incidents", "The list of incidents could not", '[data-incident="00000000000000c1"]'],
    [FIRST]: ["incidents", "The incident could not be loaded", "[data-headline]"],
    "/deployments": ["deployments", "The list of deployments could not", '[data-deployment="payments 2.14.0"]'],
    "/environments?tab=compare": ["environments", "The comparison could not be loaded", "[data-statement]"],
  };
  for (const [path, [folder, text, selector]] of Object.entries(FAILING)) {
    test(`${path} says so and tries again`, () =>
      withPage(
        path,
        async (page, server) => {
          const alert = page.locator('[role="alert"]', { hasText: text });
          await alert.waitFor();
          await alert.getByText("the store is on fire").waitFor();
          assert.deepEqual(await axeViolations(page), []);
          server.state.incidents.failing = [];
          await alert.locator('button:has-text("Try again")').click();
          await page.waitForSelector(selector);
        },
        { change: (own) => (own.failing = [folder]), expected: /answer 500|status of 500/ },
      ));
  }
});

describe("the list of incidents", () => {
  test("keeps its filters in the address", () =>
    withPage("/incidents", async (page) => {
      await page.check('[aria-label="Filters"] >> text="Version fault"');
      await page.waitForURL("**verdict=version_fault");
      await page.waitForSelector('[data-incident="00000000000000c2"]', { state: "detached" });
      await page.click('[aria-label="State"] >> text="Closed"');
      await page.waitForSelector("text=No incident in this range matches.");
      await page.uncheck('[aria-label="Filters"] >> text="Version fault"');
      await page.waitForSelector('[data-incident="00000000000000c4"] >> text=Traffic mix only');
      await page.reload();
      await page.waitForSelector('[data-incident="00000000000000c4"]');
      assert.equal(await page.locator("[data-incident]").count(), 1);
      await page.goBack();
      await page.waitForURL("**verdict=version_fault**");
    }));

  test("is walked and opened by keys", () =>
    withPage("/incidents", async (page) => {
      await page.waitForSelector("[data-incident]");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("k");
      const active = await page.evaluate(() => document.activeElement.closest("[data-incident]")?.dataset.incident);
      assert.equal(active, "00000000000000c1");
      await page.keyboard.press("Enter");
      await page.waitForURL(`**${FIRST}`);
      await page.waitForSelector("[data-headline]");
    }));

  test("shows more when asked", () =>
    withPage(
      "/incidents?state=all",
      async (page) => {
        await page.waitForSelector("text=3 of 4 incidents");
        await page.click('button:text-is("Show more")');
        await page.waitForSelector('[data-incident="00000000000000c4"]');
        await page.waitForSelector("text=4 of 4 incidents");
      },
      { change: (own) => (own.paged = true) },
    ));

  test("changes as the stream tells, and new ones wait while somebody reads", () =>
    withPage("/incidents", async (page, server) => {
      await page.waitForSelector('[data-incident="00000000000000c3"] [data-verdict="none"]');
      const own = server.state.incidents;
      const judged = { ...own.incidents[2], verdict: "traffic_change", sentence: "Callers stay away.", updated_ms: Date.now() };
      own.incidents[2] = judged;
      server.tell("incident", { incident: judged });
      await page.waitForSelector('[data-incident="00000000000000c3"] >> text=Traffic change');
      await page.waitForFunction(() =>
        document.querySelector("[data-spoken-incident]").textContent.includes("Callers stay away."),
      );
      await page.keyboard.press("j");
      const fresh = { ...judged, id: "00000000000000c9", title: "Something new", onset_ms: Date.now(), detected_ms: Date.now() };
      own.incidents.push(fresh);
      server.tell("incident", { incident: fresh });
      await page.click('button:has-text("1 new incident")');
      await page.waitForSelector('[data-incident="00000000000000c9"] >> text=Something new');
    }));
});

describe("an incident", () => {
  test("is acknowledged by a key, for all of its open anomalies, and taken back", () =>
    withPage(FIRST, async (page, server) => {
      await page.waitForSelector('button:has-text("Acknowledge")');
      await page.keyboard.press("a");
      await page.waitForSelector('button:has-text("Unacknowledge")');
      const [{ body }] = called(server, "POST", "/anomalies/actions");
      assert.deepEqual(body.ids, ["b1", "b2", "b3"].map((id) => id.padStart(16, "0")));
      assert.equal(body.action, "acknowledge");
      await page.waitForSelector("[data-headline] >> text=Acknowledged by somebody");
      await page.keyboard.press("u");
      await page.waitForSelector('button[aria-keyshortcuts="A"]');
    }));

  test("is assigned and closed by keyboard only, with what will be closed named before", () =>
    withPage(FIRST, async (page, server) => {
      await tabTo(page, 'button:has-text("Assign")');
      await page.keyboard.press("Enter");
      await page.waitForSelector('[data-headline] input[placeholder="nobody"]:focus');
      await page.keyboard.type("Ada");
      await page.keyboard.press("Enter");
      await page.waitForSelector("[data-headline] >> text=assigned to Ada");
      assert.equal(called(server, "POST", "/anomalies/actions")[0].body.assignee, "Ada");
      await tabTo(page, '[data-headline] button:text-is("Close")');
      await page.keyboard.press("Enter");
      await page.waitForSelector('[role="dialog"] >> text=Close 3 anomalies');
      await page.waitForSelector('[role="dialog"] li >> text=POST /payments');
      assert.deepEqual(await axeViolations(page), []);
      await page.click('[role="dialog"] button:text-is("Close 3")');
      await page.waitForSelector("[data-headline] >> text=Closed");
      assert.equal(await page.locator('[data-headline] button:has-text("Acknowledge")').count(), 0);
    }));

  test("leads to requests with what differs", () =>
    withPage(FIRST, async (page) => {
      await page.click('[aria-label="Requests with version 2.14.0"]');
      await page.waitForURL("**/endpoints?**version=2.14.0**");
      assert.match(page.url(), /env=aws\/production\/eu-west-1/);
      await page.goBack();
      await page.click('[aria-label="Requests with endpoint POST /payments"]');
      await page.waitForURL(`**${PAYMENTS}?**tab=samples**`);
    }));

  test("has a map that is a table, too, and boxes that keys reach", () =>
    withPage(FIRST, async (page) => {
      await tabTo(page, '[data-node]:has-text("first cause")');
      await page.keyboard.press("Enter");
      await page.waitForURL("**/endpoints?**service=payments**");
      await page.goBack();
      await page.click('[aria-label="Call map as table"]');
      await page.waitForSelector('[aria-label="Call map table"] tr:has-text("payments") >> text=first cause');
      assert.deepEqual(await axeViolations(page), []);
    }));

  test("has a map in several environments, with calls in a circle", () =>
    withPage(
      FIRST,
      async (page) => {
        await page.waitForSelector("[data-map] >> text=GCP europe-west4");
        assert.equal(await page.locator("[data-map] [data-node]").count(), 10);
        assert.deepEqual(await axeViolations(page), []);
      },
      {
        change: ({ diagnosis: { map } }) => {
          map.nodes = [...map.nodes, ...map.nodes.map((node) => ({ ...node, environment: GC }))];
          map.edges = [...map.edges, edge(4, 0, 10), edge(5, 6, 300, 0.4), edge(6, 7, 40), edge(2, 7, 60)];
        },
      },
    ));

  test("opens an anomaly from its timeline, and that leads back", () =>
    withPage(FIRST, async (page) => {
      await page.click('[aria-label="Deployments and anomalies over time"] a >> nth=0');
      await page.waitForURL("**/anomalies/00000000000000b1");
      await page.click('a:has-text("part of an incident")');
      await page.waitForURL(`**${FIRST}`);
    }));
});

describe("deployments", () => {
  test("show the numbers behind a verdict, and keep what is open and filtered", () =>
    withPage("/deployments", async (page) => {
      await page.click('[aria-label="Numbers behind payments 2.14.0"]');
      await page.waitForSelector("[data-deployment-details] >> text=PoolTimeout");
      await page.waitForSelector("[data-deployment-details] >> text=against 2.13.0");
      assert.deepEqual(await axeViolations(page), []);
      await page.reload();
      await page.waitForSelector("[data-deployment-details] >> text=PoolTimeout");
      await page.click('[aria-label="Verdict"] >> text="Healthy"');
      await page.waitForURL("**verdict=healthy**");
      await page.waitForSelector('[data-deployment="payments 2.14.0"]', { state: "detached" });
      await page.selectOption('label:has-text("Service") select', "search");
      await page.waitForSelector("text=No deployment in this range matches.");
      await page.click('button:text-is("Clear filters")');
      await page.waitForSelector('[data-deployment="search 7.2.0"]');
    }));

  test("lead to the incident, and never to an unsafe link", () =>
    withPage("/deployments", async (page) => {
      await page.waitForSelector('[data-deployment="payments 2.14.0"] a[href="https://ci.example.com/runs/1207"]');
      assert.equal(await page.locator('a[href^="javascript"]').count(), 0);
      await page.click('[data-deployment="payments 2.14.0"] a:has-text("its incident")');
      await page.waitForURL(`**${FIRST}`);
    }));

  test("say their verdict on charts", () =>
    withPage(PAYMENTS, async (page) => {
      const mark = page.locator('button[data-mark="deployment"][aria-label*="2.14.0 deployed, degraded"]').first();
      await mark.click();
      await page.waitForSelector("[popover] >> text=degraded");
      await page.waitForSelector('[popover] a:text-is("Deployments")');
      assert.deepEqual(await axeViolations(page), []);
    }));
});

describe("a box on the latency map", () => {
  const plot = '[aria-label^="Latency distribution chart"] .u-over';

  test("is dragged, compared and cleared", () =>
    withPage(PAYMENTS, async (page, server) => {
      await page.click('button:text-is("Compare a box")');
      await page.locator(plot).scrollIntoViewIfNeeded();
      const { x, y, width, height } = await page.locator(plot).boundingBox();
      await page.mouse.move(x + width * 0.7, y + height * 0.05);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.8, y + height * 0.2);
      await page.mouse.move(x + width * 0.98, y + height * 0.4);
      await page.mouse.up();
      await page.waitForSelector("[data-box-result] >> text=1.84k requests inside");
      await page.waitForSelector("[data-box-result] >> text=18.3k outside");
      await page.waitForSelector("[data-box-result] >> text=From a sample: 25 %");
      await page.waitForSelector("[data-box-result] >> text=2.14.0");
      const [asked] = server.state.incidents.boxes;
      assert.ok(Date.parse(asked.from) > Date.parse(asked.baseline_from) && Date.parse(asked.to) > Date.parse(asked.from));
      assert.ok(Number(asked.latency_ms_min) > 50 && Number(asked.latency_ms_max) > Number(asked.latency_ms_min));
      assert.equal(asked.endpoint, "00000000000000a3");
      assert.equal(new URL(page.url()).searchParams.get("from"), null, "a box does not zoom");
      assert.deepEqual(await axeViolations(page), []);
      await page.click('[data-box] button:has-text("Clear")');
      await page.waitForSelector("[data-box]", { state: "detached" });
    }));

  test("is typed by those who do not drag, and says what is wrong", () =>
    withPage(PAYMENTS, async (page, server) => {
      await tabTo(page, 'button:text-is("Compare a box")');
      await page.keyboard.press("Enter");
      await page.fill('[data-box] label:has-text("From") >> nth=0 >> input', "20m ago");
      await page.fill('[data-box] label:has-text("To") input', "soon");
      await page.fill('[data-box] label:has-text("Latency from") input', "250 ms");
      await page.keyboard.press("Enter");
      await page.waitForSelector("[data-box] >> text=Not a moment");
      assert.deepEqual(await axeViolations(page), []);
      await page.fill('[data-box] label:has-text("To") input', "now");
      await page.keyboard.press("Enter");
      await page.waitForSelector("[data-box-result] >> text=from 250 ms");
      const [asked] = server.state.incidents.boxes;
      assert.equal(asked.latency_ms_min, "250");
      assert.equal(asked.latency_ms_max, undefined);
    }));

  test("leaves zooming as it was", () =>
    withPage(PAYMENTS, async (page) => {
      await page.locator(plot).scrollIntoViewIfNeeded();
      const { x, y, width, height } = await page.locator(plot).boundingBox();
      await page.mouse.move(x + width * 0.3, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.5, y + height / 2);
      await page.mouse.move(x + width * 0.6, y + height / 2);
      await page.mouse.up();
      await page.waitForURL(/from=\d{4}-/);
    }));
});

describe("elsewhere", () => {
  test("an anomaly says what differs once it is looked at", () =>
    withPage("/anomalies/00000000000000b1", async (page, server) => {
      const asked = () => called(server, "GET", "/anomalies/00000000000000b1/differences").length;
      assert.equal(asked(), 0);
      await page.locator("[data-differs]").scrollIntoViewIfNeeded();
      await page.waitForSelector("[data-differs] >> text=PoolTimeout");
      assert.equal(asked(), 1);
      assert.deepEqual(await axeViolations(page), []);
    }));

  test("silence is explained gate by gate", () =>
    withPage(
      `${PAYMENTS}?tab=baseline`,
      async (page) => {
        await page.fill('label:has-text("When") input', "10m ago");
        await page.keyboard.press("Enter");
        await page.waitForSelector('[data-gate="rule"][data-outcome="stopped"] >> text=stopped here');
        await page.waitForSelector('[data-gate="silence"] >> text=not reached');
        assert.equal(await page.locator("[data-gate]").count(), 12);
        assert.deepEqual(await axeViolations(page), []);
        await page.click('[data-gate="incident"] a');
        await page.waitForURL(`**${FIRST}`);
      },
      { expected: /404/ },
    ));

  test("the overview leads to the incident, and is calm without one", () =>
    withPage("/", async (page, server) => {
      await page.click('[data-open-incidents] a:has-text("What broke and why")');
      await page.waitForURL(`**${FIRST}`);
      await page.waitForSelector("[data-headline]");
      server.state.incidents.incidents = [];
      await page.goto(`${server.base}/`);
      await settled(page);
      await page.waitForSelector("[data-status]");
      assert.equal(await page.locator("[data-open-incidents]").count(), 0);
    }));

  test("the palette finds incidents", () =>
    withPage("/settings", async (page) => {
      await page.keyboard.press("Control+k");
      await page.waitForSelector('[role="combobox"]:focus');
      await page.keyboard.type("payments");
      await page.click('[role="option"]:has-text("payments fails on AWS eu-west-1")');
      await page.waitForURL(`**${FIRST}`);
    }, { expected: /404/ }));

  test("tabs of environments are addresses", () =>
    withPage("/environments", async (page) => {
      await page.click('[role="tab"]:text-is("Compare")');
      await page.waitForURL("**tab=compare");
      await page.waitForSelector("[data-statement]");
      await page.goBack();
      await page.waitForSelector("text=Endpoints across environments");
    }));
});
