// The part of the stand-in that answers about incidents, deployments and comparisons. Owns their state; numbers are
// plausible, and the same at every start.
import { ENDPOINTS } from "./standInFutures.mjs";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const EU = "aws/production/eu-west-1";
export const GC = "gcp/production/europe-west4";
const [CART, ORDERS, PAYMENTS, ORDER, , SEARCH] = ENDPOINTS;

const NOTHING = { service: null, method: null, route: null, environment: null, version: null, instance: null, dependency: null };
export const subject = (fields) => ({ ...NOTHING, ...fields });

export function comparison(fields = {}) {
  return {
    measure: "error_rate",
    here: subject({ service: "payments", version: "2.14.0", environment: EU }),
    against: "other_versions",
    there: "2.13.0",
    share_here: 0.061,
    share_there: 0.004,
    difference: 0.057,
    lower: 0.049,
    upper: 0.065,
    difference_raw: 0.058,
    requests_here: 4210,
    requests_there: 18_300,
    endpoints: 6,
    is_evident: true,
    ...fields,
  };
}

function anomaly(id, place, environment, fields, now_ms) {
  const onset_ms = now_ms - 22 * MINUTE_MS;
  return {
    id: id.padStart(16, "0"),
    endpoint: place,
    environment,
    dataset: "live",
    signal: "latency",
    kind: "latency_shift",
    severity: "high",
    state: "open",
    verdict: null,
    verdict_reason: null,
    sentence: `${place.method} ${place.route} of ${place.service} on ${environment} is slow since 13:05 UTC: p95 612 ms, usually 144 to 220 ms (3.0x).`,
    onset_ms,
    detected_ms: onset_ms + 40_000,
    updated_ms: now_ms - 20_000,
    closed_ms: null,
    close_reason: null,
    measure: "latency_ms_p95",
    observed: 612,
    lower: 144,
    expected: 180,
    upper: 220,
    ratio: 3,
    score_peak: 31,
    threshold: 18,
    requests: 4210,
    requests_hurt: 310,
    deployment: null,
    acknowledged_by: null,
    acknowledged_ms: null,
    assignee: null,
    spark: { t0_ms: onset_ms, step_ms: MINUTE_MS, score: [2, 9, 22, 31, 28] },
    incident_id: "00000000000000c1",
    ...fields,
  };
}

/** In UTC, as the server writes it. */
const clockOf = (at_ms) => new Date(at_ms).toISOString().slice(11, 16);

function incident(id, fields, now_ms) {
  const onset_ms = now_ms - 22 * MINUTE_MS;
  return {
    id: id.padStart(16, "0"),
    dataset: "live",
    state: "open",
    severity: "critical",
    title: `payments fails on ${EU}`,
    verdict: "version_fault",
    sentence:
      `payments 2.14.0 on ${EU} fails 6.1 % of its requests since ${clockOf(onset_ms)} (2.13.0 failed 0.4 %, 3 other environments 0.5 %).`,
    subject: subject({ service: "payments", version: "2.14.0", environment: EU }),
    onset_ms,
    detected_ms: onset_ms + 40_000,
    updated_ms: now_ms - 20_000,
    closed_ms: null,
    services: ["payments", "orders", "gateway"],
    environments: [EU],
    anomalies: 4,
    anomalies_open: 3,
    requests_hurt: 1840,
    acknowledged_by: null,
    ...fields,
  };
}

const node = (service, environment, fields) => ({
  service,
  environment,
  requests_per_minute: 900,
  error_rate: 0.004,
  error_rate_before: 0.004,
  latency_ms_p95: 190,
  latency_ms_p95_before: 184,
  anomalies: 0,
  is_first_cause: false,
  ...fields,
});

export const edge = (caller, callee, requests_per_minute, error_rate = 0.002) => ({
  caller,
  callee,
  requests_per_minute,
  error_rate,
});

export function difference(attribute, value, share_bad, share_baseline, fields = {}) {
  return {
    attribute,
    value,
    share_bad,
    share_baseline,
    requests_bad: Math.round(share_bad * 1840),
    requests_baseline: Math.round(share_baseline * 18_300),
    p_value: 1e-9,
    score: Math.abs(share_bad - share_baseline),
    ...fields,
  };
}

