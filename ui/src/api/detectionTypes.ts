// The shapes of detection. Owns the words that the server spells in closed sets.
import type { EndpointRef, Range } from "./types";

export type Severity = "low" | "medium" | "high" | "critical";
export type Signal = "traffic" | "error_rate" | "client_error_rate" | "latency";
export type AnomalyKind =
  | "latency_spike"
  | "latency_shift"
  | "latency_drift"
  | "pattern_change"
  | "error_burst"
  | "error_rise"
  | "new_error_code"
  | "client_error_rise"
  | "traffic_drop"
  | "silence"
  | "surge";
export type AnomalyState = "open" | "acknowledged" | "closed";
export type Verdict = "confirmed" | "false_positive" | "expected_change";
export type VerdictReason = "expected_event" | "seasonal" | "too_sensitive" | "bad_data" | "maintenance";
export type CloseReason = "recovered" | "new_normal" | "by_hand" | "unwatched";
export type AnomalyMeasure =
  | "latency_ms_p50"
  | "latency_ms_p95"
  | "latency_ms_p99"
  | "slow_share"
  | "error_rate"
  | "client_error_rate"
  | "requests_per_minute";

export interface ScoreSpark {
  t0_ms: number;
  step_ms: number;
  score: number[];
}

export interface Anomaly {
  id: string;
  endpoint: EndpointRef;
  environment: string;
  dataset: "live" | "demo";
  signal: Signal;
  kind: AnomalyKind;
  severity: Severity;
  state: AnomalyState;
  verdict: Verdict | null;
  verdict_reason: string | null;
  sentence: string;
  onset_ms: number;
  detected_ms: number;
  updated_ms: number;
  closed_ms: number | null;
  close_reason: CloseReason | null;
  measure: AnomalyMeasure;
  observed: number;
  lower: number;
  expected: number;
  upper: number;
  ratio: number | null;
  score_peak: number;
  threshold: number;
  requests: number;
  requests_hurt: number;
  deployment: string | null;
  acknowledged_by: string | null;
  acknowledged_ms: number | null;
  assignee: string | null;
  spark: ScoreSpark;
}

export type SeverityCounts = Record<Severity, number>;

export interface AnomalyList {
  items: Anomaly[];
  total: number;
  next_cursor: string | null;
  counts: { open: number; acknowledged: number; closed: number; false_positive: number };
  by_severity: SeverityCounts;
}

export interface DeploymentMark {
  at_ms: number;
  service: string;
  environment: string;
  version: string;
}

export interface AnomalyTest {
  name: string;
  windows: number;
  observed: number | null;
  expected: number | null;
  score: number;
  threshold: number;
  fired: boolean;
  note: string;
}

export interface Activity {
  at_ms: number;
  actor: string;
  action: string;
  note: string | null;
}

export interface ScoreCourse {
  t0_ms: number;
  step_ms: number;
  values: (number | null)[];
  thresholds: (number | null)[];
}

export interface AnomalyDetail {
  anomaly: Anomaly;
  score: ScoreCourse;
  tests: AnomalyTest[];
  baseline: { seasonal: boolean; windows_learnt: number; learning: boolean; note: string };
  nearby: Anomaly[];
  similar: Anomaly[];
  deployments: DeploymentMark[];
  activity: Activity[];
}

export type ActionName =
  | "acknowledge"
  | "unacknowledge"
  | "assign"
  | "note"
  | "judge"
  | "clear_verdict"
  | "close";

export interface AnomalyAction {
  ids: string[];
  action: ActionName;
  actor?: string | null;
  note?: string | null;
  assignee?: string | null;
  verdict?: Verdict | null;
  reason?: VerdictReason | null;
}

export interface Adjustment {
  id: string;
  at_ms: number;
  actor: string;
  anomaly_id: string;
  endpoint: EndpointRef;
  environment: string;
  signal: Signal;
  kin: boolean;
  offset_before: number;
  offset_after: number;
  threshold_before: number;
  threshold_after: number;
  verdict: Verdict;
  sentence: string;
  hidden: number;
  revealed: number;
  hidden_anomalies: string[];
  undone_ms: number | null;
}

export interface AnomalyActionResult {
  changed: number;
  anomalies: Anomaly[];
  adjustments: Adjustment[];
}

export interface VerdictPreview {
  adjustments: Adjustment[];
  hidden: Anomaly[];
  revealed: number;
}

export type RuleScope = "all" | "service" | "endpoint" | "series";

export interface RuleTarget {
  scope: RuleScope;
  service: string | null;
  endpoint_id: string | null;
  environment: string | null;
  signal: Signal | null;
}

export interface Override extends RuleTarget {
  id: string;
  false_alarms_per_week: number | null;
  note: string;
}

export interface Maintenance extends RuleTarget {
  id: string;
  from_ms: number;
  to_ms: number;
  mode: "pause" | "widen";
  note: string;
}

export interface MinChange {
  latency_ms: number;
  latency_ratio: number;
  error_requests: number;
  error_share: number;
  traffic_ratio: number;
}

export type Sensitivity = "low" | "medium" | "high" | "custom";

export interface DetectionSettings {
  sensitivity: Sensitivity;
  false_alarms_per_week: number;
  min_change: MinChange;
  overrides: Override[];
  maintenance: Maintenance[];
}

export interface SignalStatus {
  signal: Signal;
  threshold: number;
  promised_per_week: number;
  noise_per_week: number;
  peaks_seen: number;
}

export interface DetectionStatus {
  series_watched: number;
  series_learning: number;
  series_max: number;
  watermark_ms: number | null;
  lag_s: number;
  open: number;
  promised_per_week: number;
  measured_per_week: number | null;
  measured_lower: number | null;
  measured_upper: number | null;
  confirmed_30d: number;
  false_positive_30d: number;
  unjudged_30d: number;
  signals: SignalStatus[];
}

export interface MeasureBand {
  measure: AnomalyMeasure;
  lower: (number | null)[];
  expected: (number | null)[];
  upper: (number | null)[];
}

export interface Expectations {
  range: Range;
  t0_ms: number;
  step_ms: number;
  n: number;
  seasonal: boolean;
  learning: boolean;
  measures: MeasureBand[];
  anomalies: Anomaly[];
  deployments: DeploymentMark[];
}

export interface ExplanationGate {
  signal: Signal;
  test: string;
  observed: number | null;
  expected: number | null;
  score: number;
  threshold: number;
  passed: boolean;
  reason: string;
}

export interface Explanation {
  endpoint: EndpointRef;
  environment: string;
  at_ms: number;
  gates: ExplanationGate[];
  verdict: string;
}

export interface BacktestStart {
  from_ms: number;
  to_ms: number;
  settings: DetectionSettings | null;
  env?: string;
  endpoint?: string;
  service?: string;
}

export interface BacktestSide {
  opened: number;
  by_severity: SeverityCounts;
  by_signal: Record<Signal, number>;
}

export interface Backtest {
  range: Range;
  series: number;
  windows: number;
  seconds: number;
  current: BacktestSide;
  changed: BacktestSide;
  only_current: Anomaly[];
  only_changed: Anomaly[];
  both: number;
}

/** Event `anomaly` of the stream. */
export interface AnomalyEvent {
  change: "opened" | "updated" | "closed" | "acted";
  anomaly: Anomaly;
}
