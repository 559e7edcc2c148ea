// New anomalies as one sentence for people who listen. Owns its length: the worst stands for all.
import type { Anomaly } from "../api/detectionTypes";
import { plural } from "../units";
import { worst } from "./group";
import { timelessSentence } from "./sentence";
import { SEVERITY_NAMES } from "./words";

export function announcement(anomalies: Anomaly[]): string {
  const first = worst(anomalies);
  const severity = SEVERITY_NAMES[first.severity].toLowerCase();
  if (anomalies.length === 1) return `New ${severity} anomaly: ${timelessSentence(first)}`;
  return `${plural(anomalies.length, "new anomaly", "new anomalies")}, the worst ${severity}: ${timelessSentence(first)}`;
}
