// A box on the latency heat map as typed words. Owns their meaning and what is wrong with them.
import type { BoxEdges } from "../charts/HeatChart";
import { typedMoment } from "../time/moment";

export interface TypedBox {
  from: string;
  to: string;
  low: string;
  high: string;
}

export type BoxProblems = Partial<Record<keyof TypedBox, string>>;

const UNITS_MS: Record<string, number> = { µs: 0.001, us: 0.001, ms: 1, s: 1000, min: 60_000 };

/** "250 ms", "1.5s", "400": milliseconds without a unit. Null when it is no latency. */
export function typedLatency(typed: string): number | null {
  const found = /^(\d+(?:[.,]\d+)?)\s*(µs|us|ms|s|min)?$/.exec(typed.trim().toLowerCase());
  if (!found) return null;
  return Number(found[1]!.replace(",", ".")) * UNITS_MS[found[2] ?? "ms"]!;
}

/** Empty latencies are no limit. */
export function readBox(typed: TypedBox, now_ms: number, zone: string): { box: BoxEdges | null; problems: BoxProblems } {
  const problems: BoxProblems = {};
  const from_ms = typedMoment(typed.from, now_ms, zone);
  const to_ms = typedMoment(typed.to, now_ms, zone);
  const low_ms = typed.low.trim() === "" ? 0 : typedLatency(typed.low);
  const high_ms = typed.high.trim() === "" ? LATENCY_MAX_MS : typedLatency(typed.high);
  if (from_ms === null) problems.from = "Not a moment: try 14:05 or 20m ago";
  if (to_ms === null) problems.to = "Not a moment: try 14:25 or now";
  else if (from_ms !== null && to_ms <= from_ms) problems.to = "Ends before it begins";
  if (low_ms === null) problems.low = "Not a latency: try 250 ms";
  if (high_ms === null) problems.high = "Not a latency: try 1.5 s";
  else if (low_ms !== null && high_ms <= low_ms) problems.high = "Below the least";
  if (from_ms === null || to_ms === null || low_ms === null || high_ms === null) return { box: null, problems };
  return { box: Object.keys(problems).length > 0 ? null : { from_ms, to_ms, low_ms, high_ms }, problems };
}

/** No limit: nobody waits for an hour. */
export const LATENCY_MAX_MS = 3_600_000;
