// The axis that intervals of several comparisons share. Owns its ends: zero is always on it, and one wide interval does
// not press the others flat beyond what is readable.
import type { Comparison } from "../api/incidentTypes";

export interface IntervalAxis {
  low: number;
  high: number;
}

const FLOOR = 0.005; // Half a percentage point: less would make noise look like a difference.
const AIR = 0.06;

export function intervalAxis(items: Pick<Comparison, "lower" | "upper" | "difference">[]): IntervalAxis {
  const ends = items.flatMap(({ lower, upper, difference }) => [lower, upper, difference]).filter(Number.isFinite);
  const low = Math.min(-FLOOR, ...ends);
  const high = Math.max(FLOOR, ...ends);
  const air = (high - low) * AIR;
  return { low: Math.max(-1, low - air), high: Math.min(1, high + air) };
}

/** Where a difference lies on the axis, 0 to 1. */
export function placeOn({ low, high }: IntervalAxis, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** How far the bars of two shares reach, 0 to 1: the longest of all is full. */
export function barLength(value: number, longest: number): number {
  return longest <= 0 ? 0 : Math.min(1, Math.max(0, value / longest));
}
