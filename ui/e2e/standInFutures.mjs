// The part of the stand-in that answers about forecasts and journeys. Owns their state; numbers are plausible, and
// the same at every start.
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 15 * MINUTE_MS;
const EU = "aws/production/eu-west-1";

const endpoint = (id, service, method, route) => ({ id: id.padStart(16, "0"), service, method, route });

export const ENDPOINTS = [
  endpoint("a1", "gateway", "GET", "/cart"),
  endpoint("a2", "orders", "POST", "/orders"),
  endpoint("a3", "payments", "POST", "/payments"),
  endpoint("a4", "orders", "GET", "/orders/{id}"),
  endpoint("a5", "identity", "POST", "/login"),
  endpoint("a6", "search", "GET", "/search"),
];

/** A daily course with a bit of noise that is the same at every start. */
function wave(index, base, size) {
  const noise = (((index * 7919) % 101) / 101 - 0.5) * size * 0.4;
  return base + size * Math.sin((index / 96) * 2 * Math.PI) + noise;
}

function record(fields = {}) {
  return {
    values: 672,
    coverage_50: 0.49,
    coverage_80: 0.79,
    coverage_95: 0.94,
    error_ratio: 0.71,
    loss_ratio: 0.64,
    ...fields,
  };
}

const usual = (value) => ({ value, is: "above", for_s: 600, source: "usual", objective_id: null });

const LEVELS = {
  latency_ms_p50: [80, 12],
  latency_ms_p95: [210, 40],
  error_rate: [0.004, 0.002],
  requests_per_minute: [1200, 500],
};

function forecast(state, measure, hours, now_ms) {
  const [base, size] = LEVELS[measure];
  const step_ms = hours > 48 ? HOUR_MS : STEP_MS;
  const t0_ms = Math.floor(now_ms / step_ms) * step_ms;
  const steps = Math.max(4, Math.round((hours * HOUR_MS) / step_ms));
  const past = Math.max(24, Math.min(192, steps));
  const at = (index) => Math.max(0, wave(index, base, size));
  const trust = state.trust ?? "good";
  const expected = trust === "none" ? [] : Array.from({ length: steps }, (_, index) => at(past + index) * (1 + index / steps / 3));
  const spread = (width, sign) =>
    expected.map((value, index) => Math.max(0, value + sign * width * size * (0.6 + (0.8 * index) / steps)));
  return {
    measure,
    horizon_s: hours * 3600,
    step_ms,
    history_t0_ms: t0_ms - past * step_ms,
    history: Array.from({ length: past }, (_, index) => (index === 9 ? null : at(index))),
    t0_ms,
    expected,
    lower_50: spread(0.5, -1),
    upper_50: spread(0.5, 1),
    lower_80: spread(1, -1),
    upper_80: spread(1, 1),
    lower_95: spread(1.6, -1),
    upper_95: spread(1.6, 1),
    method: trust === "none" ? null : "ensemble",
    models: [
      { model: "seasonal autoregression", weight: 0.46 },
      { model: "same time of the week before", weight: 0.31 },
      { model: "damped trend", weight: 0.23 },
    ],
    seasons: { daily: 0.72, weekly: 0.21 },
    trust,
    reason:
      trust === "good"
        ? "Its 95 % band held 94 % of 672 values in the last 7 days."
        : trust === "poor"
          ? "Its 95 % band held only 61 % of 672 values."
          : "There are 3 hours of history; at least 2 days are needed.",
    history_days: 13.6,
    backtest: record({ coverage_95: 0.96 }),
    record: record(),
    limit: measure === "requests_per_minute" ? null : usual(base * 1.6),
  };
}

