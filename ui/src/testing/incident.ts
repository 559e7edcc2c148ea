// An incident and its parts for tests: every field plausible, any of them replaceable.
import type { CallMapNode, Comparison, Incident, Subject } from "../api/incidentTypes";

export function subject(fields: Partial<Subject> = {}): Subject {
  return {
    service: null,
    method: null,
    route: null,
    environment: null,
    version: null,
    instance: null,
    dependency: null,
    ...fields,
  };
}

export function incident(fields: Partial<Incident> = {}): Incident {
  return {
    id: "00000000000000c1",
    dataset: "live",
    state: "open",
    severity: "high",
    title: "payments fails on AWS eu-west-1",
    verdict: "version_fault",
    sentence: "payments 2.14.0 fails 6.1 %, 2.13.0 beside it 0.4 %.",
    subject: subject({ service: "payments", version: "2.14.0" }),
    onset_ms: 0,
    detected_ms: 30_000,
    updated_ms: 60_000,
    closed_ms: null,
    services: ["payments"],
    environments: ["aws/production/eu-west-1"],
    anomalies: 2,
    anomalies_open: 2,
    requests_hurt: 310,
    acknowledged_by: null,
    ...fields,
  };
}

export function comparison(fields: Partial<Comparison> = {}): Comparison {
  return {
    measure: "error_rate",
    here: subject({ service: "payments", version: "2.14.0" }),
    against: "other_versions",
    there: "2.13.0",
    share_here: 0.061,
    share_there: 0.004,
    difference: 0.057,
    lower: 0.049,
    upper: 0.065,
    difference_raw: 0.057,
    requests_here: 4210,
    requests_there: 18_300,
    endpoints: 6,
    is_evident: true,
    ...fields,
  };
}

export function mapNode(service: string, fields: Partial<CallMapNode> = {}): CallMapNode {
  return {
    service,
    environment: "aws/production/eu-west-1",
    requests_per_minute: 100,
    error_rate: 0.004,
    error_rate_before: 0.004,
    latency_ms_p95: 180,
    latency_ms_p95_before: 180,
    anomalies: 0,
    is_first_cause: false,
    ...fields,
  };
}
