// Stands in for the server where a test needs it in a certain state: serves dist/ and answers the calls of alerting
// from memory, those about forecasts and journeys through standInFutures.mjs, those about incidents through
// standInIncidents.mjs. Owns that state; knows nothing of how alerts come about.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { freshFutures, replyAboutFutures } from "./standInFutures.mjs";
import { replyAboutIncidents } from "./standInIncidents.mjs";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".html": "text/html",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "worker-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
const MINUTE_MS = 60_000;
const STATES = ["pending", "firing", "acknowledged", "snoozed", "muted", "resolved"];

/** A server with alerts, rules, one channel and a tree of routes; `change` may alter its state before it starts. */
export async function startStandIn(change = () => {}) {
  const state = freshState(Date.now());
  change(state);
  const streams = new Set();
  const server = createServer((request, response) => {
    void answer(state, streams, request, response).catch((error) => {
      response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    state,
    /** Sends an event to every open stream. */
    tell(event, data) {
      for (const stream of streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    stop() {
      for (const stream of streams) stream.end();
      return new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

async function answer(state, streams, request, response) {
  const url = new URL(request.url, "http://stand.in");
  const path = decodeURIComponent(url.pathname);
  if (path === "/api/v1/stream") {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("event: hello\ndata: {}\n\n");
    streams.add(response);
    request.on("close", () => streams.delete(response));
    return;
  }
  if (path.startsWith("/api/v1/")) {
    const body = await bodyOf(request);
    state.calls.push({ method: request.method, path: path.slice(7), body });
    const [status, content] = reply(state, request.method, path.slice(7), url.searchParams, body);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(status === 204 ? "" : JSON.stringify(content ?? null));
    return;
  }
  const name = normalize(path).replace(/^\/+/, "");
  const file = extname(name) ? name : "index.html";
  try {
    const content = await readFile(join(DIST, file));
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "text/plain",
      "content-security-policy": POLICY,
    });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text === "" ? null : JSON.parse(text);
}

function problem(status, detail, errors = []) {
  return [status, { type: "about:blank", title: "No", status, detail, code: "invalid", errors }];
}

const missing = (what) => problem(404, `there is no such ${what}`);

function reply(state, method, path, query, body) {
  const [, folder, id, verb] = /^\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? [];
  const incidents = replyAboutIncidents(state, method, folder, id, verb, query, body);
  if (incidents) return incidents;
  const futures = state.futures ? replyAboutFutures(state, method, folder, id, query, body) : null;
  if (futures) return futures;
  switch (`${method} ${folder}`) {
    case "GET alerts":
      return id ? alertDetail(state, id) : [200, alertList(state, query)];
    case "POST alerts":
      return [200, act(state, body)];
    case "GET alert-rules":
      return [200, { items: state.rules }];
    case "POST alert-rules":
      return [200, { sentence: "", matches_now: state.matches_now }];
    case "PUT alert-rules": {
      const known = state.rules.find((row) => row.rule.id === id);
      if (known?.source === "file") return problem(409, "this rule comes from a file");
      const row = { rule: body, source: "ui", updated_ms: Date.now(), updated_by: null, firing: 0, pending: 0 };
      state.rules = known
        ? state.rules.map((other) => (other === known ? { ...known, ...row } : other))
        : [...state.rules, row];
      return [200, row];
    }
    case "DELETE alert-rules":
      state.rules = state.rules.filter((row) => row.rule.id !== id);
      return [200, null];
    case "GET alert-routing":
      return [200, state.routing];
    case "PUT alert-routing":
      if (state.routingErrors.length > 0) return problem(400, "the routing cannot be used", state.routingErrors);
      state.routing = body;
      return [200, body];
    case "POST alert-routing":
      return [200, { routes: [state.preview], muted_by: [] }];
    case "POST alert-backtest":
      return [200, state.backtest];
    case "GET silences": {
      if (!id) return [200, { items: state.silences }];
      const silence = state.silences.find((item) => item.id === id);
      return silence ? [200, { silence, hidden: state.hidden }] : missing("silence");
    }
    case "POST silences": {
      if (id === "preview") return [200, { firing: matching(state, body.matchers), matched_in_last_week: 3 }];
      const silence = { ...body, id: body.id ?? `silence-${state.silences.length + 1}`, updated_ms: Date.now() };
      state.silences = [...state.silences.filter((item) => item.id !== silence.id), silence];
      return [200, silence];
    }
    case "DELETE silences":
      state.silences = state.silences.map((item) => (item.id === id ? { ...item, ends_ms: Date.now() } : item));
      return [200, null];
    case "GET channels":
      return [
        200,
        { items: state.channels.map(({ secrets, ...row }) => ({ ...row, secrets_set: Object.keys(secrets) })) },
      ];
    case "PUT channels":
      return putChannel(state, id, body);
    case "DELETE channels":
      state.channels = state.channels.filter((row) => row.channel.id !== id);
      return [200, null];
    case "POST channels":
      return verb === "test" ? [200, state.test] : missing("call");
    case "GET notifications":
      return [200, notificationList(state, query)];
    case "POST notifications":
      state.notifications = state.notifications.map((item) =>
        item.id === id ? { ...item, state: "waiting", attempts: 0 } : item,
      );
      return [200, null];
    case "GET on-call":
      return [200, { items: state.onCall }];
    case "GET alerting":
      return [200, status(state)];
    case "GET anomalies":
      if (id) return missing("anomaly");
      return [
        200,
        {
          items: [],
          next_cursor: null,
          total: 0,
          counts: { open: 0, acknowledged: 0, closed: 0, false_positive: 0 },
          by_severity: { critical: 0, high: 0, medium: 0, low: 0 },
        },
      ];
    case "GET endpoints":
      return [200, { items: [], total: 0 }];
    case "GET demo":
      return [
        200,
        { state: "none", error: null, planted: [], progress: null, scenario: null, seed: null, span_s: null },
      ];
    case "GET facets":
      return [
        200,
        {
          range: { from_ms: 0, to_ms: 0 },
          fields: {
            service: [{ value: "orders", count: 9 }],
            environment: [{ value: "aws/production/eu-west-1", count: 9 }],
          },
        },
      ];
    default:
      return missing("call");
  }
}

function alertList(state, query) {
  const split = (name) => query.get(name)?.split(",") ?? [];
  const [severities, rules, states] = [split("severity"), split("rule"), split("state")];
  const words = (query.get("q") ?? "").toLowerCase();
  const fits = state.alerts.filter(
    (item) =>
      (severities.length === 0 || severities.includes(item.severity)) &&
      (rules.length === 0 || rules.includes(item.rule)) &&
      `${item.name} ${item.summary}`.toLowerCase().includes(words),
  );
  const counts = Object.fromEntries(STATES.map((name) => [name, fits.filter((item) => item.state === name).length]));
  const items = fits.filter((item) => states.length === 0 || states.includes(item.state));
  return { items: items.slice(0, Number(query.get("limit") ?? 100)), next_cursor: null, counts };
}

function alertDetail(state, id) {
  const alert = state.alerts.find((item) => item.id === id);
  if (!alert) return missing("alert");
  return [
    200,
    {
      alert,
      timeline: state.timeline,
      notifications: state.notifications.slice(0, 3),
      mutes: state.mutes,
      route: [state.preview],
    },
  ];
}

function act(state, { ids, action, actor, note, until_ms, assignee }) {
  const now_ms = Date.now();
  const change = {
    acknowledge: (item) => ({
      ...item,
      acknowledged: { by: actor ?? "somebody", at_ms: now_ms, until_ms: until_ms ?? null, note: note ?? null },
    }),
    unacknowledge: (item) => ({ ...item, acknowledged: null }),
    snooze: (item) => ({ ...item, snoozed_until_ms: until_ms }),
    unsnooze: (item) => ({ ...item, snoozed_until_ms: null }),
    assign: (item) => ({ ...item, assignee }),
    resolve: (item) => ({ ...item, resolved_ms: now_ms }),
  }[action];
  const touched = (item) => ids.includes(item.id);
  if (change) state.alerts = state.alerts.map((item) => (touched(item) ? shown(change(item), now_ms) : item));
  if (action === "comment")
    state.timeline = [...state.timeline, { at_ms: now_ms, actor: actor ?? "somebody", kind: "commented", note }];
  return { changed: ids.length, alerts: state.alerts.filter(touched) };
}

function shown(item, now_ms) {
  const name =
    item.resolved_ms !== null
      ? "resolved"
      : item.acknowledged
        ? "acknowledged"
        : item.snoozed_until_ms > now_ms
          ? "snoozed"
          : item.muted_by.length > 0
            ? "muted"
            : "firing";
  return { ...item, state: name };
}

function matching(state, matchers) {
  const wanted = matchers.map((text) => /^(\w+)="(.*)"$/.exec(text)).filter(Boolean);
  return state.alerts.filter(
    (item) => item.state === "firing" && wanted.every(([, label, value]) => item.labels[label] === value),
  );
}

function putChannel(state, id, { channel, secrets = {} }) {
  const known = state.channels.find((row) => row.channel.id === id);
  const row = known ?? {
    disabled_reason: null,
    breaker: "closed",
    last_sent_ms: null,
    waiting: 0,
    dead: 0,
    secrets: {},
  };
  const next = { ...row, channel, secrets: { ...row.secrets, ...secrets } };
  state.channels = known ? state.channels.map((other) => (other === known ? next : other)) : [...state.channels, next];
  return [200, { channel, secrets_set: Object.keys(next.secrets) }];
}

function notificationList(state, query) {
  const states = ["waiting", "sent", "dead", "collapsed", "withheld"];
  const fits = state.notifications.filter((item) => !query.get("channel") || item.channel === query.get("channel"));
  const counts = Object.fromEntries(states.map((name) => [name, fits.filter((item) => item.state === name).length]));
  return {
    items: fits.filter((item) => !query.get("state") || item.state === query.get("state")),
    next_cursor: null,
    counts,
  };
}

function status(state) {
  const count = (name) => state.notifications.filter((item) => item.state === name).length;
  return {
    firing: state.alerts.filter((item) => item.state === "firing").length,
    waiting: count("waiting"),
    dead: count("dead"),
    oldest_waiting_ms: null,
    heartbeat: { url_set: false, last_sent_ms: null, error: null, blocked_by: null },
    evaluated_until_ms: Date.now() - MINUTE_MS,
    alerts_max: 10_000,
    alerts_dropped: 0,
    breakers_open: state.channels.filter((row) => row.breaker === "open").map((row) => row.channel.id),
    channels: state.channels.length,
  };
}

function freshState(now_ms) {
  const alert = (id, fields) => {
    const labels = {
      alertname: fields.name,
      service: "orders",
      endpoint: "POST /orders",
      environment: "aws/production/eu-west-1",
      severity: fields.severity,
      ...fields.labels,
    };
    const [method, route] = labels.endpoint.split(" ");
    const base = {
      id,
      fingerprint: id.padStart(16, "0"),
      dataset: "live",
      rule: "slow-orders",
      source: "rule",
      description: null,
      annotations: {},
      runbook_url: null,
      value: 812,
      started_ms: now_ms - 20 * MINUTE_MS,
      firing_since_ms: now_ms - 18 * MINUTE_MS,
      resolved_ms: null,
      updated_ms: now_ms,
      acknowledged: null,
      assignee: null,
      snoozed_until_ms: null,
      muted_by: [],
      anomaly_id: null,
      endpoint: { id: "00000000000000aa", service: labels.service, method, route },
      environment: labels.environment,
      notified: { count: 0, last_ms: null },
      state: "firing",
    };
    return { ...base, ...fields, labels };
  };
  return {
    calls: [],
    futures: freshFutures(now_ms),
    /** Set by those who want incidents: freshIncidents. */
    incidents: null,
    alerts: [
      alert("41", {
        name: "Slow orders",
        severity: "critical",
        summary: "p95 of POST /orders is 812 ms, above 500 ms over 5 min",
        description: "Customers wait at the last step.",
        runbook_url: "https://runbooks.example.com/orders",
        anomaly_id: "0123456789abcdef",
        notified: { count: 2, last_ms: now_ms - 3 * MINUTE_MS },
        annotations: { team: "payments" },
      }),
      alert("42", {
        name: "Mostly failing",
        rule: "mostly-failing",
        severity: "high",
        summary: "Error rate of GET /quotes is 61 %, above 50 % over 5 min",
        labels: { endpoint: "GET /quotes", service: "quotes" },
      }),
      alert("43", {
        name: "Slow orders",
        severity: "medium",
        summary: "p95 of GET /orders/{id} is 640 ms, above 500 ms over 5 min",
        labels: { endpoint: "GET /orders/{id}" },
        state: "acknowledged",
        acknowledged: { by: "Grace", at_ms: now_ms - 5 * MINUTE_MS, until_ms: null, note: "looking at the database" },
        assignee: "Grace",
      }),
      alert("44", {
        name: "No requests",
        rule: "no-requests",
        severity: "high",
        summary: "No requests on payments for 15 min, 1,204 in the last 24 h",
        labels: { service: "payments", endpoint: "POST /payments" },
        state: "muted",
        muted_by: [{ kind: "silence", by: "silence-1", name: "moving the payment provider" }],
      }),
      alert("45", {
        name: "Disk of the collector",
        rule: null,
        source: "alertmanager",
        severity: "low",
        summary: "Disk is 91 % full",
        endpoint: null,
        environment: null,
        state: "snoozed",
        snoozed_until_ms: now_ms + 95 * MINUTE_MS,
      }),
      alert("40", {
        name: "Slow orders",
        severity: "high",
        summary: "p95 of POST /orders was 790 ms, above 500 ms over 5 min",
        state: "resolved",
        started_ms: now_ms - 300 * MINUTE_MS,
        firing_since_ms: now_ms - 298 * MINUTE_MS,
        resolved_ms: now_ms - 260 * MINUTE_MS,
      }),
    ],
    timeline: [
      { at_ms: now_ms - 20 * MINUTE_MS, actor: "hawkeye", kind: "pending", note: null },
      { at_ms: now_ms - 18 * MINUTE_MS, actor: "hawkeye", kind: "fired", note: "p95 812 ms" },
      { at_ms: now_ms - 9 * MINUTE_MS, actor: "Grace", kind: "commented", note: "<b>not</b> the deployment" },
    ],
    mutes: [
      {
        kind: "silence",
        by: "silence-1",
        name: "moving the payment provider",
        from_ms: now_ms - 15 * MINUTE_MS,
        to_ms: now_ms - 10 * MINUTE_MS,
      },
    ],
    rules: [
      ruleRow(
        "slow-orders",
        "Slow orders",
        {
          severity: "high",
          scope: { services: [], endpoints: ["POST /orders"], environments: [], matchers: [] },
          for_s: 180,
        },
        { firing: 1 },
      ),
      ruleRow(
        "anomaly",
        "Anomaly",
        { severity: null, condition: { type: "anomaly", kinds: [], severity_min: "medium" } },
        { source: "default" },
      ),
      ruleRow(
        "availability",
        "Availability budget burns",
        {
          severity: null,
          is_enabled: false,
          condition: {
            type: "burn_rate",
            objective: { type: "availability" },
            target: 0.999,
            per: "service",
            bad_requests_min: 5,
          },
        },
        { source: "default" },
      ),
      ruleRow(
        "mostly-failing",
        "Mostly failing",
        {
          severity: "critical",
          condition: {
            type: "threshold",
            measure: "error_rate",
            is: "above",
            value: 0.5,
            window_s: 300,
            requests_min: 20,
            per: "endpoint",
          },
        },
        { source: "file", pending: 2 },
      ),
    ],
    matches_now: [
      { labels: { endpoint: "POST /orders", environment: "aws/production/eu-west-1" }, value: 812, is_met: true },
      { labels: { endpoint: "GET /orders/{id}", environment: "aws/production/eu-west-1" }, value: 120, is_met: false },
    ],
    routing: {
      route: route({
        receiver: "default",
        group_by: ["service", "environment"],
        group_wait_s: 0,
        group_interval_s: 300,
        repeat_interval_s: 14_400,
        routes: [
          route({
            matchers: ['severity="critical"'],
            receiver: "on call",
            routes: [route({ matchers: ['service="payments"'], repeat_interval_s: 3600 })],
          }),
          route({ matchers: ['region=~"eu-.*"'], mute_during: ["night"], continue: true }),
        ],
      }),
      receivers: [
        { name: "default", steps: [{ after_s: 0, channels: ["ops-chat"], schedules: [] }], send_resolved: true },
        {
          name: "on call",
          steps: [
            { after_s: 0, channels: ["ops-chat"], schedules: ["primary"] },
            { after_s: 900, channels: ["ops-mail"], schedules: [] },
          ],
          send_resolved: true,
        },
      ],
      inhibitions: [
        {
          name: "worse anomaly of the same endpoint",
          source: ['severity="critical"'],
          target: ['severity=~"low|medium"'],
          equal: ["service", "endpoint"],
        },
      ],
      intervals: [
        {
          name: "night",
          time_zone: "Europe/Berlin",
          spans: [
            {
              weekdays: ["mon", "tue", "wed", "thu", "fri"],
              from: "22:00",
              to: "06:00",
              days_of_month: [],
              months: [],
            },
          ],
        },
      ],
      maintenances: [
        {
          name: "database upgrade",
          matchers: ['service="orders"'],
          time_zone: "UTC",
          spans: [],
          from_ms: now_ms,
          to_ms: now_ms + 120 * MINUTE_MS,
          is_summarised: true,
          note: "",
        },
      ],
      schedules: [
        {
          name: "primary",
          time_zone: "Europe/Berlin",
          starts: "2026-01-05T09:00",
          shift_days: 7,
          people: ["Ada", "Grace"],
          overrides: [{ person: "Ada", from_ms: now_ms + 1440 * MINUTE_MS, to_ms: now_ms + 2880 * MINUTE_MS }],
        },
      ],
      people: [
        { name: "Ada", channels: ["ops-mail"] },
        { name: "Grace", channels: ["ops-chat"] },
      ],
      tell_demo: false,
    },
    routingErrors: [],
    preview: {
      path: ["default", "on call"],
      receiver: "on call",
      group_labels: { service: "orders", environment: "aws/production/eu-west-1" },
      group_wait_s: 0,
      group_interval_s: 300,
      repeat_interval_s: 14_400,
      muted_by: [],
      steps: [
        {
          after_s: 0,
          targets: [
            { channel: "ops-chat", channel_name: "Ops chat", via: null },
            { channel: "ops-mail", channel_name: "Ops mail", via: "primary: Ada" },
          ],
        },
        { after_s: 900, targets: [{ channel: "ops-mail", channel_name: "Ops mail", via: null }] },
      ],
      sentence: "Ops chat and Ada are told at once, Ops mail after 15 min without an acknowledgement.",
    },
    backtest: {
      from_ms: now_ms - 7 * 1440 * MINUTE_MS,
      to_ms: now_ms,
      elapsed_s: 1.2,
      current: side(4, 4),
      changed: side(9, 12),
      incidents_note: "An incident is an anomaly of high severity or worse.",
    },
    silences: [
      {
        id: "silence-1",
        matchers: ['service="payments"'],
        starts_ms: now_ms - 15 * MINUTE_MS,
        ends_ms: now_ms + 130 * MINUTE_MS,
        created_by: "Ada",
        comment: "moving the payment provider",
        updated_ms: now_ms,
      },
      {
        id: "silence-0",
        matchers: ['alertname="Disk"'],
        starts_ms: now_ms - 900 * MINUTE_MS,
        ends_ms: now_ms - 600 * MINUTE_MS,
        created_by: "Grace",
        comment: "new disks",
        updated_ms: now_ms,
      },
    ],
    hidden: [{ alert_id: "44", name: "No requests", from_ms: now_ms - 15 * MINUTE_MS, to_ms: null }],
    channels: [
      {
        channel: { id: "ops-chat", name: "Ops chat", is_enabled: true, kind: { type: "slack", channel: "#ops" } },
        secrets: { token: "xoxb-secret" },
        disabled_reason: null,
        breaker: "closed",
        last_sent_ms: now_ms - 3 * MINUTE_MS,
        waiting: 0,
        dead: 0,
      },
      {
        channel: {
          id: "ops-mail",
          name: "Ops mail",
          is_enabled: true,
          kind: {
            type: "email",
            smtp_host: "mail.example.com",
            smtp_port: 587,
            security: "starttls",
            username: "hawkeye",
            from: "hawkeye@example.com",
            to: ["ops@example.com"],
          },
        },
        secrets: { password: "hunter2" },
        disabled_reason: null,
        breaker: "open",
        last_sent_ms: null,
        waiting: 2,
        dead: 1,
      },
      {
        channel: {
          id: "old-hook",
          name: "Old hook",
          is_enabled: true,
          kind: { type: "webhook", url: "https://hooks.example.com/a", format: "json" },
        },
        secrets: {},
        disabled_reason: "the address does not exist any more (410)",
        breaker: "closed",
        last_sent_ms: now_ms - 9000 * MINUTE_MS,
        waiting: 0,
        dead: 0,
      },
    ],
    test: { outcome: "delivered", status: 200, error: null, elapsed_ms: 84 },
    notifications: [
      notification("3", "ops-chat", "sent", now_ms - 3 * MINUTE_MS, {
        reason: "new_alerts",
        why: ["Route critical matches severity critical.", "One more alert joined the group."],
      }),
      notification("2", "ops-mail", "dead", now_ms - 5 * MINUTE_MS, {
        reason: "escalation",
        attempts: 8,
        last_error: "connection refused",
        why: ["Nobody acknowledged for 15 min."],
      }),
      notification("1", "ops-chat", "sent", now_ms - 18 * MINUTE_MS, {
        why: ["Route critical matches severity critical.", "First of its group."],
      }),
      notification("0", "ops-mail", "waiting", now_ms - MINUTE_MS, {
        next_ms: now_ms + 2 * MINUTE_MS,
        attempts: 2,
        last_error: "timed out",
      }),
    ],
    onCall: [{ schedule: "primary", person: "Ada", until_ms: now_ms + 3000 * MINUTE_MS, next_person: "Grace" }],
  };
}

function ruleRow(id, name, rule, fields) {
  return {
    rule: {
      id,
      name,
      is_enabled: true,
      severity: "high",
      condition: {
        type: "threshold",
        measure: "latency_ms_p95",
        is: "above",
        value: 500,
        window_s: 300,
        requests_min: 20,
        per: "endpoint",
      },
      scope: { services: [], endpoints: [], environments: [], matchers: [] },
      for_s: 0,
      keep_firing_s: 0,
      labels: {},
      annotations: {},
      runbook_url: null,
      ...rule,
    },
    source: "ui",
    updated_ms: 0,
    updated_by: "Ada",
    firing: 0,
    pending: 0,
    ...fields,
  };
}

function route(fields) {
  return {
    matchers: [],
    receiver: null,
    continue: false,
    group_by: null,
    group_wait_s: null,
    group_interval_s: null,
    repeat_interval_s: null,
    mute_during: [],
    active_during: [],
    routes: [],
    ...fields,
  };
}

function notification(id, channel, state, created_ms, fields) {
  return {
    id,
    key: `key-${id}`,
    channel,
    thread: "thread-1",
    state,
    reason: "first",
    receiver: "on call",
    title: "Slow orders: p95 of POST /orders is 812 ms",
    dataset: "live",
    created_ms,
    next_ms: null,
    attempts: 1,
    last_error: null,
    last_status: null,
    sent_ms: state === "sent" ? created_ms + 400 : null,
    why: [],
    ...fields,
  };
}

function side(alerts, notifications) {
  return {
    alerts,
    notifications,
    per_receiver: [{ receiver: "on call", notifications, per_week: notifications }],
    per_rule: [{ rule: "slow-orders", alerts }],
    incidents_caught: alerts > 5 ? 3 : 2,
    incidents_missed: alerts > 5 ? 1 : 2,
    delay_s_median: 240,
    listed: Array.from({ length: alerts }, (_, index) => ({
      alertname: "Slow orders",
      labels: { endpoint: "POST /orders", environment: "aws/production/eu-west-1" },
      started_ms: 1_790_000_000_000 + index * 3_600_000,
      resolved_ms: 1_790_000_000_000 + index * 3_600_000 + 600_000,
      notified_ms: index % 3 === 0 ? null : 1_790_000_000_000 + index * 3_600_000 + 240_000,
      muted_by: index % 3 === 0 ? [{ kind: "silence", name: "deploy" }] : [],
      receiver: "on call",
    })),
  };
}
