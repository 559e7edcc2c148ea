// How detection speaks: names of its closed sets, and its measures with their units. Owns the words, no look.
import type {
  ActionName,
  Anomaly,
  AnomalyKind,
  AnomalyMeasure,
  AnomalyState,
  CloseReason,
  RuleScope,
  Severity,
  Signal,
  Verdict,
  VerdictReason,
} from "../api/detectionTypes";
import { count, duration, latency, NO_VALUE, share, threeDigits } from "../units";

/** Most severe first, the order of every list and filter. */
export const SEVERITIES: Severity[] = ["critical", "high", "medium", "low"];
export const SIGNALS: Signal[] = ["latency", "error_rate", "client_error_rate", "traffic"];

export const SEVERITY_NAMES: Record<Severity, string> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
};

export const SIGNAL_NAMES: Record<Signal, string> = {
  latency: "Latency",
  error_rate: "Server errors",
  client_error_rate: "Client errors",
  traffic: "Traffic",
};

export const KIND_NAMES: Record<AnomalyKind, string> = {
  latency_spike: "Latency spike",
  latency_shift: "Latency shift",
  latency_drift: "Latency drift",
  pattern_change: "Changed pattern",
  error_burst: "Error burst",
  error_rise: "More errors",
  new_error_code: "New error code",
  client_error_rise: "More client errors",
  traffic_drop: "Traffic drop",
  silence: "Silence",
  surge: "Traffic surge",
};
export const KINDS = Object.keys(KIND_NAMES) as AnomalyKind[];

export const STATE_NAMES: Record<AnomalyState, string> = {
  open: "Open",
  acknowledged: "Acknowledged",
  closed: "Closed",
};

export const VERDICT_NAMES: Record<Verdict, string> = {
  confirmed: "Confirmed",
  false_positive: "False positive",
  expected_change: "Expected change",
};

export const CLOSE_NAMES: Record<CloseReason, string> = {
  recovered: "recovered",
  new_normal: "became the new normal",
  by_hand: "closed by hand",
  unwatched: "no longer watched",
};

export const REASONS: [VerdictReason, string, string][] = [
  ["too_sensitive", "Too sensitive", "The change is real but too small to matter"],
  ["expected_event", "Expected event", "A load test, a campaign, a migration"],
  ["seasonal", "Seasonal", "It is like this every day or week at this time"],
  ["maintenance", "Maintenance", "Somebody worked on it"],
  ["bad_data", "Bad data", "The measurement is wrong, not the service"],
];

export const RULE_SCOPE_NAMES: Record<RuleScope, string> = {
  all: "Everything",
  service: "A service",
  endpoint: "An endpoint",
  series: "An endpoint in one environment",
};

const MEASURE_NAMES: Record<AnomalyMeasure, string> = {
  latency_ms_p50: "p50",
  latency_ms_p95: "p95",
  latency_ms_p99: "p99",
  slow_share: "Share of slow requests",
  error_rate: "Server error rate",
  client_error_rate: "Client error rate",
  requests_per_minute: "Requests per minute",
};

export function measureName(measure: AnomalyMeasure): string {
  return MEASURE_NAMES[measure];
}

export function measureText(measure: AnomalyMeasure, value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NO_VALUE;
  if (measure.startsWith("latency")) return latency(value);
  return measure === "requests_per_minute" ? `${count(value)}/min` : share(value);
}

/** What a test saw: tests of latency count slow requests, only those for drift measure time. */
export function testText(signal: Signal, test: string, value: number | null): string {
  if (signal === "latency") return measureText(test.startsWith("drift") ? "latency_ms_p95" : "slow_share", value);
  return measureText(signal === "traffic" ? "requests_per_minute" : "error_rate", value);
}

/** "2.6×", as exact as it matters; null when nothing was expected. */
export function ratioText({ ratio }: Anomaly): string | null {
  if (ratio === null || !Number.isFinite(ratio)) return null;
  return `${ratio >= 100 ? "over 100" : ratio.toFixed(ratio >= 10 ? 0 : ratio >= 1 ? 1 : 2)}×`;
}

const SHORT_NAMES: Record<AnomalyMeasure, string> = {
  latency_ms_p50: "p50",
  latency_ms_p95: "p95",
  latency_ms_p99: "p99",
  slow_share: "slow",
  error_rate: "5xx",
  client_error_rate: "4xx",
  requests_per_minute: "traffic",
};

/** "p95 471 ms, 2.6× expected": what a chip has room for. */
export function shortText(anomaly: Anomaly): string {
  const ratio = ratioText(anomaly);
  const value = `${SHORT_NAMES[anomaly.measure]} ${measureText(anomaly.measure, anomaly.observed)}`;
  if (!ratio) return value;
  return ratio.startsWith("over") ? `${value}, ${ratio}` : `${value}, ${ratio} expected`;
}

export function score(value: number | null | undefined): string {
  return value == null || !Number.isFinite(value) ? NO_VALUE : value.toFixed(1);
}

/** How long it has lasted so far, or lasted in all. */
export function lasted(anomaly: Anomaly, now_ms: number): string {
  const end_ms = anomaly.closed_ms ?? now_ms;
  return duration(end_ms - anomaly.onset_ms);
}

export function perWeek(value: number | null): string {
  if (value === null) return NO_VALUE;
  return `${threeDigits(Math.round(value * 100) / 100)} a week`;
}

const DONE: Record<ActionName, string> = {
  acknowledge: "Acknowledged",
  unacknowledge: "No longer acknowledged",
  assign: "Assigned",
  note: "Note added",
  judge: "Judged",
  clear_verdict: "Verdict taken back",
  close: "Closed",
};

export function doneText(action: ActionName, verdict: Verdict | null | undefined): string {
  return action === "judge" && verdict ? VERDICT_NAMES[verdict] : DONE[action];
}
