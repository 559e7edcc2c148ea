// The time expressions of URLs and of the API: `now`, `now-1h`, RFC 3339, epoch milliseconds.
// Owns their grammar and their meaning at a given `now`; typed English lives in phrase.ts.

const UNIT_MS: Record<string, number> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const RELATIVE = /^now(?:([+-])(\d{1,6})([smhdw]))?$/;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const EPOCH_MS = /^\d{12,14}$/;

/** Epoch milliseconds, or null when the text is not a time expression. */
export function resolveTime(expression: string, now_ms: number): number | null {
  const relative = RELATIVE.exec(expression);
  if (relative) {
    if (!relative[1]) return now_ms;
    const distance = Number(relative[2]) * UNIT_MS[relative[3]!]!;
    return relative[1] === "-" ? now_ms - distance : now_ms + distance;
  }
  if (EPOCH_MS.test(expression)) return Number(expression);
  if (!RFC3339.test(expression)) return null;
  const epoch = Date.parse(expression);
  return Number.isNaN(epoch) ? null : epoch;
}

export function isRelative(expression: string): boolean {
  return RELATIVE.test(expression);
}

/** Absolute expression of an instant, without fractions that nobody picked. */
export function absoluteTime(epoch_ms: number): string {
  return new Date(Math.round(epoch_ms)).toISOString().replace(".000Z", "Z");
}

/** `now-90m` for a distance, in the largest unit that divides it. */
export function agoExpression(distance_ms: number): string {
  for (const unit of ["w", "d", "h", "m"]) {
    const size = UNIT_MS[unit]!;
    if (distance_ms >= size && distance_ms % size === 0) return `now-${distance_ms / size}${unit}`;
  }
  return `now-${Math.max(1, Math.round(distance_ms / 1000))}s`;
}

export interface ResolvedRange {
  from_ms: number;
  to_ms: number;
}

export const RANGE_MIN_MS = 10_000; // One bucket of the finest rollup.

/** The range a pair of expressions means now, or null when it is not a range. */
export function resolveRange(from: string, to: string, now_ms: number): ResolvedRange | null {
  const from_ms = resolveTime(from, now_ms);
  const to_ms = resolveTime(to, now_ms);
  if (from_ms === null || to_ms === null || to_ms - from_ms < 1000) return null;
  return { from_ms, to_ms };
}
