// Until when: quick choices for snoozes, acknowledgements and silences. Pure.
import { wallTime, zonedToEpoch } from "../time/zone";

const MINUTE_MS = 60_000;

export const QUICK_SPANS: [number, string][] = [
  [30 * MINUTE_MS, "30 min"],
  [60 * MINUTE_MS, "1 h"],
  [4 * 60 * MINUTE_MS, "4 h"],
  [24 * 60 * MINUTE_MS, "1 d"],
  [7 * 24 * 60 * MINUTE_MS, "1 week"],
];

const MORNING_HOUR = 9;

/** Nine in the morning of the next day, by the calendar of the zone. */
export function tomorrowMorning(now_ms: number, zone: string): number {
  const today = wallTime(zone, now_ms);
  return zonedToEpoch({ ...today, day: today.day + 1, hour: MORNING_HOUR, minute: 0, second: 0 }, zone);
}

export function nextMinute(epoch_ms: number): number {
  return Math.ceil(epoch_ms / MINUTE_MS) * MINUTE_MS;
}
