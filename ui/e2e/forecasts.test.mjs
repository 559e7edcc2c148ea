// What is ahead, as a person meets it, against a stand-in for the server: predictions, journeys, and where else both
// are shown.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeViolations, launch, openPage } from "./browser.mjs";
import { startStandIn } from "./standIn.mjs";

const THEMES = ["dark", "light"];
const PAYMENTS = "/endpoints/00000000000000a3";

/** Every page and tab, with what must be there. */
const PAGES = {
  "/predictions": [
    '[data-prediction="p1"] [data-probability] >> text=82 %',
    '[data-prediction="p1"] >> text=about 1,240 requests',
    '[data-prediction="p1"] a >> text=Checkout',
    '[data-prediction="p2"] >> text=limit orders-errors',
    '[data-prediction="p3"] [data-trust="poor"]',
    "[data-watched] >> text=812 forecasts watched, 31 of them not trusted yet",
  ],
  "/predictions?sel=p1": ['[data-prediction="p1"] [data-forecast="latency_ms_p95"] >> text=seasonal autoregression 46 %'],
  "/predictions?tab=reliability": [
    "[data-verdict] >> text=Bands hold what they promise: 94 % of 50,412 values",
    'tr:has-text("Traffic") >> text=too narrow',
    'tr:has-text("up to 6 h") >> text=0.79×',
    "text=47 of 214 came true",
    'dl >> text="0.094"',
  ],
  "/predictions?tab=capacity": [
    '[data-capacity="payments"] >> text=Daily peaks grow by 5.2 % a week',
    '[data-capacity="payments"] >> text=95 % of it',
    '[data-capacity="search"] >> text=Daily peaks do not grow.',
  ],
  "/predictions?tab=capacity&kind=endpoint": ['[data-capacity="payments"] a >> text=/payments'],
  "/predictions?tab=limits": [
    '[data-limit="orders-errors"] >> text=Error rate of POST /orders of orders must not be above 0.64 % for 10 minutes',
    '[data-limit="payments-fast"] >> text=file',
  ],
  "/predictions?tab=limits&sel=new": ["[data-limit-form] >> text=Seen: orders", "[data-sentence] >> text=any endpoint"],
  "/journeys": [
    '[data-journey="checkout"] >> text=Failing',
    '[data-journey="checkout"] >> text=98 % of the loss',
    '[data-journey="checkout"] >> text=352 of 1,000 sessions finished',
    '[data-journey="sign-in"] >> text=99.4 % of those who begin could finish, as usual.',
    '[data-proposal="f00d"] >> text=940 sessions began, 410 (43.6 %) walked all of it',
    '[data-proposal="f00d"] >> text=42 s',
  ],
  "/journeys?sel=checkout": [
    '[data-step="2"] >> text=matches 412 requests in the last hour',
    "[data-check] >> text=127 sessions walked all steps in order",
  ],
  "/journeys?sel=sign-in": ["[data-journey-form] >> text=comes from a file on the server"],
  "/journeys?sel=proposal:f00d": ['[data-step="1"] >> text=/cart'],
  "/journeys/checkout": [
    "[data-headline] >> text=71.2 %",
    "[data-headline] >> text=usually 98.9 %; POST /payments loses most",
    "[data-impact] >> text=1,240 checkouts fail in the next hour",
    '[data-failed] >> text="customer-42"',
    "text=520 came, 168 left, 151 after an error",
  ],
  "/journeys/checkout?sel=3": ["[data-step-detail] >> text=slower than 400 ms fails"],
  [`${PAYMENTS}?tab=forecast`]: [
    '[data-forecast="latency_ms_p50"] canvas',
    '[data-forecast="latency_ms_p95"] >> text=95 % band held 94 % of 672 values, last 7 days.',
    '[data-forecast="error_rate"] >> text=daily strong, weekly weak',
    '[data-forecast="requests_per_minute"] [data-trust="good"]',
  ],
  "/": [
    "[data-next-breach] >> text=p95 of POST /payments rises above 336 ms",
    "[data-next-breach] >> text=/most likely .*, in 9 min/",
    '[data-journey-line="checkout"] >> text=weakest POST /payments',
    '[data-journey-line="sign-in"] >> text=99.4 %',
  ],
};

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

