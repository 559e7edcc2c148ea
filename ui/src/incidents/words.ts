// How diagnosis speaks: names of its closed sets, subjects and numbers. Owns the words, no look.
import type {
  Against,
  Attribute,
  Breadth,
  CauseKind,
  ComparedMeasure,
  Comparison,
  Deployment,
  DeploymentVerdictKind,
  Estimate,
  Incident,
  IncidentEventKind,
  Subject,
  VerdictKind,
} from "../api/incidentTypes";
import { environmentNameOf } from "../parts/environment";
import { count, duration, share, shareChange } from "../units";

export const VERDICT_NAMES: Record<VerdictKind, string> = {
  version_fault: "Version fault",
  environment_fault: "Environment fault",
  instance_fault: "Instance fault",
  shared_dependency: "Shared dependency",
  traffic_mix: "Traffic mix only",
  traffic_change: "Traffic change",
  not_enough_evidence: "Not enough evidence",
};
export const VERDICTS = Object.keys(VERDICT_NAMES) as VerdictKind[];

export const VERDICT_MEANINGS: Record<VerdictKind, string> = {
  version_fault: "A version does worse than the one before it on the same requests",
  environment_fault: "One environment does worse than the others on the same requests",
  instance_fault: "One instance does worse than the others beside it",
  shared_dependency: "What several services or environments call does worse",
  traffic_mix: "Nothing got worse: there is more of what is always slow or failing",
  traffic_change: "Callers stay away or come in numbers, and nothing else is wrong",
  not_enough_evidence: "Too few requests, or nothing to compare with, to say where the fault sits",
};

export const DEPLOYMENT_VERDICT_NAMES: Record<DeploymentVerdictKind, string> = {
  healthy: "Healthy",
  degraded: "Degraded",
  not_enough_traffic: "Not enough traffic",
};

export const CAUSE_NAMES: Record<CauseKind, string> = {
  version: "New version",
  instance: "Instance",
  environment: "Environment",
  dependency: "Dependency",
  traffic: "Traffic",
  first_affected: "First affected",
};

export const BREADTH_NAMES: Record<Breadth, string> = {
  endpoint: "one endpoint",
  service: "several endpoints of a service",
  environment: "services of one environment that do not call one another",
  everywhere: "several environments",
};

export const MEASURE_NAMES: Record<ComparedMeasure, string> = {
  error_rate: "Server errors",
  slow_share: "Slow requests",
};

export const AGAINST_NAMES: Record<Against, string> = {
  before: "before",
  other_environments: "other environments",
  other_versions: "other versions",
  other_instances: "other instances",
};

export const ATTRIBUTE_NAMES: Record<Attribute, string> = {
  service: "service",
  endpoint: "endpoint",
  environment: "environment",
  region: "region",
  version: "version",
  instance: "instance",
  consumer: "consumer",
  status_code: "status",
  error_type: "error type",
  method: "method",
  kind: "kind",
};

export const EVENT_NAMES: Record<IncidentEventKind, string> = {
  opened: "Opened",
  joined: "Anomaly joined",
  merged: "Merged",
  severity_changed: "Severity changed",
  verdict_changed: "Verdict changed",
  closed: "Closed",
  reopened: "Opened again",
};

export const EARLY_MS = 5 * 60_000; // The first verdict on a deployment needs five minutes of requests.

/** What a deployment's chip says; without a verdict it is early, or nobody could judge. */
export function deploymentVerdictName({ verdict, at_ms }: Pick<Deployment, "verdict" | "at_ms">, now_ms: number) {
  if (verdict) return DEPLOYMENT_VERDICT_NAMES[verdict.kind];
  return now_ms - at_ms < EARLY_MS ? "Too early" : "Not judged";
}

/** "orders POST /orders 2.14.0 on AWS eu-west-1", as far as it is known. */
export function subjectText(subject: Subject | null): string {
  if (!subject) return "";
  const { dependency, service, method, route, version, instance, environment } = subject;
  const named = [dependency, service, method, route, version, instance].filter(Boolean).join(" ");
  if (!environment) return named;
  return named ? `${named} on ${environmentNameOf(environment)}` : environmentNameOf(environment);
}

/** "+3.1 pp (2.4 to 3.8)": a difference of shares with its interval. */
export function differenceText({ difference, lower, upper }: Pick<Comparison, "difference" | "lower" | "upper">) {
  return `${points(difference)} (${bound(lower)} to ${bound(upper)})`;
}

export function points(value: number): string {
  return shareChange(value, 0) ?? "";
}

function bound(value: number): string {
  return points(value).replace(/^\+|^±| pp$/g, "");
}

export type Evidence = "evident" | "small" | "chance" | "better";

export const EVIDENCE_NAMES: Record<Evidence, string> = {
  evident: "evident",
  small: "real, but small",
  chance: "could be chance",
  better: "better here",
};

/** An interval without zero is no chance; evident is only what is also worth mentioning. */
export function evidenceOf({ is_evident, lower, upper }: Pick<Comparison, "is_evident" | "lower" | "upper">): Evidence {
  if (upper < 0) return "better";
  if (is_evident) return "evident";
  return lower > 0 ? "small" : "chance";
}

const RAW_NOTABLE = 0.001;

/** Said only where the mix of endpoints hides or invents something. */
export function rawText({ difference, difference_raw }: Comparison): string | null {
  const off = Math.abs(difference_raw - difference);
  if (off < RAW_NOTABLE || off < 0.1 * Math.abs(difference)) return null;
  return `${points(difference_raw)} before adjusting for the mix`;
}

/** "1.24k (1.06k to 1.42k)"; nothing around nothing. */
export function estimateText({ value, lower, upper }: Estimate): string {
  const text = count(Math.round(value));
  return lower === upper ? text : `${text} (${count(Math.round(lower))} to ${count(Math.round(upper))})`;
}

export function sampledText(sampled: number): string | null {
  return sampled >= 1 ? null : `From a sample: ${share(sampled)} of all requests were looked at, whole traces each.`;
}

export function incidentLasted({ onset_ms, closed_ms }: Pick<Incident, "onset_ms" | "closed_ms">, now_ms: number) {
  return duration((closed_ms ?? now_ms) - onset_ms);
}

/** "orders and payments", "orders, payments and 3 more". */
export function namedText(values: string[], shown = 2): string {
  if (values.length <= shown) return values.join(" and ");
  return `${values.slice(0, shown).join(", ")} and ${values.length - shown} more`;
}

/** By chance less than once in so many, rounded down to what people can grasp. */
export function chanceText(p_value: number): string {
  if (p_value < 1e-6) return "by chance less than once in a million";
  if (p_value >= 0.05) return `by chance ${share(p_value)}`;
  const times = 10 ** Math.floor(-Math.log10(p_value));
  return `by chance less than once in ${times.toLocaleString("en")}`;
}
