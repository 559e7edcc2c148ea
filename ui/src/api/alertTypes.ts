// The shapes of alerting: what rules raise, who is told, what keeps them quiet. Owns the names that pages use.
import type { EndpointRef } from "./types";
import type { Severity } from "./detectionTypes";

export type Labels = Record<string, string>;
export type AlertState = "pending" | "firing" | "acknowledged" | "snoozed" | "muted" | "resolved";
export type AlertCounts = Record<AlertState, number>;

export interface MutedBy {
  kind: string;
  by: string;
  name: string;
}

export interface Alert {
  id: string;
  fingerprint: string;
  dataset: string;
  /** What to show: acknowledged before snoozed before muted. */
  state: AlertState;
  severity: Severity;
  rule: string | null;
  source: string;
  name: string;
  summary: string;
  description: string | null;
  labels: Labels;
  annotations: Labels;
  runbook_url: string | null;
  generator_url: string | null;
  value: number | null;
  started_ms: number;
  firing_since_ms: number | null;
  resolved_ms: number | null;
  updated_ms: number;
  acknowledged: { by: string; at_ms: number; until_ms: number | null; note: string | null } | null;
  assignee: string | null;
  snoozed_until_ms: number | null;
  muted_by: MutedBy[];
  anomaly_id: string | null;
  endpoint: EndpointRef | null;
  environment: string | null;
  notified: { count: number; last_ms: number | null };
}

export interface AlertList {
  items: Alert[];
  next_cursor: string | null;
  counts: AlertCounts;
}

export interface AlertEvent {
  at_ms: number;
  actor: string;
  kind: string;
  note: string | null;
}

export interface AlertMute {
  kind: string;
  by: string;
  name: string;
  from_ms: number;
  to_ms: number | null;
}

export interface AlertDetail {
  alert: Alert;
  timeline: AlertEvent[];
  notifications: NotificationRow[];
  mutes: AlertMute[];
  route: RoutePreview[];
}

export type AlertActionName =
  "acknowledge" | "unacknowledge" | "assign" | "comment" | "snooze" | "unsnooze" | "resolve" | "false_positive";

export interface AlertAction {
  ids: string[];
  action: AlertActionName;
  actor?: string | null;
  note?: string | null;
  until_ms?: number | null;
  assignee?: string | null;
}

export interface AlertActionResult {
  changed: number;
  alerts: Alert[];
}

export type ThresholdMeasure =
  "latency_ms_p50" | "latency_ms_p95" | "latency_ms_p99" | "error_rate" | "client_error_rate" | "requests_per_minute";
export type Per = "endpoint" | "service";
export type Objective = { type: "availability" } | { type: "latency"; latency_ms: number };

export type Condition =
  | { type: "anomaly"; kinds: string[]; severity_min: Severity }
  | {
      type: "threshold";
      measure: ThresholdMeasure;
      is: "above" | "below";
      value: number;
      window_s: number;
      requests_min: number;
      per: Per;
    }
  | { type: "absence"; window_s: number; requests_min: number; per: Per }
  | { type: "burn_rate"; objective: Objective; target: number; per: Per; bad_requests_min: number };

export interface RuleScopeLists {
  services: string[];
  endpoints: string[];
  environments: string[];
  matchers: string[];
}

export interface AlertRule {
  id: string;
  name: string;
  is_enabled: boolean;
  severity: Severity | null;
  condition: Condition;
  scope: RuleScopeLists;
  for_s: number;
  keep_firing_s: number;
  labels: Labels;
  annotations: Labels;
  runbook_url: string | null;
}

export interface AlertRuleRow {
  rule: AlertRule;
  sentence: string;
  source: "default" | "ui" | "file";
  updated_ms: number | null;
  updated_by: string | null;
  firing: number;
  pending: number;
}

export interface AlertRulePreview {
  sentence: string;
  /** Only where the condition is met. */
  matches_now: { labels: Labels; summary: string; value: number | null; is_met: boolean }[];
}

export interface Route {
  matchers: string[];
  receiver: string | null;
  continue: boolean;
  group_by: string[] | null;
  group_wait_s: number | null;
  group_interval_s: number | null;
  repeat_interval_s: number | null;
  mute_during: string[];
  active_during: string[];
  routes: Route[];
}

export interface Step {
  after_s: number;
  channels: string[];
  schedules: string[];
}

export interface Receiver {
  name: string;
  steps: Step[];
  send_resolved: boolean;
}

export interface Inhibition {
  name: string;
  source: string[];
  target: string[];
  equal: string[];
}

export interface Span {
  weekdays: string[];
  from: string;
  to: string;
  days_of_month: number[];
  months: number[];
}

export interface Interval {
  name: string;
  time_zone: string;
  spans: Span[];
}

export interface PlannedMaintenance {
  name: string;
  matchers: string[];
  time_zone: string;
  spans: Span[];
  from_ms: number | null;
  to_ms: number | null;
  is_summarised: boolean;
  note: string;
}

export interface Cover {
  person: string;
  from_ms: number;
  to_ms: number;
}