function prediction(id, place, measure, fields, now_ms) {
  const made = forecast({}, measure, 24, now_ms);
  const steps = 48;
  const reached = fields.probability ?? 0.5;
  return {
    id,
    scope: { service: place.service, endpoint: place.method ? place : null, environment: EU, dataset: "live" },
    measure,
    limit: made.limit ?? usual(2000),
    sentence: "",
    probability: reached,
    horizon_s: 24 * 3600,
    probability_if_it_goes_on: null,
    is_beyond: false,
    crossing_ms: now_ms + 9 * MINUTE_MS,
    crossing_early_ms: now_ms + 2 * MINUTE_MS,
    t0_ms: made.t0_ms,
    step_ms: made.step_ms,
    probability_by_step: Array.from({ length: steps }, (_, index) => reached * (1 - Math.exp(-index / 8))),
    value: made.history.at(-1),
    history: made.history.slice(-40),
    expected: made.expected.slice(0, steps).map((value, index) => value * (1 + index / 90)),
    lower_80: made.lower_80.slice(0, steps),
    upper_80: made.upper_80.slice(0, steps).map((value, index) => value * (1 + index / 60)),
    requests_at_risk: 1240,
    journeys: [{ id: "checkout", name: "Checkout" }],
    trust: "good",
    backtest: null,
    record: record(),
    ...fields,
  };
}

function step(place, fields = {}) {
  const { service, method, route } = place;
  return { service, method, route, environment: null, weight: 1, is_optional: false, latency_ms_max: null, ...fields };
}

function stepHealth(place, fields) {
  return {
    endpoint: place,
    environments: [EU],
    requests: 4120,
    success: 0.998,
    success_lower: 0.996,
    success_upper: 0.999,
    success_usual: 0.998,
    contribution: 0,
    latency_ms_p50: 62,
    latency_ms_p95: 180,
    sessions: 1000,
    sessions_continued: 700,
    sessions_failed: 3,
    is_optional: false,
    ...fields,
  };
}

function outlook(now_ms, base, drop) {
  const steps = 24;
  const t0_ms = Math.floor(now_ms / STEP_MS) * STEP_MS;
  const success = Array.from({ length: steps }, (_, index) => base - (drop * index) / steps);
  return {
    horizon_s: 6 * 3600,
    t0_ms,
    step_ms: STEP_MS,
    sentence: `${((base - drop / 2) * 100).toFixed(1)} % are expected to succeed over the next 6 hours.`,
    success,
    success_lower: success.map((value, index) => value - 0.01 - (drop * index) / steps),
    success_upper: success.map((value) => Math.min(1, value + 0.006)),
    latency_ms: success.map((_, index) => 420 + 6 * index),
    latency_ms_lower: success.map((_, index) => 380 + 3 * index),
    latency_ms_upper: success.map((_, index) => 470 + 12 * index),
    all_ok: 0.61,
    blame: [0.02, 0.05, 0.93],
  };
}

