// An alert for tests: every field plausible, any of them replaceable.
import type { Alert } from "../api/alertTypes";

export function alert(fields: Partial<Alert> = {}): Alert {
  return {
    id: "7",
    fingerprint: "00000000000000ab",
    dataset: "live",
    state: "firing",
    severity: "high",
    rule: "slow-orders",
    source: "rule",
    name: "Slow orders",
    summary: "p95 of POST /orders is 812 ms, above 500 ms over 5 min",
    description: null,
    labels: { alertname: "Slow orders", service: "orders", endpoint: "POST /orders", severity: "high" },
    annotations: {},
    runbook_url: null,
    generator_url: null,
    value: 812,
    started_ms: 0,
    firing_since_ms: 60_000,
    resolved_ms: null,
    updated_ms: 60_000,
    acknowledged: null,
    assignee: null,
    snoozed_until_ms: null,
    muted_by: [],
    anomaly_id: null,
    endpoint: { id: "00000000000000aa", service: "orders", method: "POST", route: "/orders" },
    environment: "aws/production/eu-west-1",
    notified: { count: 0, last_ms: null },
    ...fields,
  };
}