const DIFFERENCES = [
  difference("version", "2.14.0", 0.96, 0.02),
  difference("error_type", "PoolTimeout", 0.71, 0),
  difference("status_code", "503", 0.68, 0.01),
  difference("environment", EU, 1, 0.41),
  difference("endpoint", "POST /payments", 0.82, 0.4),
  difference("region", "eu-west-1", 1, 0.41),
  difference("instance", "payments-7f9c-x2x8p", 0.34, 0.3, { p_value: 0.002 }),
  difference("consumer", "shop-app", 0.62, 0.55, { p_value: 0.0004 }),
  difference("method", "POST", 0.84, 0.66),
  difference("service", "payments", 0.88, 0.3),
];

function diagnosis(now_ms) {
  return {
    made_ms: now_ms - 30_000,
    from_ms: now_ms - 22 * MINUTE_MS,
    to_ms: now_ms,
    baseline_from_ms: now_ms - 110 * MINUTE_MS,
    baseline_to_ms: now_ms - 22 * MINUTE_MS,
    requests_bad: 1840,
    requests_baseline: 18_300,
    sampled: 0.25,
    verdict: {
      kind: "version_fault",
      subject: subject({ service: "payments", version: "2.14.0", environment: EU }),
      breadth: "service",
      sentence: incident("c1", {}, now_ms).sentence,
      comparisons: [
        comparison(),
        comparison({
          against: "other_environments",
          here: subject({ service: "payments", environment: EU }),
          there: "3 other environments",
          share_there: 0.005,
          difference: 0.041,
          lower: 0.033,
          upper: 0.049,
          difference_raw: 0.056,
          requests_there: 61_000,
        }),
        comparison({
          measure: "slow_share",
          against: "other_instances",
          here: subject({ service: "payments", instance: "payments-7f9c-x2x8p" }),
          there: "3 other instances",
          share_here: 0.031,
          share_there: 0.027,
          difference: 0.004,
          lower: -0.009,
          upper: 0.017,
          difference_raw: 0.004,
          requests_here: 1050,
          requests_there: 3160,
          endpoints: 1,
          is_evident: false,
        }),
      ],
    },
    causes: [
      {
        kind: "version",
        subject: subject({ service: "payments", version: "2.14.0", environment: EU }),
        explained: 0.91,
        onset_ms: now_ms - 23 * MINUTE_MS,
        failed: 1640,
        slow: 120,
        self_ms: 48,
        sentence: "payments 2.14.0 came one minute before it began; 91 % of the harm began in it.",
      },
      {
        kind: "first_affected",
        subject: subject({ service: "orders", method: "POST", route: "/orders", environment: EU }),
        explained: 0.07,
        onset_ms: now_ms - 21 * MINUTE_MS,
        failed: 40,
        slow: 75,
        self_ms: 12,
        sentence: "orders began to wait for payments a minute later.",
      },
    ],
    differences: DIFFERENCES,
    impact: {
      failed: { value: 1640, lower: 1560, upper: 1720 },
      slow: { value: 200, lower: 120, upper: 290 },
      missing: { value: 0, lower: 0, upper: 0 },
      requests: 26_900,
      share_of_traffic: 0.031,
      consumers: 212,
      consumers_most: [
        { consumer: "shop-app", requests: 2100, requests_hurt: 980 },
        { consumer: "partner-7", requests: 640, requests_hurt: 310 },
        { consumer: "pos-terminal", requests: 410, requests_hurt: 44 },
      ],
      environments: [EU],
      services: ["payments", "orders", "gateway"],
      journeys: ["checkout"],
    },
    map: {
      nodes: [
        node("gateway", EU, { requests_per_minute: 1900, error_rate: 0.011, latency_ms_p95: 260, anomalies: 1 }),
        node("orders", EU, { error_rate: 0.034, latency_ms_p95: 410, latency_ms_p95_before: 210, anomalies: 1 }),
        node("payments", EU, {
          error_rate: 0.061,
          latency_ms_p95: 612,
          latency_ms_p95_before: 180,
          anomalies: 2,
          is_first_cause: true,
        }),
        node("inventory", EU, { requests_per_minute: 320 }),
        node("ledger", EU, { requests_per_minute: 450 }),
      ],
      edges: [edge(0, 1, 900, 0.021), edge(1, 2, 450, 0.058), edge(1, 3, 320), edge(2, 4, 450)],
    },
    notes: [
      "A quarter of all traces was looked at.",
      "The other environments run 2.13.0, so version and environment can only be told apart on this one.",
    ],
  };
}

