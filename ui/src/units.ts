// Numbers as people read them. Owns units and rounding; does not know about time of day (see time/format.ts).

/** The sign shown where there is nothing to show: no requests, so no latency. */
export const NO_VALUE = "–";

/** Three significant digits, no trailing zeros beyond them, never an exponent. */
export function threeDigits(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : Math.min(6, 2 - Math.floor(Math.log10(size)));
  const text = value.toFixed(decimals);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** 0.4 -> "400 µs", 471 -> "471 ms", 1500 -> "1.5 s", 90000 -> "1.5 min". */
export function latency(value_ms: number | null | undefined): string {
  if (value_ms == null || !Number.isFinite(value_ms)) return NO_VALUE;
  if (value_ms === 0) return "0 ms";
  const size = Math.abs(value_ms);
  if (size < 0.9995) return `${threeDigits(value_ms * 1000)} µs`;
  if (size < 999.5) return `${threeDigits(value_ms)} ms`;
  if (size < 60_000) return `${threeDigits(value_ms / 1000)} s`;
  return `${threeDigits(value_ms / 60_000)} min`;
}

/** 1840 -> "1.84k", 2_500_000 -> "2.5M". */
export function count(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  if (size < 999.5) return threeDigits(value);
  if (size < 999_500) return `${threeDigits(value / 1000)}k`;
  if (size < 999_500_000) return `${threeDigits(value / 1_000_000)}M`;
  return `${threeDigits(value / 1_000_000_000)}G`;
}

export function perSecond(value: number | null | undefined): string {
  return value == null || !Number.isFinite(value) ? NO_VALUE : `${count(value)}/s`;
}

/** A share in 0..1 as "3.1 %". Tiny shares keep their sign of life: "< 0.01 %". */
export function share(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NO_VALUE;
  const percent = value * 100;
  if (percent === 0) return "0 %";
  if (Math.abs(percent) < 0.01) return "< 0.01 %";
  const decimals = Math.abs(percent) < 1 ? 2 : Math.abs(percent) < 99.95 ? 1 : 0;
  return `${trimZeros(percent.toFixed(decimals))} %`;
}

export function bytes(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NO_VALUE;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = value;
  let unit = 0;
  while (Math.abs(size) >= 1023.5 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${threeDigits(size)} ${units[unit]}`;
}

/** Change of a value as "+158 %"; a change by more than ten times is written as a factor. */
export function relativeChange(now: number | null | undefined, before: number | null | undefined): string | null {
  if (now == null || before == null || before <= 0) return null;
  const change = now / before - 1;
  if (Math.abs(change) < 0.005) return "±0 %";
  if (change >= 9.995) return `${threeDigits(now / before)}×`;
  return `${change > 0 ? "+" : "−"}${threeDigits(Math.round(Math.abs(change) * 1000) / 10)} %`;
}

/** Change of a share in percentage points: "+2.7 pp". */
export function shareChange(now: number | null | undefined, before: number | null | undefined): string | null {
  if (now == null || before == null) return null;
  const points = (now - before) * 100;
  if (Math.abs(points) < 0.005) return "±0 pp";
  const decimals = Math.abs(points) < 1 ? 2 : 1;
  return `${points > 0 ? "+" : "−"}${trimZeros(Math.abs(points).toFixed(decimals))} pp`;
}

/** 75_000 -> "1 min", for ages and spans: one unit, rounded down, as people say it. */
export function duration(value_ms: number): string {
  const seconds = Math.max(0, Math.floor(value_ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en")} ${amount === 1 ? one : many}`;
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
