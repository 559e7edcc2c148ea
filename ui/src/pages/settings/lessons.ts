// Adjustments by the verdict they came from: the judged series leads, its relatives follow. Pure.
import type { Adjustment } from "../../api/detectionTypes";

export interface Lesson {
  lead: Adjustment;
  relatives: Adjustment[];
}

/** In the order given; one verdict on one anomaly is one lesson. */
export function lessons(adjustments: Adjustment[]): Lesson[] {
  const byVerdict = new Map<string, Adjustment[]>();
  for (const item of adjustments) {
    const key = `${item.anomaly_id} ${item.at_ms}`;
    const known = byVerdict.get(key);
    if (known) known.push(item);
    else byVerdict.set(key, [item]);
  }
  return [...byVerdict.values()].map((items) => {
    const lead = items.find((item) => !item.kin) ?? items[0]!;
    const others = items.filter((item) => item !== lead);
    return { lead, relatives: others.sort((a, b) => step(b) - step(a)) };
  });
}

function step({ threshold_before, threshold_after }: Adjustment): number {
  return Math.abs(threshold_after - threshold_before);
}