export function deployment(fields, now_ms) {
  return {
    service: "payments",
    environment: EU,
    version: "2.14.0",
    at_ms: now_ms - 23 * MINUTE_MS,
    is_reported: true,
    note: "new connection pool",
    link: "https://ci.example.com/runs/1207",
    verdict: {
      kind: "degraded",
      judged_ms: now_ms - 8 * MINUTE_MS,
      after_minutes: 15,
      previous_version: "2.13.0",
      comparisons: [comparison(), comparison({ measure: "slow_share", share_here: 0.09, share_there: 0.03, difference: 0.06, lower: 0.02, upper: 0.1, difference_raw: 0.06 })],
      new_error_types: [
        ["PoolTimeout", 1180],
        ["ConnectionReset", 42],
      ],
      sentence: "2.14.0 fails 5.7 pp more of the same requests than 2.13.0 (4.9 to 6.5).",
    },
    course: ["degraded", "degraded"],
    incident_id: "00000000000000c1",
    ...fields,
  };
}

const quiet = (kind, sentence, after_minutes, now_ms) => ({
  kind,
  judged_ms: now_ms - MINUTE_MS,
  after_minutes,
  previous_version: "1.8.2",
  comparisons: kind === "healthy" ? [comparison({ share_here: 0.004, difference: 0, lower: -0.003, upper: 0.003, difference_raw: 0, is_evident: false })] : [],
  new_error_types: [],
  sentence,
});

function stats(requests, p50_ms, p95_ms, error_rate) {
  return {
    requests,
    requests_per_second: requests / 3600,
    client_errors: 12,
    server_errors: Math.round(requests * error_rate),
    client_error_rate: 0.002,
    error_rate,
    mean_ms: p50_ms * 1.2,
    p50_ms,
    p95_ms,
    p99_ms: p95_ms * 1.6,
    max_ms: p95_ms * 4,
    size_bytes_in: 0,
    size_bytes_out: 0,
  };
}

const GATES = [
  ["data", "passed", "312 requests came in that minute.", null],
  ["samples", "passed", "They are more than the 20 that a judgement needs.", null],
  ["maintenance", "passed", "No maintenance covered it.", null],
  ["score", "passed", "The score was 24.1, 18 is needed.", null],
  ["min_change", "passed", "p95 was 3.0 times what is usual, 1.2 times is the least.", null],
  ["budget", "passed", "Two false alarms a week are allowed, none was used.", null],
  ["anomaly", "passed", "An anomaly was opened.", "00000000000000b1"],
  ["incident", "passed", "It joined an incident.", "00000000000000c1"],
  ["rule", "stopped", "No rule tells of latency shifts below critical.", "slow-orders"],
  ["silence", "not_reached", "Nothing came so far.", null],
  ["inhibition", "not_reached", "Nothing came so far.", null],
  ["notification", "not_reached", "Nothing came so far.", null],
].map(([gate, outcome, sentence, id]) => ({ gate, outcome, sentence, id }));

