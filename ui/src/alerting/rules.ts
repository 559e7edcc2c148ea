// Rules before they are sent: an empty one, one about an anomaly, and what is missing. Pure.
import type { AlertRule, Condition, ThresholdMeasure } from "../api/alertTypes";
import type { Anomaly } from "../api/detectionTypes";

export type ConditionType = Condition["type"];

export const CONDITION_NAMES: [ConditionType, string, string][] = [
  ["threshold", "Threshold", "A measure is beyond a fixed value"],
  ["anomaly", "Anomaly", "Hawkeye finds something odd"],
  ["incident", "Incident", "Anomalies belong together, and it says why"],
  ["absence", "No requests", "Silent where there were requests"],
  ["burn_rate", "Error budget", "A promise is broken too fast"],
  ["predicted_breach", "Predicted breach", "A limit will probably be crossed"],
  ["journey_health", "Journey", "People cannot finish what they came for"],
];

export function emptyCondition(type: ConditionType): Condition {
  switch (type) {
    case "anomaly":
      return { type, kinds: [], severity_min: "medium" };
    case "incident":
      return { type, verdicts: [], severity_min: "medium" };
    case "threshold":
      return {
        type,
        measure: "latency_ms_p95",
        is: "above",
        value: 800,
        window_s: 300,
        requests_min: 20,
        per: "endpoint",
      };
    case "absence":
      return { type, window_s: 900, requests_min: 100, per: "service" };
    case "burn_rate":
      return { type, objective: { type: "availability" }, target: 0.999, per: "service", bad_requests_min: 5 };
    case "predicted_breach":
      return { type, measure: null, probability_min: 0.3, within_s: 21_600, per: "endpoint" };
    case "journey_health":
      return { type, journeys: [], state_min: "failing", is_predicted: false };
  }
}

export const EMPTY_RULE: AlertRule = {
  id: "",
  name: "",
  is_enabled: true,
  severity: "high",
  condition: emptyCondition("threshold"),
  scope: { services: [], endpoints: [], environments: [], matchers: [] },
  for_s: 0,
  keep_firing_s: 0,
  labels: {},
  annotations: {},
  runbook_url: null,
};

/** Those about anomalies, incidents and budgets can take theirs from what was found. */
export function needsSeverity(type: ConditionType): boolean {
  return type !== "anomaly" && type !== "incident" && type !== "burn_rate";
}

/** What is missing before the rule can be sent, or null. */
export function missingInRule(rule: AlertRule): string | null {
  if (rule.name.trim() === "") return "Give it a name.";
  const { condition } = rule;
  if (!rule.severity && needsSeverity(condition.type)) return "Choose a severity.";
  if (condition.type === "threshold" || condition.type === "absence") {
    if (condition.window_s < 60 || condition.window_s > 86_400 || condition.window_s % 60 !== 0)
      return "The window must be whole minutes, at most a day.";
  }
  if (condition.type === "burn_rate" && !(condition.target >= 0.5 && condition.target < 1))
    return "The target must be from 50 % to below 100 %.";
  if (condition.type === "predicted_breach") {
    if (!(condition.probability_min > 0 && condition.probability_min <= 1))
      return "The probability must be above 0 and at most 100 %.";
    if (condition.within_s < 600 || condition.within_s > 86_400) return "It looks ten minutes to a day ahead.";
  }
  const { services, endpoints, environments } = rule.scope;
  if (condition.type === "journey_health" && services.length + endpoints.length + environments.length > 0)
    return "A journey says itself where it looks: empty the scope, or name journeys.";
  if (rule.runbook_url && !/^https?:\/\//.test(rule.runbook_url))
    return "The runbook must begin with https:// or http://";
  return null;
}

const MEASURES: ThresholdMeasure[] = [
  "latency_ms_p50",
  "latency_ms_p95",
  "latency_ms_p99",
  "error_rate",
  "client_error_rate",
  "requests_per_minute",
];

/** The same measure of the same endpoint, beyond what was expected: a start that somebody looks at. */
export function ruleAbout(anomaly: Anomaly): AlertRule {
  const { endpoint, environment, severity } = anomaly;
  const place = `${endpoint.method} ${endpoint.route}`;
  const scope = { services: [endpoint.service], endpoints: [place], environments: [environment], matchers: [] };
  const base = { ...EMPTY_RULE, severity, scope };
  if (anomaly.kind === "silence") return { ...base, name: `${place} is silent`, condition: emptyCondition("absence") };
  const measure = MEASURES.find((known) => known === anomaly.measure) ?? "latency_ms_p95";
  const isBelow = measure === "requests_per_minute" && anomaly.observed < (anomaly.expected ?? Infinity);
  const edge = (measure === anomaly.measure ? (isBelow ? anomaly.lower : anomaly.upper) : null) ?? anomaly.observed;
  const what = measure.startsWith("latency") ? "is slow" : measure === "requests_per_minute" ? "traffic" : "fails";
  return {
    ...base,
    name: `${place} ${what}`,
    condition: {
      type: "threshold",
      measure,
      is: isBelow ? "below" : "above",
      // Halfway between normal and what was seen: it would have fired, and normal does not.
      value: rounded((edge + anomaly.observed) / 2),
      window_s: 300,
      requests_min: isBelow ? 0 : 20,
      per: "endpoint",
    },
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
