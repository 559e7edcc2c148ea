// What a line chart shows, before any drawing. Owns the split into complete and current buckets, the
// values under a cursor and the one-sentence summary; knows no canvas.

export interface ChartLine {
  key: string;
  label: string;
  /** Name of a colour token. */
  color: string;
  values: (number | null)[];
  dash?: boolean;
  fill?: boolean;
  /** A comparison stays in the background: thin and without a place in the summary. */
  background?: boolean;
}

export interface ChartModel {
  t0_ms: number;
  step_ms: number;
  n: number;
  range: { from_ms: number; to_ms: number };
  lines: ChartLine[];
}

export function bucketTimes(model: ChartModel): number[] {
  return Array.from({ length: model.n }, (_, index) => (model.t0_ms + index * model.step_ms) / 1000);
}

/** Index of the first bucket whose time is not over yet, or n when all are complete. */
export function firstIncomplete(model: ChartModel): number {
  const index = Math.ceil((model.range.to_ms - model.step_ms - model.t0_ms) / model.step_ms + 1e-9);
  return Math.min(model.n, Math.max(0, index));
}

/** The line without its current buckets, and the current buckets joined to the last complete one. */
export function splitAtPresent(values: (number | null)[], incomplete: number): [(number | null)[], (number | null)[]] {
  const complete = values.map((value, index) => (index < incomplete ? value : null));
  const current = values.map((value, index) => (index >= incomplete - 1 ? value : null));
  return [complete, incomplete >= values.length ? current.map(() => null) : current];
}

/** Points that no line reaches, which must be drawn as dots to be seen at all. */
export function isolatedPoints(values: ArrayLike<number | null | undefined>): number[] {
  const lonely: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    if (values[index] != null && values[index - 1] == null && values[index + 1] == null) lonely.push(index);
  }
  return lonely;
}

export function highest(lines: ChartLine[]): number | null {
  let top: number | null = null;
  for (const line of lines) {
    for (const value of line.values) if (value !== null && (top === null || value > top)) top = value;
  }
  return top;
}

/** "p95 from 180 ms to 471 ms, now 471 ms; p50 ...". What a person who cannot see the lines needs first. */
export function summarize(model: ChartModel, format: (value: number) => string): string {
  const incomplete = firstIncomplete(model);
  const sentences = model.lines
    .filter((line) => !line.background)
    .map((line) => {
      const known = line.values.slice(0, Math.max(1, incomplete)).filter((value) => value !== null);
      if (known.length === 0) return `${line.label} has no data`;
      const low = Math.min(...known);
      const high = Math.max(...known);
      return `${line.label} from ${format(low)} to ${format(high)}, last ${format(known[known.length - 1]!)}`;
    });
  return sentences.length > 0 ? `${sentences.join("; ")}.` : "No data in this range.";
}

/** Moves places apart to at least `gap`, keeps their order and stays inside as far as there is room. */
export function pushApart(places: number[], gap: number, low: number, high: number): number[] {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  let limit = low + gap / 2;
  for (const item of order) {
    item.place = Math.max(item.place, limit);
    limit = item.place + gap;
  }
  let ceiling = high - gap / 2;
  for (const item of order.toReversed()) {
    item.place = Math.min(item.place, ceiling);
    ceiling = item.place - gap;
  }
  const result: number[] = [...places];
  for (const item of order) result[item.index] = item.place;
  return result;
}
