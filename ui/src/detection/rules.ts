// Overrides and maintenance: what they are about, in words, and which one counts for an endpoint. Pure.
import type { DetectionSettings, Override, RuleTarget, Sensitivity } from "../api/detectionTypes";
import { environmentNameOf, providerName } from "../parts/environment";
import { SIGNAL_NAMES } from "./words";

export const PRESETS: [Exclude<Sensitivity, "custom">, string, number][] = [
  ["low", "Low", 0.2],
  ["medium", "Medium", 1],
  ["high", "High", 5],
];
export const BUDGET_LOW = 0.01;
export const BUDGET_HIGH = 100;

export const EVERYTHING: RuleTarget = {
  scope: "all",
  service: null,
  endpoint_id: null,
  environment: null,
  signal: null,
};

/** Presets have their number, custom keeps the one there is. */
export function withSensitivity(settings: DetectionSettings, sensitivity: Sensitivity): DetectionSettings {
  const preset = PRESETS.find(([name]) => name === sensitivity);
  return { ...settings, sensitivity, false_alarms_per_week: preset?.[2] ?? settings.false_alarms_per_week };
}

/** What is missing before the target can be sent, or null. */
export function missingIn(target: RuleTarget): string | null {
  if (target.scope === "service" && !target.service) return "Name the service.";
  if ((target.scope === "endpoint" || target.scope === "series") && !target.endpoint_id) return "Choose the endpoint.";
  return target.scope === "series" && !target.environment ? "Name the environment." : null;
}

/** Only the fields that the scope has a use for. */
export function trimmed(target: RuleTarget): RuleTarget {
  const { scope } = target;
  return {
    scope,
    service: scope === "service" ? target.service : null,
    endpoint_id: scope === "endpoint" || scope === "series" ? target.endpoint_id : null,
    environment: target.environment || null,
    signal: target.signal,
  };
}

/** "Traffic of GET /quotes on AWS": every part that narrows it. */
export function targetText(target: RuleTarget, endpointName: (id: string) => string): string {
  const what =
    target.scope === "service"
      ? `service ${target.service}`
      : target.endpoint_id
        ? endpointName(target.endpoint_id)
        : "everything";
  const signal = target.signal ? `${SIGNAL_NAMES[target.signal].toLowerCase()} of ` : "";
  return `${signal}${what}${target.environment ? ` on ${placeName(target.environment)}` : ""}`;
}

function placeName(environment: string): string {
  return environment.includes("/") ? environmentNameOf(environment) : providerName(environment);
}

/** The override of this endpoint as a whole, without those for one signal or one environment. */
export function endpointOverride(settings: DetectionSettings, endpoint_id: string): Override | undefined {
  return settings.overrides.find(
    (item) => item.scope === "endpoint" && item.endpoint_id === endpoint_id && !item.signal && !item.environment,
  );
}

/** The settings with another budget for the endpoint: a number, null for a pause, undefined for none of its own. */
export function withEndpointBudget(
  settings: DetectionSettings,
  endpoint_id: string,
  budget: number | null | undefined,
  note: string,
): DetectionSettings {
  const known = endpointOverride(settings, endpoint_id);
  const others = settings.overrides.filter((item) => item !== known);
  if (budget === undefined) return { ...settings, overrides: others };
  const next: Override = {
    ...EVERYTHING,
    id: known?.id ?? "",
    scope: "endpoint",
    endpoint_id,
    false_alarms_per_week: budget,
    note,
  };
  return {
    ...settings,
    overrides: known ? settings.overrides.map((item) => (item === known ? next : item)) : [...others, next],
  };
}