export function freshIncidents(now_ms) {
  return {
    /** First parts of paths that answer 500. */
    failing: [],
    anomalies: [
      anomaly("b1", PAYMENTS, EU, { kind: "error_burst", signal: "error_rate", measure: "error_rate", severity: "critical", observed: 0.061, lower: 0, expected: 0.004, upper: 0.008, ratio: 15, sentence: `POST /payments of payments on ${EU} fails since 13:05 UTC: 6.1 % server errors, usually up to 0.8 % (15.2x).`, deployment: "2.14.0" }, now_ms),
      anomaly("b2", PAYMENTS, EU, { onset_ms: now_ms - 20 * MINUTE_MS }, now_ms),
      anomaly("b3", ORDERS, EU, { onset_ms: now_ms - 19 * MINUTE_MS, severity: "medium" }, now_ms),
      anomaly("b4", CART, EU, { onset_ms: now_ms - 17 * MINUTE_MS, severity: "low", state: "closed", closed_ms: now_ms - 9 * MINUTE_MS, close_reason: "recovered" }, now_ms),
    ],
    incidents: [
      incident("c1", {}, now_ms),
      incident(
        "c2",
        {
          title: "search is slow on AWS eu-west-1 and GCP europe-west4",
          severity: "medium",
          state: "acknowledged",
          acknowledged_by: "Grace",
          verdict: "shared_dependency",
          subject: subject({ dependency: "elastic.internal" }),
          sentence: "search is slow wherever it calls elastic.internal (p95 own time as before), in two environments at once.",
          services: ["search", "catalog"],
          environments: [EU, GC],
          onset_ms: now_ms - 50 * MINUTE_MS,
          detected_ms: now_ms - 49 * MINUTE_MS,
          anomalies: 2,
          anomalies_open: 2,
          requests_hurt: 640,
        },
        now_ms,
      ),
      incident(
        "c3",
        {
          title: "Fewer requests to GET /orders/{id}",
          severity: "low",
          verdict: null,
          sentence: null,
          subject: null,
          services: ["orders"],
          onset_ms: now_ms - MINUTE_MS,
          detected_ms: now_ms - 20_000,
          anomalies: 1,
          anomalies_open: 1,
          requests_hurt: 12,
        },
        now_ms,
      ),
      incident(
        "c4",
        {
          title: "payments was slow on AWS eu-west-1",
          state: "closed",
          severity: "high",
          verdict: "traffic_mix",
          sentence: "Nothing got worse: there were 2.4 times as many refunds, which are always slow.",
          onset_ms: now_ms - 30 * HOUR_MS,
          detected_ms: now_ms - 30 * HOUR_MS + 60_000,
          closed_ms: now_ms - 29 * HOUR_MS,
          anomalies: 2,
          anomalies_open: 0,
          requests_hurt: 210,
        },
        now_ms,
      ),
    ],
    diagnosis: diagnosis(now_ms),
    events: [
      { at_ms: now_ms - 22 * MINUTE_MS, kind: "opened", reason: "POST /payments began to fail.", anomaly_id: "00000000000000b1" },
      { at_ms: now_ms - 19 * MINUTE_MS, kind: "joined", reason: "orders calls payments and slowed down three minutes later.", anomaly_id: "00000000000000b3" },
      { at_ms: now_ms - 18 * MINUTE_MS, kind: "severity_changed", reason: "From high to critical: 1,200 requests hurt.", anomaly_id: null },
      { at_ms: now_ms - 15 * MINUTE_MS, kind: "verdict_changed", reason: "From not enough evidence to version fault.", anomaly_id: null },
    ],
    deployments: [
      deployment({}, now_ms),
      deployment(
        {
          service: "inventory",
          version: "1.9.0",
          at_ms: now_ms - 44 * MINUTE_MS,
          is_reported: false,
          note: null,
          link: "javascript:alert(1)",
          verdict: quiet("healthy", "1.9.0 does as well as 1.8.2 on the same requests.", 30, now_ms),
          course: ["not_enough_traffic", "healthy", "healthy"],
          incident_id: null,
        },
        now_ms,
      ),
      deployment(
        {
          service: "ledger",
          version: "0.4.1",
          environment: GC,
          at_ms: now_ms - 3 * HOUR_MS,
          is_reported: false,
          note: null,
          link: null,
          verdict: quiet("not_enough_traffic", "Only 41 requests came to 0.4.1 in half an hour.", 30, now_ms),
          course: ["not_enough_traffic", "not_enough_traffic", "not_enough_traffic"],
          incident_id: null,
        },
        now_ms,
      ),
      deployment(
        { service: "search", version: "7.2.0", at_ms: now_ms - 2 * MINUTE_MS, note: null, link: null, verdict: null, course: [], incident_id: null },
        now_ms,
      ),
    ],
    differences: DIFFERENCES,
    sampled: 0.25,
    gates: GATES,
    statement: `${EU} fails 4.1 pp more of the same requests than elsewhere (3.3 to 4.9).`,
    compared: [
      {
        environment: EU,
        stats: stats(42_000, 84, 412, 0.031),
        versions: [
          { service: "payments", version: "2.14.0", requests: 9000 },
          { service: "orders", version: "5.1.0", requests: 7000 },
          { service: "search", version: "7.1.9", requests: 400 },
        ],
        error_rate: comparison({ here: subject({ environment: EU }), against: "other_environments", there: "2 other environments", difference: 0.041, lower: 0.033, upper: 0.049 }),
        slow_share: comparison({ measure: "slow_share", here: subject({ environment: EU }), against: "other_environments", there: "2 other environments", difference: 0.012, lower: -0.002, upper: 0.026, is_evident: false }),
      },
      {
        environment: GC,
        stats: stats(31_000, 79, 240, 0.004),
        versions: [{ service: "payments", version: "2.13.0", requests: 8000 }],
        error_rate: comparison({ here: subject({ environment: GC }), against: "other_environments", there: "2 other environments", difference: -0.019, lower: -0.026, upper: -0.012 }),
        slow_share: null,
      },
      {
        environment: "on_premises/production/fra",
        stats: stats(900, 91, 260, 0.003),
        versions: [],
        error_rate: null,
        slow_share: null,
      },
    ],
  };
}

