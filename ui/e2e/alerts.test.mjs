// Alerting as a person on call meets it, against a stand-in for the server: what fires, who is told, what keeps quiet.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeViolations, launch, openPage } from "./browser.mjs";
import { startStandIn } from "./standIn.mjs";

const THEMES = ["dark", "light"];
const TABS = ["", "rules", "routing", "silences", "channels", "oncall", "notifications"];
const OPENED = [
  "/alerts/41",
  "/alerts?state=resolved",
  "/alerts?tab=rules&sel=new",
  "/alerts?tab=rules&sel=mostly-failing",
  "/alerts?tab=silences&sel=silence-1",
];

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

/** A page on a stand-in of its own, because tests change what is stored. */
async function withPage(path, check, { change, expected, ...options } = {}) {
  const server = await startStandIn(change);
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

const called = (server, method, path) =>
  server.state.calls.filter((call) => call.method === method && call.path === path);

describe("every tab", () => {
  for (const theme of THEMES) {
    test(`passes axe (${theme})`, async () => {
      const server = await startStandIn();
      for (const path of [...TABS.map((tab) => `/alerts?tab=${tab}`), ...OPENED]) {
        const page = await openPage(browser, server.base + path, { theme });
        assert.deepEqual(await axeViolations(page), [], path);
        assert.deepEqual(await page.complaints(), [], path);
        await page.end();
      }
      await server.stop();
    });
  }

  test("scrolls down only on a narrow screen", async () => {
    const server = await startStandIn();
    // 320 px is a screen of 1280 px at 400 %.
    for (const path of [...TABS.map((tab) => `/alerts?tab=${tab}`), ...OPENED]) {
      const page = await openPage(browser, server.base + path, { width: 320, height: 844 });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0, path);
      await page.end();
    }
    await server.stop();
  });

  test("is reached by keys and from the palette", () =>
    withPage("/alerts?tab=channels", async (page) => {
      await page.keyboard.press("g");
      await page.keyboard.press("l");
      await page.waitForURL("**/alerts");
      await page.keyboard.press("Control+k");
      await page.waitForSelector('[role="combobox"]');
      await page.keyboard.type("silences");
      await page.keyboard.press("Enter");
      await page.waitForURL("**tab=silences**");
      await page.waitForSelector('[data-silence="silence-1"] >> text=ends in 2 h');
    }));
});

