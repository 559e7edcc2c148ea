// Anomalies as lanes over time: one per series, so that a hundred anomalies are not a hundred lanes; those that would
// touch one another stand in lanes of their own. Owns the order and the scale.
import type { Anomaly } from "../api/detectionTypes";

export interface AnomalyLane {
  key: string;
  anomalies: Anomaly[];
}

/** In the order in which they began, `gap_ms` apart at least. */
export function anomalyLanes(anomalies: Anomaly[], gap_ms: number): AnomalyLane[] {
  const lanes: AnomalyLane[] = [];
  for (const item of anomalies.toSorted((a, b) => a.onset_ms - b.onset_ms)) {
    const key = `${item.endpoint.id} ${item.environment} ${item.signal}`;
    const free = lanes.find((lane) => lane.key.startsWith(key) && hasRoom(lane, item, gap_ms));
    if (free) free.anomalies.push(item);
    else lanes.push({ key: `${key} ${item.id}`, anomalies: [item] });
  }
  return lanes;
}

function hasRoom({ anomalies }: AnomalyLane, { onset_ms }: Anomaly, gap_ms: number): boolean {
  const last = anomalies[anomalies.length - 1]!;
  return Math.max(last.closed_ms ?? Number.MAX_VALUE, last.onset_ms + gap_ms) <= onset_ms;
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
