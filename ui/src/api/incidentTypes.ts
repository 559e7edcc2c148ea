// The shapes of incidents, diagnoses, deployments and comparisons, as the server writes them. Owns no words.
import type { Anomaly, Severity } from "./detectionTypes";
import type { EndpointRef, Range, Stats } from "./types";

/** What something is about; what does not apply is null. */
export interface Subject {
  service: string | null;
  method: string | null;
  route: string | null;
  environment: string | null;
  version: string | null;
  instance: string | null;
  dependency: string | null;
}

export type VerdictKind =
  | "version_fault"
  | "instance_fault"
  | "environment_fault"
  | "shared_dependency"
  | "traffic_mix"
  | "traffic_change"
  | "not_enough_evidence";
export type Breadth = "endpoint" | "service" | "environment" | "everywhere";
export type ComparedMeasure = "error_rate" | "slow_share";
export type Against = "before" | "other_environments" | "other_versions" | "other_instances";
export type CauseKind = "version" | "instance" | "environment" | "dependency" | "traffic" | "first_affected";
export type Attribute =
  | "service"
  | "endpoint"
  | "environment"
  | "region"
  | "version"
  | "instance"
  | "consumer"
  | "status_code"
  | "error_type"
  | "method"
  | "kind";
export type DeploymentVerdictKind = "healthy" | "degraded" | "not_enough_traffic";
export type IncidentState = "open" | "acknowledged" | "closed";

export interface Comparison {
  measure: ComparedMeasure;
  here: Subject;
  against: Against;
  /** In words: `3 other environments`. */
  there: string;
  share_here: number;
  share_there: number;
  difference: number;
  lower: number;
  upper: number;
  /** Without the adjustment to the same mix. */
  difference_raw: number;
  requests_here: number;
  requests_there: number;
  endpoints: number;
  is_evident: boolean;
}

export interface IncidentVerdict {
  kind: VerdictKind;
  subject: Subject;
  breadth: Breadth;
  sentence: string;
  comparisons: Comparison[];
}

export interface Cause {
  kind: CauseKind;
  subject: Subject;
  /** Of the incident's harm, 0 to 1. */
  explained: number;
  onset_ms: number;
  failed: number;
  slow: number;
  self_ms: number;
  sentence: string;
}

export interface Difference {
  attribute: Attribute;
  value: string;
  share_bad: number;
  share_baseline: number;
  requests_bad: number;
  requests_baseline: number;
  p_value: number;
  score: number;
}

export interface Estimate {
  value: number;
  lower: number;
  upper: number;
}

export interface ConsumerHarm {
  consumer: string;
  requests: number;
  requests_hurt: number;
}

export interface Impact {
  failed: Estimate;
  slow: Estimate;
  missing: Estimate;
  requests: number;
  share_of_traffic: number;
  consumers: number | null;
  consumers_most: ConsumerHarm[];
  environments: string[];
  services: string[];
  journeys: string[];
}

export interface CallMapNode {
  service: string;
  environment: string;
  requests_per_minute: number;
  error_rate: number;
  error_rate_before: number;
  latency_ms_p95: number;
  latency_ms_p95_before: number;
  anomalies: number;
  is_first_cause: boolean;
}

/** Indexes into the nodes. */
export interface CallMapEdge {
  caller: number;
  callee: number;
  requests_per_minute: number;
  error_rate: number;
}

export interface CallMap {
  nodes: CallMapNode[];
  edges: CallMapEdge[];
}

export interface Diagnosis {
  made_ms: number;
  from_ms: number;
  to_ms: number;
  baseline_from_ms: number;
  baseline_to_ms: number;
  requests_bad: number;
  requests_baseline: number;
  /** The share of all requests that was looked at; 1 means all. */
  sampled: number;
  verdict: IncidentVerdict;
  causes: Cause[];
  differences: Difference[];
  impact: Impact;
  map: CallMap;
  notes: string[];
}

export interface DeploymentVerdict {
  kind: DeploymentVerdictKind;
  judged_ms: number;
  after_minutes: number;
  previous_version: string | null;
  comparisons: Comparison[];
  new_error_types: [string, number][];
  sentence: string;
}

export interface Incident {
  id: string;
  dataset: string;
  state: IncidentState;
  severity: Severity;
  title: string;
  /** Null until the first diagnosis. */
  verdict: VerdictKind | null;
  sentence: string | null;
  subject: Subject | null;
  onset_ms: number;
  detected_ms: number;
  updated_ms: number;
  closed_ms: number | null;
  services: string[];
  environments: string[];
  anomalies: number;
  anomalies_open: number;
  requests_hurt: number;
  acknowledged_by: string | null;
}

export interface IncidentList {
  items: Incident[];
  total: number;
  next_cursor: string | null;
  open: number;
  closed: number;
}

export type IncidentEventKind =
  | "opened"
  | "joined"
  | "merged"
  | "severity_changed"
  | "verdict_changed"
  | "closed"
  | "reopened";

export interface IncidentEvent {
  at_ms: number;
  kind: IncidentEventKind;
  reason: string;
  anomaly_id: string | null;
}

export interface IncidentDetail {
  incident: Incident;
  diagnosis: Diagnosis | null;
  anomalies: Anomaly[];
  events: IncidentEvent[];
  deployments: Deployment[];
  similar: Incident[];
}

export interface Deployment {
  service: string;
  environment: string;
  version: string;
  at_ms: number;
  is_reported: boolean;
  note: string | null;
  link: string | null;
  verdict: DeploymentVerdict | null;
  /** After 5, 15 and 30 minutes, as far as those have passed. */
  course: DeploymentVerdictKind[];
  incident_id: string | null;
}

export interface DeploymentList {
  range: Range;
  items: Deployment[];
  is_cut: boolean;
}

export interface Differences {
  range: Range;
  baseline_range: Range;
  requests: number;
  requests_baseline: number;
  sampled: number;
  items: Difference[];
}

export interface VersionShare {
  service: string;
  version: string;
  requests: number;
}

export interface ComparedEnvironment {
  environment: string;
  stats: Stats;
  versions: VersionShare[];
  error_rate: Comparison | null;
  slow_share: Comparison | null;
}

export interface ComparedCell {
  requests: number;
  error_rate: number;
  latency_ms_p50: number;
  latency_ms_p95: number;
  error_rate_difference: number;
  slow_share_difference: number;
  is_worse: boolean;
}

export interface ComparedEndpoint {
  endpoint: EndpointRef;
  cells: (ComparedCell | null)[];
  spread: number;
}

export interface EnvironmentComparison {
  range: Range;
  statement: string;
  environments: ComparedEnvironment[];
  endpoints: ComparedEndpoint[];
  endpoints_shared: number;
}

/** Event `incident` of the stream. */
export interface IncidentNews {
  incident: Incident;
}
