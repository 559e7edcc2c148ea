// What time belongs to an anomaly. Owns how much around it is shown; a range grows in steps, so that an open
// anomaly does not ask the server anew every minute.
import type { Anomaly } from "../api/detectionTypes";
import { absoluteTime } from "../time/expression";

const STEP_MS = 300_000;
const AROUND = 3; // Durations on either side, so that before and after can be judged.
const SPAN_MAX_MS = 14 * 86_400_000;
const BEFORE = 4; // The baseline is four times as long as what is compared with it.
const BEFORE_MIN_MS = 1_800_000;

export interface TimeRange {
  from: string;
  to: string;
}

/** Three durations before and after. An anomaly that goes on is shown up to now. */
export function rangeAround(anomaly: Pick<Anomaly, "onset_ms" | "closed_ms">, now_ms: number): TimeRange {
  const { onset_ms, closed_ms } = anomaly;
  const around_ms = AROUND * steppedUp((closed_ms ?? now_ms) - onset_ms);
  const from_ms = Math.max(onset_ms - around_ms, (closed_ms ?? now_ms) - SPAN_MAX_MS);
  if (closed_ms === null || closed_ms + around_ms >= now_ms) return { from: minute(from_ms), to: "now" };
  return { from: minute(from_ms), to: minute(Math.min(closed_ms + around_ms, from_ms + 2 * SPAN_MAX_MS)) };
}

/** The anomaly itself. */
export function windowOf(anomaly: Pick<Anomaly, "onset_ms" | "closed_ms">): TimeRange {
  return { from: minute(anomaly.onset_ms), to: anomaly.closed_ms === null ? "now" : minute(anomaly.closed_ms) };
}

/** The time before it that it is compared with. */
export function windowBefore(anomaly: Pick<Anomaly, "onset_ms" | "closed_ms">, now_ms: number): TimeRange {
  const length_ms = steppedUp((anomaly.closed_ms ?? now_ms) - anomaly.onset_ms);
  const before_ms = Math.min(SPAN_MAX_MS, Math.max(BEFORE_MIN_MS, BEFORE * length_ms));
  return { from: minute(anomaly.onset_ms - before_ms), to: minute(anomaly.onset_ms) };
}

/** The next of 5, 10, 20, 40 … minutes. */
function steppedUp(duration_ms: number): number {
  let step_ms = STEP_MS;
  while (step_ms < duration_ms) step_ms *= 2;
  return step_ms;
}

function minute(epoch_ms: number): string {
  return absoluteTime(Math.floor(epoch_ms / 60_000) * 60_000);
}
