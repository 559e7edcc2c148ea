// One moment, typed like the start of a range. Owns that a moment is written as ranges are.
import { resolveTime } from "./expression";
import { parsePhrase } from "./phrase";

/** Null when it is no moment. */
export function typedMoment(typed: string, now_ms: number, zone: string): number | null {
  if (typed.trim() === "") return null;
  if (typed.trim().toLowerCase() === "now") return now_ms;
  const range = parsePhrase(`${typed.trim()} to now`, now_ms, zone);
  return range ? resolveTime(range.from, now_ms) : null;
}