export function freshFutures(now_ms) {
  const [cart, orders, payments, order, login, search] = ENDPOINTS;
  return {
    trust: "good",
    /** First parts of paths that answer 500. */
    failing: [],
    /** What the server will find wrong with the next journeys, besides what it checks. */
    journeyErrors: [],
    predictions: [
      prediction(
        "p1",
        payments,
        "latency_ms_p95",
        { probability: 0.82, sentence: "p95 of POST /payments on AWS eu-west-1 crosses 336 ms, 82 % within 24 h" },
        now_ms,
      ),
      prediction(
        "p2",
        orders,
        "error_rate",
        {
          probability: 0.46,
          sentence: "Error rate of POST /orders on AWS eu-west-1 crosses 0.64 %, 46 % within 24 h",
          crossing_ms: now_ms + 7 * HOUR_MS,
          crossing_early_ms: now_ms + 3 * HOUR_MS,
          limit: { value: 0.0064, is: "above", for_s: 600, source: "objective", objective_id: "orders-errors" },
          requests_at_risk: 310,
        },
        now_ms,
      ),
      prediction(
        "p3",
        search,
        "latency_ms_p95",
        {
          probability: 0.12,
          sentence: "p95 of GET /search on AWS eu-west-1 may cross 336 ms, 12 % within 24 h",
          crossing_ms: now_ms + 15 * HOUR_MS,
          crossing_early_ms: null,
          trust: "poor",
          journeys: [],
          record: record({ coverage_95: 0.61 }),
        },
        now_ms,
      ),
    ],
    made_ms: now_ms - 40_000,
    status: { forecasts: 812, untrusted: 31, scopes_max: 500, scopes_left_out: 0, round_seconds: 4.2 },
    reliability: {
      range: { from_ms: now_ms - 7 * DAY_MS, to_ms: now_ms },
      all: record({ values: 50_412 }),
      measures: [
        { measure: "latency_ms_p50", record: record({ values: 12_800 }) },
        { measure: "latency_ms_p95", record: record({ values: 12_800, coverage_95: 0.93 }) },
        { measure: "error_rate", record: record({ values: 12_012, coverage_50: 0.61 }) },
        { measure: "requests_per_minute", record: record({ values: 12_800, coverage_95: 0.86, error_ratio: 1.04 }) },
      ],
      leads: [
        { lead_s: 900, record: record({ error_ratio: 0.52 }) },
        { lead_s: 3600, record: record({ error_ratio: 0.66 }) },
        { lead_s: 21_600, record: record({ error_ratio: 0.79, coverage_80: 0.77 }) },
        { lead_s: 86_400, record: record({ error_ratio: 0.94, coverage_95: 0.91 }) },
      ],
      days: Array.from({ length: 7 }, (_, index) => ({
        day_ms: Math.floor(now_ms / DAY_MS) * DAY_MS - (6 - index) * DAY_MS,
        record: record({ coverage_95: 0.92 + index / 200, values: 7100 + index }),
      })),
      breaches: {
        predictions: 214,
        breaches: 47,
        brier: 0.094,
        calibration_error: 0.043,
        bins: [
          { predicted: 0.08, observed: 0.05, predictions: 120 },
          { predicted: 0.31, observed: 0.36, predictions: 48 },
          { predicted: 0.58, observed: 0.54, predictions: 26 },
          { predicted: 0.86, observed: 0.9, predictions: 20 },
        ],
      },
    },
    capacity: [
      {
        scope: { service: "payments", endpoint: null, environment: "", dataset: "live" },
        ever_requests_per_minute: 4180,
        ever_ms: now_ms - 9 * DAY_MS,
        recent_requests_per_minute: 3980,
        growth_per_week: 0.052,
        exceeds_ms: now_ms + 9 * DAY_MS,
        exceeds_early_ms: now_ms + 5 * DAY_MS,
        exceeds_late_ms: now_ms + 18 * DAY_MS,
        sentence: "Daily peaks grow by 5.2 % a week and pass the highest ever in about nine days.",
        daily_peaks: Array.from({ length: 28 }, (_, index) => (index === 4 ? null : 2800 + index * 42)),
        daily_t0_ms: now_ms - 28 * DAY_MS,
      },
      {
        scope: { service: "search", endpoint: null, environment: "", dataset: "live" },
        ever_requests_per_minute: 9900,
        ever_ms: now_ms - 40 * DAY_MS,
        recent_requests_per_minute: 6100,
        growth_per_week: -0.004,
        exceeds_ms: null,
        exceeds_early_ms: null,
        exceeds_late_ms: null,
        sentence: "Daily peaks do not grow.",
        daily_peaks: Array.from({ length: 28 }, (_, index) => 6000 + ((index * 37) % 90)),
        daily_t0_ms: now_ms - 28 * DAY_MS,
      },
    ],
    objectives: [
      {
        objective: {
          id: "orders-errors",
          measure: "error_rate",
          is: "above",
          value: 0.0064,
          for_s: 600,
          services: ["orders"],
          endpoints: ["POST /orders"],
          environments: [],
        },
        source: "ui",
        updated_ms: now_ms - DAY_MS,
        updated_by: "Ada",
      },
      {
        objective: {
          id: "payments-fast",
          measure: "latency_ms_p95",
          is: "above",
          value: 400,
          for_s: 600,
          services: ["payments"],
          endpoints: [],
          environments: ["aws"],
        },
        source: "file",
        updated_ms: now_ms - 9 * DAY_MS,
        updated_by: "",
      },
    ],
    objectiveErrors: [],
    journeys: [
      {
        journey: {
          id: "checkout",
          name: "Checkout",
          steps: [step(cart), step(orders), step(payments, { latency_ms_max: 400 })],
          success_target: 0.99,
          latency_ms_max: null,
        },
        source: "ui",
        updated_ms: now_ms - DAY_MS,
        updated_by: "Ada",
        health: {
          state: "failing",
          sentence: "71.2 % of those who begin could finish, usually 98.9 %; POST /payments loses most.",
          success: 0.712,
          success_lower: 0.694,
          success_upper: 0.729,
          success_usual: 0.989,
          latency_ms_p50: 310,
          latency_ms_p95: 1240,
          sessions: 1000,
          sessions_completed: 352,
          weakest_step: 2,
          steps: [
            stepHealth(cart, {}),
            stepHealth(orders, {
              success: 0.994,
              sessions: 700,
              sessions_continued: 520,
              sessions_failed: 4,
              contribution: 0.02,
            }),
            stepHealth(payments, {
              success: 0.718,
              success_lower: 0.7,
              success_upper: 0.735,
              success_usual: 0.993,
              sessions: 520,
              sessions_continued: 352,
              sessions_failed: 151,
              contribution: 0.98,
              latency_ms_p95: 1010,
            }),
          ],
        },
        outlook: outlook(now_ms, 0.72, 0.06),
      },
      {
        journey: {
          id: "sign-in",
          name: "Sign in and look at an order",
          steps: [step(login), step(order), step(search, { is_optional: true })],
          success_target: null,
          latency_ms_max: 2000,
        },
        source: "file",
        updated_ms: now_ms - 3 * DAY_MS,
        updated_by: "",
        health: {
          state: "healthy",
          sentence: "99.4 % of those who begin could finish, as usual.",
          success: 0.994,
          success_lower: 0.991,
          success_upper: 0.996,
          success_usual: 0.995,
          latency_ms_p50: 140,
          latency_ms_p95: 380,
          sessions: 2310,
          sessions_completed: 1890,
          weakest_step: null,
          steps: [
            stepHealth(login, { sessions: 2310, sessions_continued: 1900 }),
            stepHealth(order, { sessions: 1900, sessions_continued: 420 }),
            stepHealth(search, { sessions: 420, sessions_continued: 420, is_optional: true }),
          ],
        },
        outlook: outlook(now_ms, 0.994, 0.001),
      },
    ],
    proposals: [
      {
        id: "f00d",
        name: "Search to cart",
        dataset: "live",
        steps: [search, cart],
        step_sessions: [940, 410],
        gap_ms: 42_000,
        window: { from_ms: now_ms - DAY_MS, to_ms: now_ms },
        examples: ["customer-81", "customer-12"],
        environments: [EU],
      },
    ],
    looked_ms: now_ms - 20 * MINUTE_MS,
    proposalNote: "",
    failed: [
      {
        consumer: "customer-42",
        trace_id: null,
        step: 2,
        at_ms: now_ms - 2 * MINUTE_MS,
        status_code: 503,
      },
      {
        consumer: null,
        trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
        step: 2,
        at_ms: now_ms - 5 * MINUTE_MS,
        status_code: 500,
      },
    ],
  };
}