export interface Schedule {
  name: string;
  time_zone: string;
  starts: string;
  shift_days: number;
  people: string[];
  overrides: Cover[];
}

export interface Person {
  name: string;
  channels: string[];
}

export interface Routing {
  route: Route;
  receivers: Receiver[];
  inhibitions: Inhibition[];
  intervals: Interval[];
  maintenances: PlannedMaintenance[];
  schedules: Schedule[];
  people: Person[];
  tell_demo: boolean;
}

export interface RoutePreview {
  path: string[];
  receiver: string;
  group_labels: Labels;
  group_wait_s: number;
  group_interval_s: number;
  repeat_interval_s: number;
  muted_by: { kind: string; name: string }[];
  steps: { after_s: number; targets: { channel: string; channel_name: string; via: string | null }[] }[];
  sentence: string;
}

export interface RoutingPreview {
  routes: RoutePreview[];
  muted_by: MutedBy[];
}

export interface RoutingQuestion {
  alert_id?: string;
  labels?: Labels;
  at_ms?: number;
  routing?: Routing;
}

export interface AlertBacktestStart {
  from_ms: number;
  to_ms: number;
  rules?: AlertRule[];
  routing?: Routing;
}

export interface AlertBacktestSide {
  alerts: number;
  notifications: number;
  per_receiver: { receiver: string; notifications: number; per_week: number }[];
  per_rule: { rule: string; alerts: number }[];
  incidents_caught: number;
  incidents_missed: number;
  delay_s_median: number | null;
  listed: BacktestAlert[];
}

export interface BacktestAlert {
  alertname: string;
  summary: string;
  labels: Labels;
  started_ms: number;
  resolved_ms: number | null;
  notified_ms: number | null;
  muted_by: { kind: string; name: string }[];
  receiver: string | null;
}

export interface AlertBacktest {
  from_ms: number;
  to_ms: number;
  elapsed_s: number;
  current: AlertBacktestSide;
  changed: AlertBacktestSide;
  incidents_note: string | null;
}

export interface Silence {
  id: string;
  matchers: string[];
  starts_ms: number;
  ends_ms: number;
  created_by: string;
  comment: string;
  updated_ms: number;
}

/** Without an id a new one. */
export type SilenceDraft = Omit<Silence, "id" | "updated_ms"> & { id?: string };

export interface SilenceDetail {
  silence: Silence;
  hidden: { alert_id: string; name: string; from_ms: number; to_ms: number | null }[];
}

export interface SilencePreview {
  firing: Alert[];
  matched_in_last_week: number;
}

export type ChannelKind =
  | {
      type: "email";
      smtp_host: string;
      smtp_port: number;
      security: "tls" | "starttls" | "none";
      username?: string | null;
      from: string;
      to: string[];
    }
  | { type: "slack_webhook" }
  | { type: "slack"; channel: string; api_url?: string | null }
  | {
      type: "webhook";
      url: string;
      format: "json" | "cloud_events" | "alertmanager" | "template";
      template?: string | null;
      headers?: Labels;
    }
  | { type: "pager_duty"; api_url?: string | null }
  | { type: "opsgenie"; api_url?: string | null }
  | { type: "teams" }
  | { type: "discord" }
  | { type: "alertmanager"; url: string };

export interface Channel {
  id: string;
  name: string;
  is_enabled: boolean;
  kind: ChannelKind;
}

export interface ChannelRow {
  channel: Channel;
  /** Names only: a secret never comes back. */
  secrets_set: string[];
  disabled_reason: string | null;
  breaker: "closed" | "open" | "half_open";
  last_sent_ms: number | null;
  waiting: number;
  dead: number;
}

export interface ChannelTest {
  outcome: "delivered" | "retry" | "refused" | "gone";
  status: number | null;
  error: string | null;
  elapsed_ms: number;
}

export type NotificationState = "waiting" | "sent" | "dead" | "collapsed" | "withheld";

export interface NotificationRow {
  id: string;
  key: string;
  channel: string;
  thread: string;
  state: NotificationState;
  reason: string;
  receiver: string;
  title: string;
  dataset: string;
  created_ms: number;
  next_ms: number | null;
  attempts: number;
  last_error: string | null;
  last_status: number | null;
  sent_ms: number | null;
  why: string[];
}

export interface NotificationList {
  items: NotificationRow[];
  next_cursor: string | null;
  counts: Record<NotificationState, number>;
}

export interface OnCallNow {
  schedule: string;
  /** Null before the first turn. */
  person: string | null;
  until_ms: number | null;
  next_person: string | null;
}

export interface AlertingStatus {
  firing: number;
  waiting: number;
  dead: number;
  oldest_waiting_ms: number | null;
  heartbeat: {
    url_set: boolean;
    last_sent_ms: number | null;
    error: string | null;
    blocked_by: string | string[] | null;
  } | null;
  evaluated_until_ms: number | null;
  alerts_max: number;
  alerts_dropped: number;
  breakers_open: string[];
  channels: number;
}

/** Event `alert` of the stream. */
export interface AlertStreamEvent {
  change: "opened" | "updated" | "resolved" | "acted";
  alert: Alert;
}