const broken = () => [
  500,
  { type: "about:blank", title: "Broken", status: 500, detail: "the store is on fire", code: "internal", errors: [] },
];
const missing = (what) => [404, { type: "about:blank", title: "No", status: 404, detail: `there is no such ${what}`, code: "not_found" }];
const EMPTY = { items: [], total: 0, next_cursor: null, open: 0, closed: 0 };

/** Null for what is none of its business. A stand-in without incidents has none, and all is well. */
export function replyAboutIncidents(state, method, folder, id, verb, query, body) {
  const own = state.incidents;
  const now_ms = Date.now();
  if (!own) return method === "GET" && folder === "incidents" && !id ? [200, EMPTY] : null;
  if (own.failing.includes(folder)) return broken();
  switch (`${method} ${folder}`) {
    case "GET incidents":
      return id ? incidentDetail(own, id) : [200, incidentList(own, query)];
    case "GET deployments": {
      const wanted = split(query, "verdict");
      const services = split(query, "service");
      const items = own.deployments.filter(
        (item) =>
          (wanted.length === 0 || wanted.includes(item.verdict?.kind ?? "none")) &&
          (services.length === 0 || services.includes(item.service)),
      );
      return [200, { range: { from_ms: now_ms - 7 * 24 * HOUR_MS, to_ms: now_ms }, items, is_cut: false }];
    }
    case "GET anomalies":
      if (verb === "differences") return [200, differences(own, now_ms)];
      return id ? anomalyDetail(own, id, now_ms) : [200, anomalyList(own, query)];
    case "POST anomalies":
      return id === "actions" ? [200, act(own, body)] : missing("call");
    case "GET differences":
      own.boxes = [...(own.boxes ?? []), Object.fromEntries(query)];
      return [200, differences(own, now_ms)];
    case "GET environments":
      return environments(own, id, now_ms);
    case "GET explanations":
      return [
        200,
        {
          at_ms: now_ms - 10 * MINUTE_MS,
          endpoint: PAYMENTS,
          environment: EU,
          verdict: "an anomaly was opened, and no rule told anybody",
          gates: [{ signal: "latency", test: "spike", observed: 0.31, expected: 0.05, score: 24.1, threshold: 18, passed: true, reason: "31 % were slow" }],
          pipeline: own.gates,
        },
      ];
    case "GET heatmap":
      return [200, heatmap(now_ms)];
    case "GET expectations":
      return [200, { range: hour(now_ms), t0_ms: now_ms - HOUR_MS, step_ms: MINUTE_MS, n: 0, learning: false, seasonal: true, measures: [], anomalies: own.anomalies.filter((item) => item.closed_ms === null).slice(0, 1), deployments: own.deployments.slice(0, 2).map(({ service, environment, version, at_ms, verdict }) => ({ service, environment, version, at_ms: at_ms - 9 * MINUTE_MS, verdict: verdict?.kind ?? null })) }];
    case "GET facets":
      return [200, { range: hour(now_ms), fields: Object.fromEntries(["service", "version", "status", "environment"].map((name) => [name, name === "service" ? [{ value: "payments", label: "payments", requests: 9 }, { value: "search", label: "search", requests: 4 }] : []])) }];
    case "GET detection":
      return id ? null : [200, { lag_s: 20, series_watched: 96, series_learning: 0, watermark_ms: now_ms - 20_000 }];
    default:
      return null;
  }
}

