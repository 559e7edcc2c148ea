// Whether an earlier period can be compared with. Owns the rule: it must be covered by stored data.
import type { Range, Stats } from "../api/types";
import type { Compare } from "./codec";

const DAY_MS = 86_400_000;
const TOLERANCE = 0.1; // A tenth of the period may be missing.

/** The earlier figures, or null when the store began only after that period did. */
export function comparable(
  previous: Stats | null,
  range: Range,
  compare: Compare,
  first_ms: number | null,
): Stats | null {
  if (previous === null || first_ms === null) return null;
  const back_ms = compare === "1d" ? DAY_MS : compare === "7d" ? 7 * DAY_MS : range.to_ms - range.from_ms;
  return first_ms <= range.from_ms - back_ms + TOLERANCE * (range.to_ms - range.from_ms) ? previous : null;
}
