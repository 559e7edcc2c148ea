// Moving and scaling a range by keyboard. Owns the arithmetic on pairs of time expressions.
import { absoluteTime, agoExpression, RANGE_MIN_MS, resolveRange } from "./expression";

interface Pair {
  from: string;
  to: string;
}

const RANGE_MAX_MS = 400 * 86_400_000;

/** Half a window back or forward; never past the present. */
export function shiftRange(from: string, to: string, direction: 1 | -1, now_ms: number): Pair {
  const range = resolveRange(from, to, now_ms);
  if (!range) return { from, to };
  const span = range.to_ms - range.from_ms;
  const to_ms = range.to_ms + (direction * span) / 2;
  if (to_ms >= now_ms) return { from: agoExpression(span), to: "now" };
  return { from: absoluteTime(to_ms - span), to: absoluteTime(to_ms) };
}

/** A range that follows the present keeps doing so; any other keeps its middle. */
export function zoomRange(from: string, to: string, factor: number, now_ms: number): Pair {
  const range = resolveRange(from, to, now_ms);
  if (!range) return { from, to };
  const span = Math.min(RANGE_MAX_MS, Math.max(RANGE_MIN_MS, (range.to_ms - range.from_ms) * factor));
  if (to === "now") return { from: agoExpression(Math.round(span / 1000) * 1000), to };
  const middle = (range.from_ms + range.to_ms) / 2;
  const to_ms = Math.min(now_ms, middle + span / 2);
  return { from: absoluteTime(to_ms - span), to: absoluteTime(to_ms) };
}
