// Which attributes were more or less frequent while it lasted than before. Owns the ranking; pure.
import type { FacetValue } from "../../api/types";

export interface Difference {
  field: string;
  value: string;
  label: string;
  /** Of all requests, 0 to 1; null when there were none. */
  during: number | null;
  before: number | null;
  difference: number;
}

type Counts = Record<string, FacetValue[]>;

const VALUES_MAX = 40; // A field with more is an identifier, and every one of its values is rare.
const NOTABLE = 0.01;

/** Largest difference first. Values that hardly moved are left out. */
export function differences(during: Counts, before: Counts, fields: string[]): Difference[] {
  return fields
    .flatMap((field) => ofField(field, during[field] ?? [], before[field] ?? []))
    .filter((item) => Math.abs(item.difference) >= NOTABLE)
    .sort((a, b) => size(b) - size(a) || b.difference - a.difference);
}

/** To a thousandth: of two that moved alike, the one that grew comes first, since it is what appeared. */
function size({ difference }: Difference): number {
  return Math.round(Math.abs(difference) * 1000);
}

function ofField(field: string, during: FacetValue[], before: FacetValue[]): Difference[] {
  const labels = new Map([...before, ...during].map((item) => [item.value, item.label]));
  if (labels.size > VALUES_MAX) return [];
  const [shareDuring, shareBefore] = [shares(during), shares(before)];
  return [...labels].map(([value, label]) => {
    const now = shareDuring === null ? null : (shareDuring.get(value) ?? 0);
    const then = shareBefore === null ? null : (shareBefore.get(value) ?? 0);
    return { field, value, label, during: now, before: then, difference: (now ?? 0) - (then ?? 0) };
  });
}

function shares(values: FacetValue[]): Map<string, number> | null {
  const total = values.reduce((sum, item) => sum + item.requests, 0);
  return total === 0 ? null : new Map(values.map((item) => [item.value, item.requests / total]));
}