describe("the list", () => {
  test("a key acknowledges, and the message takes it back", () =>
    withPage("/alerts", async (page, server) => {
      await page.waitForSelector("[data-firing-count] >> text=2");
      await page.keyboard.press("j");
      await page.keyboard.press("a");
      await page.waitForSelector('[data-alert="41"] [data-state="acknowledged"]');
      await page.waitForSelector("[data-toast='done'] >> text=Acknowledged: Slow orders");
      assert.deepEqual(called(server, "POST", "/alerts/actions")[0].body.ids, ["41"]);
      await page.waitForSelector("[data-firing-count] >> text=1");
      await page.keyboard.press("u");
      await page.waitForSelector('[data-alert="41"] [data-state="firing"]');
      assert.equal(called(server, "POST", "/alerts/actions")[1].body.action, "unacknowledge");
    }));

  test("a refusal is said, and the row is as before", async () => {
    const server = await startStandIn();
    const page = await openPage(browser, null, { bare: true });
    await page.route("**/api/v1/alerts/actions", (route) =>
      route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        body: JSON.stringify({ title: "No", status: 503, detail: "the catalog is on fire", code: "internal" }),
      }),
    );
    await page.goto(`${server.base}/alerts`);
    await page.waitForSelector("[data-alert]");
    await page.keyboard.press("j");
    await page.keyboard.press("a");
    await page.waitForSelector('[data-toast="failed"] >> text=the catalog is on fire');
    await page.waitForSelector('[data-alert="41"] [data-state="firing"]');
    await page.end();
    await server.stop();
  });

  test("several are snoozed at once, and filters are in the link", () =>
    withPage("/alerts", async (page, server) => {
      await page.locator('[data-alert="41"] input').check();
      await page.locator('[data-alert="42"] input').check();
      await page.waitForSelector('[role="toolbar"] >> text=2 selected');
      assert.deepEqual(await axeViolations(page), []);
      await page.keyboard.press("z");
      await page.click('[role="dialog"] button:text-is("4 h")');
      assert.deepEqual(await axeViolations(page), []);
      await page.click('[role="dialog"] button[type="submit"]');
      await page.waitForSelector('[data-alert="42"] [data-state="snoozed"]');
      const [{ body }] = called(server, "POST", "/alerts/actions");
      assert.deepEqual(body.ids, ["41", "42"]);
      assert.ok(body.until_ms > Date.now() + 3.9 * 3_600_000);
      await page.click('[aria-label="State"] >> text=Muted');
      await page.waitForURL("**state=muted**");
      await page.waitForSelector('[data-alert="44"] >> text=by silence moving the payment provider');
      await page.reload();
      await page.waitForSelector('[data-alert="44"]');
      assert.equal(await page.locator("[data-alert]").count(), 1);
    }));

  test("the stream changes a row and the count", () =>
    withPage("/alerts", async (page, server) => {
      await page.waitForSelector('[data-live="live"]', { state: "attached" });
      const alert = server.state.alerts.find((item) => item.id === "42");
      server.state.alerts = server.state.alerts.filter((item) => item !== alert);
      server.tell("alert", { change: "resolved", alert: { ...alert, state: "resolved", resolved_ms: Date.now() } });
      await page.waitForSelector("[data-firing-count] >> text=1");
      await page.waitForSelector('[data-alert="42"]', { state: "detached" });
    }));

  test("what is new waits while somebody reads", () =>
    withPage("/alerts", async (page, server) => {
      await page.keyboard.press("j");
      const alert = { ...server.state.alerts[0], id: "99", name: "Brand new", started_ms: Date.now() };
      server.state.alerts = [alert, ...server.state.alerts];
      server.tell("alert", { change: "opened", alert });
      await page.click('button:has-text("1 new alert")');
      await page.waitForSelector('[data-alert="99"]');
    }));

  test("says when nobody is told", () =>
    withPage(
      "/alerts",
      async (page) => {
        await page.click("[data-nobody] >> text=add a channel");
        await page.waitForSelector("text=Nobody is told yet");
        assert.deepEqual(await axeViolations(page), []);
      },
      { change: (state) => (state.channels = []) },
    ));
});

describe("an alert", () => {
  test("says who was told and why, and takes a comment as text", () =>
    withPage("/alerts/41", async (page) => {
      await page.waitForSelector('[data-notification="dead"] >> text=Nobody acknowledged for 15 min.');
      await page.waitForSelector("[data-route] >> text=Ops chat and Ada are told at once");
      await page.waitForSelector("text=<b>not</b> the deployment");
      await page.fill('textarea[aria-label="Comment"]', "<i>it was the</i> index");
      await page.click('button:text-is("Comment")');
      await page.waitForSelector("ol >> text=<i>it was the</i> index");
      await page.click("text=With note, until…");
      await page.fill('[role="dialog"] label:has-text("Note") input', "on it");
      await page.click('[role="dialog"] button:text-is("1 h")');
      await page.click('[role="dialog"] button[type="submit"]');
      await page.waitForSelector("[data-headline] >> text=/acknowledged by somebody .* until .*: on it/");
    }));
});

describe("silences", () => {
  test("show what they would hide, and need a reason", () =>
    withPage("/alerts", async (page, server) => {
      await page.keyboard.press("j");
      await page.keyboard.press("s");
      await page.waitForSelector("[data-hides] >> text=Hides 1 firing alert now.");
      assert.deepEqual(await axeViolations(page), []);
      const save = page.locator('[data-silence-form] button[type="submit"]');
      assert.equal(await save.isDisabled(), true);
      await page.click('[aria-label="Remove condition 3"]'); // Any endpoint of the service.
      await page.fill("[data-silence-form] textarea", "moving the database");
      await save.click();
      await page.waitForSelector("text=Silence begun");
      const [{ body }] = called(server, "POST", "/silences");
      assert.deepEqual(body.matchers.slice(0, 2), ['alertname="Slow orders"', 'service="orders"']);
      assert.equal(body.comment, "moving the database");
    }));

  test("are extended and expired", () =>
    withPage("/alerts?tab=silences", async (page, server) => {
      await page.click('[data-silence="silence-1"] >> text=1 h more');
      await page.waitForSelector('[data-silence="silence-1"] >> text=ends in 3 h');
      await page.click('[data-silence="silence-1"] button:text-is("Expire")');
      await page.waitForSelector("text=Nothing is silenced");
      assert.equal(called(server, "DELETE", "/silences/silence-1").length, 1);
    }));
});

