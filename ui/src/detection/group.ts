// Anomalies that belong together: those of one incident, or, before there is one, those that began together in one
// service or one environment. Owns that rule.
import type { Anomaly } from "../api/detectionTypes";
import { SEVERITIES } from "./words";

export const TOGETHER_MS = 120_000;

export interface AnomalyGroup {
  /** Stays the same while members come and go at the newer end. */
  key: string;
  anomalies: Anomaly[];
}

/** Groups in the order of their first member, members in the order given. Every anomaly is in one group. */
export function groupAnomalies(anomalies: Anomaly[]): AnomalyGroup[] {
  const parents = anomalies.map((_, index) => index);
  const rootOf = (index: number): number => {
    let at = index;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
    return at;
  };
  const byIncident = new Map<string, number>();
  anomalies.forEach(({ incident_id }, index) => {
    if (!incident_id) return;
    const first = byIncident.get(incident_id);
    if (first === undefined) byIncident.set(incident_id, index);
    else parents[rootOf(index)] = rootOf(first);
  });
  const order = anomalies.map((_, index) => index).sort((a, b) => anomalies[a]!.onset_ms - anomalies[b]!.onset_ms);
  order.forEach((index, place) => {
    for (let later = place + 1; later < order.length; later += 1) {
      const other = order[later]!;
      if (anomalies[other]!.onset_ms - anomalies[index]!.onset_ms > TOGETHER_MS) break;
      if (related(anomalies[index]!, anomalies[other]!)) parents[rootOf(other)] = rootOf(index);
    }
  });
  const groups = new Map<number, Anomaly[]>();
  anomalies.forEach((anomaly, index) => {
    const root = rootOf(index);
    const members = groups.get(root);
    if (members) members.push(anomaly);
    else groups.set(root, [anomaly]);
  });
  return [...groups.values()].map((members) => ({ key: oldest(members).id, anomalies: members }));
}

function related(one: Anomaly, other: Anomaly): boolean {
  if (one.incident_id || other.incident_id) return one.incident_id === other.incident_id;
  return one.endpoint.service === other.endpoint.service || one.environment === other.environment;
}

function oldest(anomalies: Anomaly[]): Anomaly {
  return anomalies.reduce((first, next) =>
    next.onset_ms < first.onset_ms || (next.onset_ms === first.onset_ms && next.id < first.id) ? next : first,
  );
}

export function worst(anomalies: Anomaly[]): Anomaly {
  const rank = (anomaly: Anomaly) => SEVERITIES.indexOf(anomaly.severity);
  return anomalies.reduce((most, next) =>
    rank(next) < rank(most) || (rank(next) === rank(most) && next.requests_hurt > most.requests_hurt) ? next : most,
  );
}
