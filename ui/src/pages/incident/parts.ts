// Small questions to an incident that several panels ask. Owns no look.
import type { Anomaly } from "../../api/detectionTypes";
import type { Diagnosis, Incident } from "../../api/incidentTypes";
import type { EndpointRef } from "../../api/types";
import type { Scope, Search } from "../../scope/codec";
import { absoluteTime } from "../../time/expression";

export function openIds(anomalies: Anomaly[]): string[] {
  return anomalies.filter((item) => item.closed_ms === null).map((item) => item.id);
}

export function distinctEndpoints(anomalies: Anomaly[]): EndpointRef[] {
  return [...new Map(anomalies.map((item) => [item.endpoint.id, item.endpoint])).values()];
}

/** Who has it: one name where all that is open has the same, otherwise nobody. */
export function assigneeOf(anomalies: Anomaly[]): string | null {
  const names = new Set(anomalies.filter((item) => item.closed_ms === null).map((item) => item.assignee));
  return names.size === 1 ? [...names][0]! : null;
}

/** The view of an incident's requests: its time, where it goes on up to now, and its environments. */
export function placeOf(
  { from_ms, to_ms }: Pick<Diagnosis, "from_ms" | "to_ms">,
  { closed_ms, environments }: Pick<Incident, "closed_ms" | "environments">,
  { tz, live }: Pick<Scope, "tz" | "live">,
): Search {
  return {
    from: absoluteTime(Math.floor(from_ms / 1000) * 1000),
    to: closed_ms === null ? "now" : absoluteTime(Math.ceil(to_ms / 1000) * 1000),
    ...(environments.length > 0 && { env: environments.join(",") }),
    ...(tz !== "browser" && { tz }),
    ...(!live && { live: "0" }),
  };
}