const split = (query, name) => query.get(name)?.split(",").filter(Boolean) ?? [];
const hour = (now_ms) => ({ from_ms: now_ms - HOUR_MS, to_ms: now_ms });

const PAGE = 3;

function incidentList(own, query) {
  const [states, severities, verdicts] = ["state", "severity", "verdict"].map((name) => split(query, name));
  const words = (query.get("q") ?? "").toLowerCase();
  const fits = own.incidents
    .filter(
      (item) =>
        (states.length === 0 || states.includes(item.state)) &&
        (severities.length === 0 || severities.includes(item.severity)) &&
        (verdicts.length === 0 || verdicts.includes(item.verdict)) &&
        item.title.toLowerCase().includes(words),
    )
    .toSorted((a, b) => b.onset_ms - a.onset_ms);
  const start = Number(query.get("cursor") ?? 0);
  const rows = own.paged ? PAGE : Number(query.get("limit") ?? 50);
  const closed = own.incidents.filter((item) => item.state === "closed").length;
  return {
    items: fits.slice(start, start + rows),
    total: fits.length,
    next_cursor: start + rows < fits.length ? String(start + rows) : null,
    open: own.incidents.length - closed,
    closed,
  };
}

function incidentDetail(own, id) {
  const found = own.incidents.find((item) => item.id === id);
  if (!found) return missing("incident");
  const first = found === own.incidents[0];
  return [
    200,
    {
      incident: found,
      diagnosis: found.verdict === null ? null : own.diagnosis,
      anomalies: first ? own.anomalies : own.anomalies.slice(1, 2),
      events: first ? own.events : own.events.slice(0, 1),
      deployments: first ? own.deployments.slice(0, 2) : [],
      similar: first ? own.incidents.filter((item) => item.state === "closed") : [],
    },
  ];
}

function differences(own, now_ms) {
  return {
    range: { from_ms: now_ms - 20 * MINUTE_MS, to_ms: now_ms },
    baseline_range: hour(now_ms),
    requests: 1840,
    requests_baseline: 18_300,
    sampled: own.sampled,
    items: own.differences,
  };
}

function anomalyList(own, query) {
  const states = split(query, "state");
  const items = own.anomalies.filter((item) => states.length === 0 || states.includes(item.state));
  return {
    items: items.slice(0, Number(query.get("limit") ?? 100)),
    next_cursor: null,
    total: items.length,
    counts: { open: 3, acknowledged: 0, closed: 1, false_positive: 0 },
    by_severity: { critical: 1, high: 1, medium: 1, low: 0 },
  };
}

function anomalyDetail(own, id, now_ms) {
  const found = own.anomalies.find((item) => item.id === id);
  if (!found) return missing("anomaly");
  return [
    200,
    {
      anomaly: found,
      activity: [],
      baseline: { learning: false, note: "", seasonal: true, windows_learnt: 9000 },
      deployments: [],
      nearby: [],
      score: { t0_ms: now_ms - HOUR_MS, step_ms: MINUTE_MS, values: [1, 2, 9, 24], thresholds: [18, 18, 18, 18] },
      similar: [],
      tests: [{ name: "spike", windows: 3, observed: 0.31, expected: 0.05, score: 24, threshold: 18, fired: true, note: "" }],
    },
  ];
}