const HOURS = { m: 1 / 60, h: 1, d: 24 };

function hoursOf(word) {
  const [, amount, unit] = /^(\d+)([mhd])$/.exec(word ?? "24h") ?? [null, 24, "h"];
  return Number(amount) * HOURS[unit];
}

const missing = (what) => [404, { title: "No", status: 404, code: "not_found", detail: `there is no such ${what}`, errors: [] }];
const broken = () => [500, { title: "No", status: 500, code: "internal", detail: "the store is on fire", errors: [] }];
const invalid = (errors) => [
  400,
  { title: "No", status: 400, code: "invalid", detail: "the document cannot be used", errors },
];

/** The answer, or null when the call is about something else. */
export function replyAboutFutures(state, method, folder, id, query, body) {
  const futures = state.futures;
  const now_ms = Date.now();
  if (futures.failing.includes(folder)) return broken();
  switch (`${method} ${folder}`) {
    case "GET predictions": {
      const measures = query.get("measure")?.split(",") ?? [];
      const hours = hoursOf(query.get("horizon"));
      const fits = futures.predictions.filter(
        (item) =>
          (measures.length === 0 || measures.includes(item.measure)) &&
          (item.crossing_ms ?? 0) - now_ms <= hours * HOUR_MS,
      );
      const limit = Number(query.get("limit") ?? 50);
      return [
        200,
        { made_ms: futures.made_ms, items: fits.slice(0, limit), total: fits.length, status: futures.status },
      ];
    }
    case "GET forecast":
      return [
        200,
        forecast(futures, query.get("measure") ?? "latency_ms_p95", hoursOf(query.get("horizon")), now_ms),
      ];
    case "GET forecast-reliability":
      return [200, futures.reliability];
    case "GET capacity": {
      const items =
        query.get("per") === "endpoint"
          ? futures.capacity.map((item) => ({ ...item, scope: { ...item.scope, endpoint: ENDPOINTS[2] } }))
          : futures.capacity;
      return [200, { items, total: items.length }];
    }
    case "GET objectives":
      return [200, { items: futures.objectives }];
    case "PUT objectives": {
      if (futures.objectiveErrors.length > 0) return invalid(futures.objectiveErrors);
      const row = { objective: body, source: "ui", updated_ms: now_ms, updated_by: "somebody" };
      futures.objectives = [...futures.objectives.filter((item) => item.objective.id !== id), row];
      return [200, body];
    }
    case "DELETE objectives":
      futures.objectives = futures.objectives.filter((item) => item.objective.id !== id);
      return [204, null];
    case "GET journeys": {
      if (!id) return [200, { items: futures.journeys, proposals: futures.proposals.length, window_s: 900 }];
      const summary = futures.journeys.find((item) => item.journey.id === id);
      return summary ? [200, journeyDetail(futures, summary, now_ms)] : missing("journey");
    }
    case "POST journeys": {
      const problems = checked(body);
      return [
        200,
        {
          problems,
          steps: body.steps.map((item) => {
            const found = ENDPOINTS.find((known) => known.method === item.method && known.route === item.route);
            return { endpoint: found ?? null, requests_last_hour: found ? 412 : 0, environments: found ? [EU] : [] };
          }),
          sessions: problems.length > 0 ? null : 127,
        },
      ];
    }
    case "PUT journeys": {
      const problems = [...checked(body), ...futures.journeyErrors];
      if (problems.length > 0) return invalid(problems);
      const known = futures.journeys.find((item) => item.journey.id === id);
      const row = {
        journey: body,
        source: "ui",
        updated_ms: now_ms,
        updated_by: "somebody",
        health: known?.health ?? freshHealth(body),
        outlook: known?.outlook ?? null,
      };
      futures.journeys = [...futures.journeys.filter((item) => item !== known), row];
      return [200, body];
    }
    case "DELETE journeys":
      futures.journeys = futures.journeys.filter((item) => item.journey.id !== id);
      return [204, null];
    case "GET journey-proposals":
      return [200, { items: futures.proposals, looked_ms: futures.looked_ms, note: futures.proposalNote }];
    case "POST journey-proposals": {
      const proposal = futures.proposals.find((item) => item.id === id);
      if (!proposal) return missing("proposal");
      futures.proposals = futures.proposals.filter((item) => item !== proposal);
      if (body.action === "confirm" && body.journey) {
        futures.journeys = [
          ...futures.journeys,
          {
            journey: body.journey,
            source: "discovered",
            updated_ms: now_ms,
            updated_by: "somebody",
            health: freshHealth(body.journey),
            outlook: null,
          },
        ];
      }
      return [204, null];
    }
    case "GET journey-impacts": {
      const found = ENDPOINTS.find((known) => known.id === query.get("endpoint"));
      if (!found) return missing("endpoint");
      return [
        200,
        {
          endpoint: found,
          items: [
            {
              journey: { id: "checkout", name: "Checkout" },
              sentence: `if ${found.method} ${found.route} stays like this, 1,240 checkouts fail in the next hour`,
              failing: 1240,
              failing_lower: 1060,
              failing_upper: 1420,
              expected: 4380,
            },
          ],
        },
      ];
    }
    case "GET endpoints": {
      if (id) return [200, endpointDetail(id, now_ms)];
      const words = (query.get("q") ?? "").toLowerCase();
      const items = ENDPOINTS.filter(({ service, method: verb, route }) =>
        `${service} ${verb} ${route}`.toLowerCase().includes(words),
      ).map(endpointRow);
      return [200, { range: hourUntil(now_ms), items, total: items.length }];
    }
    case "GET series":
      return [200, series(now_ms)];
    case "GET expectations":
      return [
        200,
        { range: hourUntil(now_ms), t0_ms: 0, step_ms: MINUTE_MS, n: 0, measures: [], anomalies: [], deployments: [] },
      ];
    case "GET heatmap":
      return [
        200,
        { range: hourUntil(now_ms), t0_ms: now_ms - HOUR_MS, step_ms: MINUTE_MS, n: 0, bounds_ms: [], counts: [], max_count: 0 },
      ];
    case "GET requests":
      return [200, { items: [request(query, now_ms)], next_cursor: null }];
    case "GET overview":
      return [200, overview(now_ms)];
    case "GET environments":
      return [200, { range: hourUntil(now_ms), items: [] }];
    default:
      return null;
  }
}

