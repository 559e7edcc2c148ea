// What a rule says, in plain words. Owns the sentence; a form and a list say the same.
import type { AlertRule, Condition, RuleScopeLists, ThresholdMeasure } from "../api/alertTypes";
import { KIND_NAMES } from "../detection/words";
import type { AnomalyKind } from "../api/detectionTypes";
import { VERDICT_NAMES } from "../incidents/words";
import { environmentNameOf, providerName } from "../parts/environment";
import { latency, share, threeDigits } from "../units";
import { matcherWords } from "./matcher";
import { spanWords } from "./span";

export const MEASURE_NAMES: Record<ThresholdMeasure, string> = {
  latency_ms_p50: "p50",
  latency_ms_p95: "p95",
  latency_ms_p99: "p99",
  error_rate: "Server error rate",
  client_error_rate: "Client error rate",
  requests_per_minute: "Requests per minute",
};
export const MEASURES = Object.keys(MEASURE_NAMES) as ThresholdMeasure[];

export function thresholdText(measure: ThresholdMeasure, value: number | null): string {
  if (measure.startsWith("latency")) return latency(value);
  if (measure !== "requests_per_minute") return share(value);
  return value === null ? "–" : `${threeDigits(value)} a minute`;
}

/** "p95 of POST /orders in any environment is above 800 ms over 5 minutes, for 3 minutes". */
export function ruleSentence(rule: AlertRule): string {
  const lasting = rule.for_s > 0 ? `, for ${spanWords(rule.for_s)}` : "";
  return `When ${conditionText(rule.condition, placeText(rule.scope, rule.condition))}${lasting}`;
}

function conditionText(condition: Condition, place: string): string {
  switch (condition.type) {
    case "anomaly": {
      const kinds = condition.kinds.map((kind) => (KIND_NAMES[kind as AnomalyKind] ?? kind).toLowerCase());
      const what = kinds.length > 0 ? orList(kinds) : "anomaly";
      const article = /^[aeiou]/.test(what) ? "an" : "a";
      return `there is ${article} ${what} of ${condition.severity_min} severity or worse at ${place}`;
    }
    case "incident": {
      const verdicts = condition.verdicts.map((verdict) => VERDICT_NAMES[verdict].toLowerCase());
      const why = verdicts.length > 0 ? `, diagnosed as ${orList(verdicts)}` : "";
      return `there is an incident of ${condition.severity_min} severity or worse at ${place}${why}`;
    }
    case "threshold": {
      const { measure, is, value, window_s, requests_min } = condition;
      const name = MEASURE_NAMES[measure];
      const least = requests_min > 0 ? ` with ${requests_min} requests or more` : "";
      const what = name.startsWith("p") ? name : name.toLowerCase();
      return `${what} of ${place} is ${is} ${thresholdText(measure, value)} over ${spanWords(window_s)}${least}`;
    }
    case "absence":
      return `${place} has had no request for ${spanWords(condition.window_s)} after ${condition.requests_min} or more in the day before`;
    case "burn_rate": {
      const good =
        condition.objective.type === "latency"
          ? `good within ${latency(condition.objective.latency_ms)}`
          : "without a server error";
      return `${place} burns its error budget too fast: ${shareExact(condition.target)} of requests ${good}`;
    }
    case "predicted_breach": {
      const { measure, probability_min, within_s } = condition;
      const name = measure === null ? "a measure" : MEASURE_NAMES[measure];
      const what = /^p\d/.test(name) ? name : name.toLowerCase();
      return `${what} of ${place} will cross its limit within ${spanWords(within_s)} with ${shareExact(probability_min)} or more`;
    }
    case "journey_health": {
      const { journeys, state_min, is_predicted } = condition;
      const which = journeys.length > 0 ? orList(journeys) : "any journey";
      const state = state_min === "degraded" ? "degraded or failing" : "failing";
      return `${which} is ${state}${is_predicted ? ", or is predicted to be within an hour" : ""}`;
    }
  }
}

/** "POST /orders of orders in AWS where region matches eu-.*". */
export function placeText(scope: RuleScopeLists, condition: Condition): string {
  const per = "per" in condition ? condition.per : "endpoint";
  const { services, endpoints, environments, matchers } = scope;
  const what =
    endpoints.length > 0
      ? `${orList(endpoints)}${services.length > 0 ? ` of ${orList(services)}` : ""}`
      : services.length > 0
        ? per === "endpoint"
          ? `any endpoint of ${orList(services)}`
          : orList(services)
        : `any ${per}`;
  const where = environments.length > 0 ? orList(environments.map(placeName)) : "any environment";
  const only = matchers.length > 0 ? ` where ${matchers.map(matcherWords).join(" and ")}` : "";
  return `${what} in ${where}${only}`;
}

function placeName(environment: string): string {
  return environment.includes("/") ? environmentNameOf(environment) : providerName(environment);
}

export function orList(words: string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** 0.9995 -> "99.95 %": a promise is not rounded. */
export function shareExact(value: number): string {
  return `${Number((value * 100).toPrecision(12))} %`;
}

/** A rule's id from its name: lower-case letters, digits and dashes. */
export function slug(name: string): string {
  const plain = name.normalize("NFKD").toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
}

export function freeSlug(name: string, taken: string[], fallback: string): string {
  const wanted = slug(name) || fallback;
  let id = wanted;
  for (let number = 2; taken.includes(id); number += 1) id = `${wanted.slice(0, 58)}-${number}`;
  return id;
}
