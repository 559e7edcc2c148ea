// Limits before they are sent: an empty one, its sentence, an id, what is missing. Pure.
import { freeSlug, orList } from "../../alerting/ruleSentence";
import { spanWords } from "../../alerting/span";
import type { ForecastMeasure, Objective } from "../../api/forecastTypes";
import { MEASURE_NAMES, measureText } from "../../forecasting/words";
import { environmentNameOf, providerName } from "../../parts/environment";

export const EMPTY_OBJECTIVE: Objective = {
  id: "",
  measure: "latency_ms_p95",
  is: "above",
  value: 500,
  for_s: 600,
  services: [],
  endpoints: [],
  environments: [],
};

/** A number of one unit means nothing in another. */
export function startValue(measure: ForecastMeasure, before: Objective): number {
  const unit = (name: ForecastMeasure) => (name.startsWith("latency") ? "ms" : name);
  if (unit(measure) === unit(before.measure)) return before.value;
  return { ms: 500, error_rate: 0.01, requests_per_minute: 1000 }[unit(measure) as "ms"];
}

/** "p95 of POST /orders in AWS must not be above 500 ms for 10 minutes". */
export function objectiveSentence(objective: Objective): string {
  const { measure, is, value, for_s, services, endpoints, environments } = objective;
  const name = MEASURE_NAMES[measure];
  const what = name.startsWith("p") ? name : name.toLowerCase();
  const of =
    endpoints.length > 0
      ? `${orList(endpoints)}${services.length > 0 ? ` of ${orList(services)}` : ""}`
      : services.length > 0
        ? `any endpoint of ${orList(services)}`
        : "any endpoint";
  const places = environments.map((place) => (place.includes("/") ? environmentNameOf(place) : providerName(place)));
  const where = places.length > 0 ? ` in ${orList(places)}` : "";
  return `${what.replace(/^e/, "E").replace(/^t/, "T")} of ${of}${where} must not be ${is} ${measureText(measure, value)} for ${spanWords(for_s)}`;
}

/** An id that says what it is about: it is for good. */
export function objectiveId({ measure, services, endpoints, environments }: Objective, taken: string[]): string {
  const words = [
    endpoints[0] ?? services[0] ?? "all",
    MEASURE_NAMES[measure],
    environments[0]?.replaceAll("/", " ") ?? "",
  ];
  return freeSlug(words.join(" "), [...taken, "new"], "limit");
}

/** What is missing before it can be sent, or null. */
export function missingInObjective({ measure, value, for_s }: Objective): string | null {
  if (!Number.isFinite(value) || value < 0) return "The value must not be negative.";
  if (measure === "error_rate" && value > 1) return "An error rate is at most 100 %.";
  if (for_s < 60 || for_s > 86_400) return "It must last from a minute to a day.";
  return null;
}
