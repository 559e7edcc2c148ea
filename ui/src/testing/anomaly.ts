// An anomaly for tests: every field plausible, any of them replaceable.
import type { Anomaly } from "../api/detectionTypes";

export function anomaly(fields: Partial<Anomaly> = {}): Anomaly {
  return {
    id: "0123456789abcdef",
    endpoint: { id: "00000000000000aa", service: "orders", method: "POST", route: "/orders" },
    environment: "aws/production/eu-west-1",
    dataset: "live",
    signal: "latency",
    kind: "latency_spike",
    severity: "high",
    state: "open",
    verdict: null,
    verdict_reason: null,
    sentence: "p95 of POST /orders is 471 ms, expected 144 to 220 ms.",
    onset_ms: 0,
    detected_ms: 30_000,
    updated_ms: 60_000,
    closed_ms: null,
    close_reason: null,
    measure: "latency_ms_p95",
    observed: 471,
    lower: 144,
    expected: 180,
    upper: 220,
    ratio: 2.6,
    score_peak: 31,
    threshold: 18,
    requests: 1200,
    requests_hurt: 310,
    deployment: null,
    acknowledged_by: null,
    acknowledged_ms: null,
    assignee: null,
    spark: { t0_ms: 0, step_ms: 60_000, score: [1, 20, 31] },
    ...fields,
  };
}