/** A page on a stand-in of its own, because tests change what is stored. `change` alters what is ahead before. */
async function withPage(path, check, { change, expected, ...options } = {}) {
  const server = await startStandIn((state) => change?.(state.futures));
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
async function onEachPage(options, check) {
  const server = await startStandIn();
  try {
    for (const [path, [selector]] of Object.entries(PAGES)) {
      const page = await openPage(browser, server.base + path, options);
      await page.waitForSelector(selector).catch(() => assert.fail(`${path} does not show ${selector}`));
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
  for (let pressed = 0; pressed < 80; pressed++) {
    if (await page.locator(selector).evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${selector} is not reached by ${key}`);
}

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
      onEachPage({ width, height: 844 }, async (page, path) => {
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(overflow, 0, path);
      }));
  }

  test("is reached by keys", () =>
    withPage("/alerts", async (page) => {
      await page.keyboard.press("g");
      await page.keyboard.press("p");
      await page.waitForURL("**/predictions");
      await page.waitForSelector('h1:text-is("Predictions")');
      await page.keyboard.press("g");
      await page.keyboard.press("j");
      await page.waitForURL("**/journeys");
      await page.waitForSelector('h1:text-is("Journeys")');
    }));
});

describe("with nothing to show", () => {
  const nothing = (futures) => {
    futures.predictions = [];
    futures.journeys = [];
    futures.proposals = [];
    futures.proposalNote = "No request names a consumer or a trace.";
    futures.capacity = [];
    futures.objectives = [];
    futures.reliability = {
      ...futures.reliability,
      all: null,
      measures: [],
      leads: [],
      days: [],
      breaches: { predictions: 0, breaches: 0, brier: null, calibration_error: null, bins: [] },
    };
  };
  const EMPTY = {
    "/predictions": "[data-calm] >> text=Nothing is expected to cross its limit in the next 24 h.",
    "/predictions?tab=reliability": "text=No forecast of this range has come due yet.",
    "/predictions?tab=capacity": "text=There is no traffic to look at yet",
    "/predictions?tab=limits": "text=None so far: the usual limits apply everywhere.",
    "/journeys": "text=No request names a consumer or a trace.",
    "/journeys/checkout": "text=No journey has this address.",
    "/": "[data-ahead-calm] >> text=Nothing is expected to cross its limit",
  };

  for (const [path, selector] of Object.entries(EMPTY)) {
    test(`${path} says so`, () =>
      withPage(
        path,
        async (page) => {
          await page.waitForSelector(selector);
          assert.deepEqual(await axeViolations(page), []);
        },
        { change: nothing, expected: path.endsWith("/checkout") ? /answer 404|status of 404/ : undefined },
      ));
  }

  test("it is said when there is too little history", () =>
    withPage(
      "/predictions",
      async (page) => {
        await page.waitForSelector("[data-calm] >> text=Not enough history yet");
      },
      {
        change: (futures) => {
          nothing(futures);
          futures.made_ms = null;
          futures.status = { ...futures.status, forecasts: 0, untrusted: 0 };
        },
      },
    ));

  test("a forecast that deserves no belief is not drawn, and says why", () =>
    withPage(
      `${PAYMENTS}?tab=forecast`,
      async (page) => {
        await page.waitForSelector('[data-forecast="error_rate"] [data-untrusted] >> text=at least 2 days are needed');
        assert.equal(await page.locator('[data-trust="none"]').count(), 4);
        assert.deepEqual(await axeViolations(page), []);
      },
      { change: (futures) => (futures.trust = "none") },
    ));
});

describe("when the server fails", () => {
  const FAILING = {
    "/predictions": ["predictions", "The predictions could not be loaded", '[data-prediction="p1"]'],
    "/predictions?tab=reliability": ["forecast-reliability", "The record of forecasts could", "[data-verdict]"],
    "/predictions?tab=capacity": ["capacity", "Capacity could not be loaded", '[data-capacity="payments"]'],
    "/predictions?tab=limits": ["objectives", "The limits could not be loaded", '[data-limit="orders-errors"]'],
    "/journeys": ["journeys", "The journeys could not be loaded", '[data-journey="checkout"]'],
    "/journeys/checkout": ["journeys", "The journey could not be loaded", "[data-headline]"],
    "/": ["predictions", "The predictions could not be loaded", "[data-next-breach]"],
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
          server.state.futures.failing = [];
          await alert.locator('button:has-text("Try again")').click();
          await page.waitForSelector(selector);
        },
        { change: (futures) => (futures.failing = [folder]), expected: /answer 500|status of 500/ },
      ));
  }
});

describe("the address", () => {
  test("keeps horizon, measures and what is open", () =>
    withPage("/predictions", async (page, server) => {
      await page.click('[aria-label="Within"] >> text="6 h"');
      await page.waitForURL("**horizon=6h**");
      await page.check('[aria-label="Measures"] >> text="p95"');
      await page.waitForURL("**measure=latency_ms_p95**");
      await page.waitForSelector('[data-prediction="p2"]', { state: "detached" });
      await page.click('[data-prediction="p1"] [aria-expanded]');
      await page.waitForURL("**sel=p1**");
      await page.reload();
      await page.waitForSelector('[data-prediction="p1"] [data-forecast="latency_ms_p95"]');
      assert.equal(await page.locator("[data-prediction]").count(), 1);
      assert.equal(await page.isChecked('[aria-label="Measures"] >> text="p95"'), true);
      assert.equal(await page.isChecked('[aria-label="Measures"] >> text="p50"'), false);
      assert.ok(server.state.calls.some(({ path }) => path === "/forecast"));
    }));

  test("keeps the tab, and Back leads to the one before", () =>
    withPage("/predictions", async (page) => {
      await page.click('[role="tab"]:text-is("Capacity")');
      await page.waitForURL("**tab=capacity");
      await page.click('[aria-label="One row for each"] >> text=Endpoint');
      await page.waitForURL("**kind=endpoint**");
      await page.reload();
      await page.waitForSelector('[data-capacity="payments"] a >> text=/payments');
      await page.goBack();
      await page.waitForSelector('[data-capacity="payments"] span:text-is("payments")');
      await page.goBack();
      await page.waitForSelector('[data-prediction="p1"]');
    }));

  test("keeps how far an endpoint's forecast looks ahead", () =>
    withPage(`${PAYMENTS}?tab=forecast`, async (page) => {
      await page.click('[aria-label="Look ahead"] >> text="7 d"');
      await page.waitForURL("**horizon=7d**");
      const asked = page.waitForRequest(
        (request) => request.url().includes("/forecast?") && request.url().includes("horizon=7d"),
      );
      await page.reload();
      await asked;
      await page.waitForSelector('[data-forecast="latency_ms_p95"] canvas');
    }));

  test("leads from the overview to the prediction and the journey", () =>
    withPage("/", async (page) => {
      await page.click("[data-next-breach] a");
      await page.waitForURL("**/predictions?sel=p1");
      await page.click('[data-prediction="p1"] a >> text=Checkout');
      await page.waitForURL("**/journeys/checkout");
      await page.waitForSelector("[data-headline]");
      await page.goto(new URL("/", page.url()).href);
      await page.click('[data-journey-line="sign-in"] a');
      await page.waitForURL("**/journeys/sign-in");
      await page.waitForSelector("[data-headline] >> text=Healthy");
    }));
});

describe("a journey", () => {
  test("is built with the keyboard only", () =>
    withPage("/journeys", async (page, server) => {
      const choose = async (words, route) => {
        await page.keyboard.type(words);
        await page.waitForFunction(() => document.querySelectorAll('[role="option"]').length === 1);
        await page.waitForSelector(`[role="option"][data-highlighted] >> text=${route}`);
        await page.keyboard.press("Enter");
      };
      await tabTo(page, 'button:has-text("New journey")');
      await page.keyboard.press("Enter");
      await tabTo(page, 'label:has-text("Name") input');
      await page.keyboard.type("Pay for a cart");
      await tabTo(page, 'label:has-text("Should succeed") input');
      await page.keyboard.type("99.5");
      await tabTo(page, 'input[aria-label="First step"]');
      await choose("payments", "POST /payments");
      await page.waitForSelector('[data-step="0"] >> text=/payments');
      await tabTo(page, 'input[aria-label="Next step"]');
      await choose("cart", "GET /cart");
      await page.waitForSelector('[data-step="1"] >> text=/cart');
      await tabTo(page, '[aria-label="Move up: GET /cart"]', "Shift+Tab");
      await page.keyboard.press("Enter");
      await page.waitForSelector('[data-step="0"] >> text=/cart');
      await tabTo(page, '[data-step="1"] label:has-text("Slower fails") input');
      await page.keyboard.type("400");
      await page.waitForSelector("[data-check] >> text=Ready. It matches 824 requests in the last hour");
      assert.deepEqual(await axeViolations(page), []);
      await tabTo(page, '[data-journey-form] button[type="submit"]');
      await page.keyboard.press("Enter");
      await page.waitForSelector('[data-journey="pay-for-a-cart"]');
      const step = { environment: null, weight: 1, is_optional: false, latency_ms_max: null };
      assert.deepEqual(
        called(server, "PUT", "/journeys/pay-for-a-cart").map(({ body }) => body),
        [
          {
            id: "pay-for-a-cart",
            name: "Pay for a cart",
            success_target: 0.995,
            latency_ms_max: null,
            steps: [
              { ...step, service: "gateway", method: "GET", route: "/cart" },
              { ...step, service: "payments", method: "POST", route: "/payments", latency_ms_max: 400 },
            ],
          },
        ],
      );
      await page.keyboard.press("u");
      await page.waitForSelector('[data-journey="pay-for-a-cart"]', { state: "detached" });
      assert.equal(called(server, "DELETE", "/journeys/pay-for-a-cart").length, 1);
    }));

  test("that the server refuses says what is wrong at its fields", () =>
    withPage(
      "/journeys?sel=checkout",
      async (page, server) => {
        server.state.futures.journeyErrors = [
          { field: "name", message: "another journey has this name" },
          { field: "steps[1].environment", message: "no such environment was seen" },
          { field: "steps[2]", message: "the step comes twice" },
        ];
        await page.fill('label:has-text("Name") input', "Sign in");
        await page.fill('[data-step="1"] label:has-text("Environment") input', "aws/nowhere");
        await page.click('[data-journey-form] button[type="submit"]');
        await page.waitForSelector('label:has-text("Name") >> text=another journey has this name');
        await page.waitForSelector('[data-step="1"] label:has-text("Environment") >> text=no such environment was seen');
        await page.waitForSelector('[data-step="2"] >> text=the step comes twice');
        await page.waitForSelector('[data-journey-form] [role="alert"] >> text=Not saved');
        assert.deepEqual(await axeViolations(page), []);
        server.state.futures.journeyErrors = [];
        await page.click('[data-journey-form] button[type="submit"]');
        await page.waitForSelector('[data-journey="checkout"] >> text=Sign in');
        assert.equal(called(server, "PUT", "/journeys/checkout").at(-1).body.steps[1].environment, "aws/nowhere");
      },
      { expected: /answer 400|status of 400/ },
    ));

  test("that is half written is not left by accident", () =>
    withPage("/journeys?sel=new", async (page) => {
      await page.fill('label:has-text("Name") input', "Half");
      await page.click('nav >> text="Alerts"');
      await page.waitForSelector('[role="dialog"] >> text=The journey has changes that are not saved.');
      await page.click('[role="dialog"] button:text-is("Cancel")');
      assert.equal(await page.inputValue('label:has-text("Name") input'), "Half");
      await page.click('[data-journey-form] button:text-is("Cancel")');
      await page.waitForSelector("[data-journey]");
    }));

  test("is removed after a question and comes back", () =>
    withPage("/journeys?sel=checkout", async (page, server) => {
      await page.click('[data-journey-form] button:has-text("Remove"):not([aria-label])');
      await page.waitForSelector('[role="dialog"]');
      assert.deepEqual(await axeViolations(page), []);
      await page.click('[role="dialog"] button:has-text("Remove")');
      await page.waitForSelector('[data-journey="sign-in"]');
      await page.waitForSelector('[data-journey="checkout"]', { state: "detached" });
      await page.keyboard.press("u");
      await page.waitForSelector('[data-journey="checkout"]');
      assert.equal(called(server, "PUT", "/journeys/checkout").length, 1);
    }));

  test("opens a step from the list, and the requests of a session that failed", () =>
    withPage("/journeys", async (page) => {
      await page.click('[data-journey="checkout"] a:has-text("/payments")');
      await page.waitForURL("**/journeys/checkout?sel=3");
      await page.waitForSelector("[data-step-detail] >> text=93 % of the times it goes wrong");
      await page.click('[data-failed] button:text-is("customer-42")');
      await page.waitForSelector('[role="dialog"] >> text=timeout');
      assert.deepEqual(await axeViolations(page), []);
      await page.keyboard.press("Escape");
      await page.waitForSelector('[role="dialog"]', { state: "detached" });
      await page.click('button[aria-expanded="true"]:has-text("/payments")');
      await page.waitForSelector("[data-step-detail]", { state: "detached" });
    }));
});

describe("a path that people walk", () => {
  test("is confirmed under another name", () =>
    withPage("/journeys", async (page, server) => {
      await page.click('[aria-label="Confirm: Search to cart"]');
      await page.waitForURL("**sel=proposal:f00d");
      await page.fill('label:has-text("Name") input', "Find and choose");
      await page.click('[data-journey-form] button[type="submit"]');
      await page.waitForSelector('[data-journey="find-and-choose"] >> text=discovered');
      await page.waitForSelector("[data-proposal]", { state: "detached" });
      const [{ body }] = called(server, "POST", "/journey-proposals/f00d");
      assert.equal(body.action, "confirm");
      assert.deepEqual(
        body.journey.steps.map(({ method, route }) => `${method} ${route}`),
        ["GET /search", "GET /cart"],
      );
    }));

  test("is dismissed", () =>
    withPage("/journeys", async (page, server) => {
      await page.click('[aria-label="Dismiss: Search to cart"]');
      await page.waitForSelector('[data-toast="done"] >> text=Not proposed again: Search to cart.');
      await page.waitForSelector("[data-proposal]", { state: "detached" });
      assert.deepEqual(called(server, "POST", "/journey-proposals/f00d")[0].body, { action: "dismiss", journey: null });
    }));
});

describe("a limit", () => {
  test("is written as a sentence, refused at its field, saved and taken back", () =>
    withPage(
      "/predictions?tab=limits",
      async (page, server) => {
        await page.click('button:has-text("New limit")');
        await page.waitForURL("**sel=new**");
        await page.selectOption('label:has-text("Measure") select', "error_rate");
        await page.fill('label:has-text("Percent") input', "2");
        await page.fill('label:has-text("Endpoints") input', "POST /payment");
        await page.waitForSelector("[data-sentence] >> text=Error rate of POST /payment must not be above 2 % for 10 minutes");
        server.state.futures.objectiveErrors = [{ field: "endpoints[0]", message: "no such endpoint is known" }];
        await page.click('button:text-is("Save limit")');
        await page.waitForSelector('label:has-text("Endpoints") >> text=no such endpoint is known');
        await page.waitForSelector('[data-limit-form] [role="alert"] >> text=Not saved');
        assert.deepEqual(await axeViolations(page), []);
        server.state.futures.objectiveErrors = [];
        await page.fill('label:has-text("Endpoints") input', "POST /payments");
        await page.click('button:text-is("Save limit")');
        await page.waitForSelector('[data-limit="post-payments-error-rate"]');
        assert.deepEqual(called(server, "PUT", "/objectives/post-payments-error-rate")[0].body, {
          id: "post-payments-error-rate",
          measure: "error_rate",
          is: "above",
          value: 0.02,
          for_s: 600,
          services: [],
          endpoints: ["POST /payments"],
          environments: [],
        });
        await page.keyboard.press("u");
        await page.waitForSelector('[data-limit="post-payments-error-rate"]', { state: "detached" });
      },
      { expected: /answer 400|status of 400/ },
    ));

  test("is removed after a question; one of a file is only read", () =>
    withPage("/predictions?tab=limits", async (page, server) => {
      assert.equal(await page.locator('[aria-label="Remove payments-fast"]').isDisabled(), true);
      await page.click('[aria-label="Remove orders-errors"]');
      assert.deepEqual(await axeViolations(page), []);
      await page.click('[role="dialog"] button:text-is("Remove limit")');
      await page.waitForSelector('[data-limit="orders-errors"]', { state: "detached" });
      assert.equal(called(server, "DELETE", "/objectives/orders-errors").length, 1);
      await page.click('[aria-label="Show payments-fast"]');
      await page.waitForSelector("[data-limit-form] >> text=comes from a file on the server");
      assert.equal(await page.locator('button:text-is("Save limit")').count(), 0);
    }));
});