function checked(journey) {
  const problems = [];
  if (journey.name.trim() === "") problems.push({ field: "name", message: "must have 1 to 120 characters" });
  if (journey.steps.length < 2) problems.push({ field: "steps", message: "a journey has 2 to 20 steps" });
  journey.steps.forEach((item, at) => {
    const known = ENDPOINTS.some(({ method, route }) => method === item.method && route === item.route);
    if (!known) problems.push({ field: `steps[${at}].route`, message: "no such endpoint was seen within seven days" });
  });
  return problems;
}

function freshHealth(journey) {
  return {
    state: "unknown",
    sentence: "It was looked at less than a minute ago.",
    success: null,
    success_lower: null,
    success_upper: null,
    success_usual: null,
    latency_ms_p50: null,
    latency_ms_p95: null,
    sessions: 0,
    sessions_completed: 0,
    weakest_step: null,
    steps: journey.steps.map((item) => {
      const found = ENDPOINTS.find((known) => known.method === item.method && known.route === item.route);
      return stepHealth(found ?? { ...ENDPOINTS[0], ...item }, {
        success: null,
        success_lower: null,
        success_upper: null,
        success_usual: null,
        latency_ms_p50: null,
        latency_ms_p95: null,
        requests: 0,
        sessions: 0,
        sessions_continued: 0,
        sessions_failed: 0,
      });
    }),
  };
}

