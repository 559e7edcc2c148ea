// Capacity in words. Pure.
import type { CapacityItem } from "../../api/forecastTypes";
import { dayMonth } from "../../time/format";
import { NO_VALUE, threeDigits } from "../../units";

const SOON_MS = 14 * 86_400_000;

export function isSoon({ exceeds_ms }: Pick<CapacityItem, "exceeds_ms">, now_ms: number): boolean {
  return exceeds_ms !== null && exceeds_ms - now_ms <= SOON_MS;
}

/** "Dec 3 (Nov 29 to Dec 12)". */
export function exceedsText(
  {
    exceeds_ms,
    exceeds_early_ms,
    exceeds_late_ms,
  }: Pick<CapacityItem, "exceeds_ms" | "exceeds_early_ms" | "exceeds_late_ms">,
  now_ms: number,
  zone: string,
): string {
  const day = (moment_ms: number) => (moment_ms <= now_ms ? "now" : dayMonth(moment_ms, zone));
  if (exceeds_ms === null) return exceeds_early_ms === null ? "not foreseen" : `${day(exceeds_early_ms)} at the earliest`;
  const early = exceeds_early_ms === null ? null : day(exceeds_early_ms);
  const late = exceeds_late_ms === null ? "later" : day(exceeds_late_ms);
  return early === null || early === late ? day(exceeds_ms) : `${day(exceeds_ms)} (${early} to ${late})`;
}

export function growthText(growth: number | null): string {
  if (growth === null) return NO_VALUE;
  if (Math.abs(growth) < 0.001) return "±0 %";
  return `${growth > 0 ? "+" : "−"}${threeDigits(Math.round(Math.abs(growth) * 1000) / 10)} %`;
}
