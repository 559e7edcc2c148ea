// Anomalies as lanes over time: one per endpoint and environment, so that a hundred anomalies are not a hundred lanes.
// Owns the order and the scale.
import type { Anomaly } from "../api/detectionTypes";

export interface AnomalyLane {
  key: string;
  anomalies: Anomaly[];
}

/** In the order in which they began. */
export function anomalyLanes(anomalies: Anomaly[]): AnomalyLane[] {
  const lanes = new Map<string, Anomaly[]>();
  for (const item of anomalies.toSorted((a, b) => a.onset_ms - b.onset_ms)) {
    const key = `${item.endpoint.id} ${item.environment}`;
    lanes.set(key, [...(lanes.get(key) ?? []), item]);
  }
  return [...lanes].map(([key, members]) => ({ key, anomalies: members }));
}

export interface TimeSpan {
  from_ms: number;
  to_ms: number;
}

const PAD = 0.03;

/** What has to be seen, with a bit of air. Deployments long before do not press the rest together. */
export function spanOf(anomalies: Anomaly[], moments_ms: number[], now_ms: number): TimeSpan {
  const begins = anomalies.map((item) => item.onset_ms);
  const ends = anomalies.map((item) => item.closed_ms ?? now_ms);
  const first = Math.min(...(begins.length > 0 ? begins : moments_ms), now_ms);
  const last = Math.max(...ends, first + 60_000);
  const before = moments_ms.filter((at) => at >= first - 3 * (last - first) && at <= last);
  const from_ms = Math.min(first, ...before);
  const air = (last - from_ms) * PAD;
  return { from_ms: from_ms - air, to_ms: last + air };
}

/** In percent from the left; what lies outside stands at the edge. */
export function placeIn({ from_ms, to_ms }: TimeSpan, at_ms: number): number {
  return Math.min(100, Math.max(0, ((at_ms - from_ms) / (to_ms - from_ms)) * 100));
}