function journeyDetail(futures, summary, now_ms) {
  const step_ms = 10 * MINUTE_MS;
  const n = 144;
  const t0_ms = Math.floor(now_ms / step_ms) * step_ms - (n - 1) * step_ms;
  const now_success = summary.health.success ?? 0.99;
  const usual_success = summary.health.success_usual ?? now_success;
  const success = Array.from({ length: n }, (_, index) =>
    index === 20 ? null : index > n - 8 ? now_success : usual_success - (((index * 7919) % 101) / 101) * 0.006,
  );
  const around = (size) => success.map((value) => (value === null ? null : Math.min(1, value + size)));
  return {
    summary,
    history: {
      range: { from_ms: now_ms - DAY_MS, to_ms: now_ms },
      t0_ms,
      step_ms,
      success,
      success_lower: around(-0.012),
      success_upper: around(0.008),
      latency_ms_p50: success.map((value, index) => (value === null ? null : wave(index, 300, 30))),
      latency_ms_p95: success.map((value, index) => (value === null ? null : wave(index, 560, 90))),
      starts: success.map((_, index) => Math.round(wave(index, 700, 300))),
    },
    failed_sessions: summary.health.state === "failing" ? futures.failed : [],
  };
}

function stats(requests) {
  return {
    requests,
    client_errors: 5,
    server_errors: 3,
    error_rate: 0.0008,
    client_error_rate: 0.001,
    requests_per_second: requests / 3600,
    p50_ms: 82,
    p95_ms: 214,
    p99_ms: 390,
    mean_ms: 96,
    max_ms: 800,
    size_bytes_in: 1000,
    size_bytes_out: 90_000,
  };
}

