// The lines of the anomaly list: a heading where several anomalies belong together, then the anomalies.
// Owns the order; sorted by anything but time there are no groups.
import type { Anomaly } from "../../api/detectionTypes";
import { groupAnomalies } from "../../detection/group";

export type ListLine =
  | { type: "group"; key: string; anomalies: Anomaly[] }
  | { type: "anomaly"; key: string; anomaly: Anomaly; grouped: boolean; last: boolean };

export function listLines(anomalies: Anomaly[], grouped: boolean): ListLine[] {
  if (!grouped) return anomalies.map((anomaly) => line(anomaly, false, false));
  return groupAnomalies(anomalies).flatMap(({ key, anomalies: members }): ListLine[] => {
    if (members.length === 1) return [line(members[0]!, false, false)];
    return [
      { type: "group", key: `group-${key}`, anomalies: members },
      ...members.map((anomaly, index) => line(anomaly, true, index === members.length - 1)),
    ];
  });
}

function line(anomaly: Anomaly, grouped: boolean, last: boolean): ListLine {
  return { type: "anomaly", key: anomaly.id, anomaly, grouped, last };
}

/** "orders and 2 more on AWS eu-west-1": what the members share is said, what they differ in is counted. */
export function sharedPlace(anomalies: Anomaly[], environmentName: (id: string) => string): string {
  const services = [...new Set(anomalies.map((item) => item.endpoint.service))];
  const environments = [...new Set(anomalies.map((item) => item.environment))];
  return `${named(services, (name) => name, "services")} on ${named(environments, environmentName, "environments")}`;
}

function named(values: string[], name: (value: string) => string, many: string): string {
  if (values.length === 1) return name(values[0]!);
  return values.length === 2 ? values.map(name).join(" and ") : `${values.length} ${many}`;
}