function act(own, { ids, action, actor, assignee }) {
  const now_ms = Date.now();
  const changes = {
    acknowledge: { state: "acknowledged", acknowledged_by: actor ?? "somebody", acknowledged_ms: now_ms },
    unacknowledge: { state: "open", acknowledged_by: null, acknowledged_ms: null },
    assign: { assignee: assignee ?? null },
    close: { state: "closed", closed_ms: now_ms, close_reason: "by_hand" },
  };
  own.anomalies = own.anomalies.map((item) => (ids.includes(item.id) ? { ...item, ...changes[action] } : item));
  const open = own.anomalies.filter((item) => item.closed_ms === null);
  const state = open.length === 0 ? "closed" : open.every((item) => item.state === "acknowledged") ? "acknowledged" : "open";
  own.incidents = own.incidents.map((item, index) =>
    index === 0
      ? {
          ...item,
          state,
          anomalies_open: open.length,
          updated_ms: now_ms,
          closed_ms: state === "closed" ? now_ms : null,
          acknowledged_by: state === "acknowledged" ? (actor ?? "somebody") : null,
        }
      : item,
  );
  return { anomalies: own.anomalies.filter((item) => ids.includes(item.id)), adjustments: [] };
}

function environments(own, id, now_ms) {
  const place = (environment) => {
    const [provider, deployment, region] = environment.split("/");
    return { id: environment, provider, deployment, region };
  };
  if (id === "comparison") {
    const cell = (p95, error_rate, is_worse = false) => ({
      requests: 2100,
      error_rate,
      latency_ms_p50: p95 / 3,
      latency_ms_p95: p95,
      error_rate_difference: is_worse ? 0.052 : -0.004,
      slow_share_difference: is_worse ? 0.11 : 0.002,
      is_worse,
    });
    return [
      200,
      {
        range: hour(now_ms),
        statement: own.statement,
        environments: own.compared,
        endpoints:
          own.compared.length < 2
            ? []
            : [
                { endpoint: PAYMENTS, cells: [cell(612, 0.061, true), cell(190, 0.004), null], spread: 3.2 },
                { endpoint: ORDER, cells: [cell(210, 0.004), cell(260, 0.005), cell(205, 0.003)], spread: 1.27 },
                { endpoint: SEARCH, cells: [cell(120, 0.001), cell(118, 0.001), cell(131, 0.001)], spread: 1.1 },
              ],
        endpoints_shared: own.compared.length < 2 ? 0 : 3,
      },
    ];
  }
  if (id === "matrix") return [200, { range: hour(now_ms), environments: [place(EU), place(GC)], rows: [], slower: [], total: 0 }];
  const spark = { t0_ms: 0, step_ms: MINUTE_MS, p95_ms: [200, 210, 205], requests: [10, 12, 11], error_rate: [0, 0, 0] };
  const items = own.compared.map(({ environment, stats: current }) => ({
    environment: place(environment),
    stats: current,
    previous: null,
    endpoints: 6,
    services: 4,
    versions: [],
    last_seen_ms: now_ms,
    spark,
  }));
  return [200, { range: hour(now_ms), items }];
}

/** A band of usual latencies, and a blob of slow ones in the last twenty minutes. */
function heatmap(now_ms) {
  const bounds_ms = [10, 20, 40, 80, 160, 320, 640, 1280];
  const n = 60;
  const counts = [1, 6, 14, 9, 2, 1, 1].map((base, row) =>
    Array.from({ length: n }, (_, column) => (row < 5 ? base + ((column * 7 + row) % 3) : column >= 40 ? 8 + (column % 4) : 0)),
  );
  return { range: hour(now_ms), t0_ms: now_ms - HOUR_MS, step_ms: MINUTE_MS, n, bounds_ms, counts, max_count: 16 };
}