function endpointDetail(id, now_ms) {
  const found = ENDPOINTS.find((known) => known.id === id) ?? ENDPOINTS[2];
  const environment = { id: EU, provider: "aws", deployment: "production", region: "eu-west-1" };
  return {
    endpoint: found,
    range: { from_ms: now_ms - HOUR_MS, to_ms: now_ms },
    current: stats(3600),
    previous: null,
    first_seen_ms: now_ms - 14 * DAY_MS,
    last_seen_ms: now_ms,
    environments: [{ environment, stats: stats(3600), previous: null, last_seen_ms: now_ms }],
    versions: [],
    statuses: [{ status: 200, requests: 3500 }],
  };
}

const hourUntil = (now_ms) => ({ from_ms: now_ms - HOUR_MS, to_ms: now_ms });
const NO_SPARK = { t0_ms: 0, step_ms: MINUTE_MS, p95_ms: [200, 210, 205], requests: [10, 12, 11], error_rate: [0, 0, 0] };

function endpointRow(place) {
  return {
    ...place,
    environments: [EU],
    anomalies: 0,
    attention: 0,
    attention_reason: "",
    first_seen_ms: 0,
    last_seen_ms: 0,
    previous: null,
    spark: NO_SPARK,
    state: "active",
    stats: stats(3600),
  };
}

function series(now_ms) {
  const n = 60;
  const t0_ms = Math.floor(now_ms / MINUTE_MS) * MINUTE_MS - (n - 1) * MINUTE_MS;
  const of = (base, size) => Array.from({ length: n }, (_, index) => Math.max(0, wave(index, base, size)));
  return {
    range: hourUntil(now_ms),
    t0_ms,
    step_ms: MINUTE_MS,
    n,
    group_by: "none",
    source: "rollup_1m",
    previous: null,
    groups: [
      {
        key: "",
        label: "",
        requests: of(1200, 60),
        requests_per_second: of(20, 1),
        client_errors: of(3, 1),
        server_errors: of(4, 1),
        error_rate: of(0.004, 0.001),
        p50_ms: of(80, 6),
        p95_ms: of(212, 14),
        p99_ms: of(320, 30),
      },
    ],
  };
}

function overview(now_ms) {
  return {
    range: hourUntil(now_ms),
    current: stats(3600),
    previous: null,
    anomalies_open: 0,
    worst_anomaly: null,
    last_anomaly_ms: now_ms - 3 * HOUR_MS,
    endpoints_active: ENDPOINTS.length,
    endpoints_silent: 0,
    endpoints_total: ENDPOINTS.length,
    environments: 1,
    services: 5,
    first_request_ms: now_ms - 14 * DAY_MS,
    last_request_ms: now_ms,
  };
}

function request(query, now_ms) {
  return {
    id: "r1",
    start_ms: now_ms - 2 * MINUTE_MS,
    duration_ms: 1204,
    endpoint: ENDPOINTS[2],
    environment: { id: EU, provider: "aws", deployment: "production", region: "eu-west-1" },
    status: 503,
    outcome: "server_error",
    error_type: "timeout",
    path: "/payments",
    kind: "server",
    consumer: query.get("consumer") ?? "customer-42",
    trace_id: query.get("trace_id") ?? "4bf92f3577b34da6a3ce929d0e0e4736",
    span_id: "00f067aa0ba902b7",
    parent_span_id: "",
    instance: "payments-1",
    version: "2.14",
    synthetic: false,
    size_bytes_in: 120,
    size_bytes_out: 340,
  };
}