describe("rules", () => {
  test("are written as a sentence, tried on the past and saved", () =>
    withPage("/alerts?tab=rules", async (page, server) => {
      await page.click('button:has-text("New rule")');
      await page.waitForURL("**sel=new**");
      await page.fill('label:has-text("Name") input', "Slow quotes");
      await page.fill('label:has-text("Endpoints") input', "GET /quotes");
      await page.fill('label:has-text("It must hold for") input', "3 min");
      await page.waitForSelector(
        "[data-sentence] >> text=When p95 of GET /quotes in any environment is above 800 ms over 5 minutes with 20 requests or more, for 3 minutes",
      );
      await page.waitForSelector("[data-now] >> text=POST /orders");
      await page.click('button:text-is("Backtest")');
      await page.waitForSelector("[data-backtest] >> text=12 notifications instead of 4 (+8)");
      await page.waitForSelector("[data-backtest] >> text=Catches 3 of 4 incidents, now 2.");
      assert.deepEqual(await axeViolations(page), []);
      const [{ body }] = called(server, "POST", "/alert-backtest");
      assert.equal(body.rules.at(-1).id, "slow-quotes");
      assert.equal(body.rules.length, 5);
      await page.click('button:text-is("Save rule")');
      await page.waitForSelector('[data-rule="slow-quotes"]');
      assert.equal(called(server, "PUT", "/alert-rules/slow-quotes")[0].body.for_s, 180);
      await page.keyboard.press("u");
      await page.waitForSelector('[data-rule="slow-quotes"]', { state: "detached" });
    }));

  test("that are half written are not left by accident", () =>
    withPage("/alerts?tab=rules&sel=slow-orders", async (page) => {
      await page.fill('label:has-text("Milliseconds") input', "700");
      await page.click('[role="tab"]:text-is("Channels")');
      await page.click('[role="dialog"] button:text-is("Cancel")');
      assert.equal(await page.inputValue('label:has-text("Milliseconds") input'), "700");
      await page.click('[data-rule-form] button:text-is("Cancel")');
      await page.waitForSelector('[data-rule="slow-orders"] >> text=above 500 ms');
    }));

  test("of a file are only read", () =>
    withPage("/alerts?tab=rules", async (page) => {
      assert.equal(await page.locator('[aria-label="Remove Mostly failing"]').isDisabled(), true);
      await page.click('[aria-label="Show Mostly failing"]');
      await page.waitForSelector("text=comes from a file");
      assert.equal(await page.locator('button:text-is("Save rule")').count(), 0);
    }));

  test("are removed after a question and come back", () =>
    withPage("/alerts?tab=rules", async (page, server) => {
      await page.click('[aria-label="Remove Slow orders"]');
      assert.deepEqual(await axeViolations(page), []);
      await page.click('[role="dialog"] button:text-is("Remove rule")');
      await page.waitForSelector('[data-rule="slow-orders"]', { state: "detached" });
      await page.keyboard.press("u");
      await page.waitForSelector('[data-rule="slow-orders"]');
      assert.equal(called(server, "PUT", "/alert-rules/slow-orders").length, 1);
    }));
});

describe("routing", () => {
  test("is changed as a whole, and mistakes are said at their place", () =>
    withPage(
      "/alerts?tab=routing",
      async (page, server) => {
        await page.click('[aria-label="Move down: severity=\\"critical\\""]');
        await page.waitForSelector("[data-unsaved]");
        await page.click('[aria-label="Add a route below everything else"]');
        assert.deepEqual(await axeViolations(page), []);
        await page.click('[role="tab"]:text-is("Rules")'); // The draft outlives another tab.
        await page.waitForSelector("[data-rule]");
        await page.click('[role="tab"]:text-is("Routing")');
        server.state.routingErrors = [{ field: "route.routes[2].receiver", message: "there is no such receiver" }];
        await page.click('button:text-is("Save routing")');
        await page.waitForSelector("[data-unsaved] >> text=there is no such receiver");
        server.state.routingErrors = [];
        await page.click('button:text-is("Save routing")');
        await page.waitForSelector("[data-unsaved]", { state: "detached" });
        const saved = server.state.routing.route.routes;
        assert.deepEqual(
          saved.map((item) => item.matchers),
          [['region=~"eu-.*"'], ['severity="critical"'], []],
        );
      },
      { expected: /answer 400|status of 400/, height: 2400 },
    ));

  test("is not left by accident", () =>
    withPage("/alerts?tab=routing", async (page) => {
      await page.click('[aria-label="Move down: severity=\\"critical\\""]');
      await page.click('nav >> text="Overview"');
      await page.waitForSelector('[role="dialog"] >> text=Leave without saving?');
      await page.click('[role="dialog"] button:text-is("Cancel")');
      await page.waitForSelector("[data-unsaved]");
      await page.click('nav >> text="Anomalies"');
      await page.click('[role="dialog"] button:text-is("Leave")');
      await page.waitForURL("**/anomalies");
    }));

  test("says who would be told of typed labels", () =>
    withPage("/alerts?tab=routing", async (page) => {
      const asked = page.waitForResponse(
        (response) => response.request().postDataJSON()?.labels?.service === "payments",
      );
      await page.fill('label:has-text("Labels") input', "service=payments");
      await asked;
      await page.waitForSelector("[data-who] >> text=Ops chat and Ada are told at once");
    }));
});

describe("channels", () => {
  test("keep their secrets to themselves", () =>
    withPage("/alerts?tab=channels", async (page, server) => {
      await page.click('[aria-label="Edit Ops chat"]');
      const secret = page.locator('[data-channel-form] input[type="password"]');
      assert.equal(await secret.inputValue(), "");
      assert.equal(await secret.getAttribute("placeholder"), "set, leave empty to keep");
      assert.ok(!(await page.content()).includes("xoxb-secret"));
      assert.deepEqual(await axeViolations(page), []);
      await page.fill('[data-channel-form] label:has-text("Slack channel") input', "#incidents");
      await page.click('[data-channel-form] button[type="submit"]');
      await page.waitForSelector('[data-channel="ops-chat"] >> text=#incidents');
      const [{ body }] = called(server, "PUT", "/channels/ops-chat");
      assert.equal("secrets" in body, false);
      assert.equal(server.state.channels[0].secrets.token, "xoxb-secret");
    }));

  test("are tested", () =>
    withPage("/alerts?tab=channels", async (page) => {
      await page.click('[aria-label="Test Ops chat"]');
      await page.waitForSelector('[data-outcome="good"] >> text=Delivered, answer 200, in 84 ms');
    }));

  test("the first one is offered everything", () =>
    withPage(
      "/alerts?tab=channels",
      async (page, server) => {
        await page.click('button:has-text("Add a channel")');
        await page.selectOption("[data-channel-form] select", "teams");
        await page.fill('[data-channel-form] label:has-text("Name") input', "Team room");
        await page.fill('[data-channel-form] input[type="password"]', "https://flows.example.com/x");
        await page.click('[data-channel-form] button[type="submit"]');
        await page.click("[data-offer] >> text=Tell it about everything");
        await page.waitForSelector("text=Team room is told about everything");
        assert.deepEqual(called(server, "PUT", "/channels/team-room")[0].body.secrets, {
          url: "https://flows.example.com/x",
        });
        assert.ok(server.state.routing.receivers[0].steps[0].channels.includes("team-room"));
      },
      {
        change: (state) => {
          state.channels = [];
          for (const receiver of state.routing.receivers)
            receiver.steps = [{ after_s: 0, channels: [], schedules: [] }];
        },
      },
    ));
});

test("on call shows who it is and lets turns be changed", () =>
  withPage("/alerts?tab=oncall", async (page, server) => {
    await page.waitForSelector('[data-on-call="primary"] >> text=Ada');
    await page.click('[aria-label="Edit schedule primary"]');
    await page.click('[aria-label="Later: Ada"]');
    assert.deepEqual(await axeViolations(page), []);
    await page.click('button:text-is("Save routing")');
    await page.waitForSelector("[data-unsaved]", { state: "detached" });
    assert.deepEqual(server.state.routing.schedules[0].people, ["Grace", "Ada"]);
  }));

test("a dead notification is tried again", () =>
  withPage("/alerts?tab=notifications", async (page, server) => {
    await page.click('[data-notification="dead"] >> text=Try again');
    await page.waitForSelector('[data-notification="dead"]', { state: "detached" });
    assert.equal(called(server, "POST", "/notifications/2/retry").length, 1);
  }));
