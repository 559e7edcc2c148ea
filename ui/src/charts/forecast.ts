// What a chart says about the time after now: bands around an expected course. Owns its points, its top and its words;
// drawing is drawForecast.ts.
import type { ChartModel } from "./model";

export interface ForecastBand {
  /** In percent. */
  level: number;
  lower: number[];
  upper: number[];
}

export interface ChartForecast {
  /** What it is the future of: "p95". */
  label: string;
  t0_ms: number;
  step_ms: number;
  /** Nothing is drawn before it. */
  now_ms: number;
  expected: number[];
  /** The widest first. */
  bands: ForecastBand[];
}

export function forecastEnd(forecast: ChartForecast): number {
  return forecast.t0_ms + forecast.expected.length * forecast.step_ms;
}

/** Where the axis of a chart ends. */
export function axisEnd(model: ChartModel, forecast: ChartForecast | undefined): number {
  return forecast ? Math.max(model.range.to_ms, forecastEnd(forecast)) : model.range.to_ms;
}

/** Places for the cursor after the last bucket. */
export function aheadTimes(model: ChartModel, forecast: ChartForecast | undefined): number[] {
  if (!forecast) return [];
  const last_ms = Math.max(forecast.now_ms, model.t0_ms + (model.n - 1) * model.step_ms);
  return forecast.expected
    .map((_, index) => forecast.t0_ms + index * forecast.step_ms)
    .filter((time_ms) => time_ms > last_ms);
}

export interface ForecastPoint {
  expected: number;
  bands: { level: number; lower: number; upper: number }[];
}

export function forecastAt(forecast: ChartForecast | undefined, time_ms: number): ForecastPoint | null {
  if (!forecast || time_ms < forecast.now_ms) return null;
  const index = Math.floor((time_ms - forecast.t0_ms) / forecast.step_ms);
  const expected = forecast.expected[index];
  if (expected === undefined) return null;
  const bands = forecast.bands.map(({ level, lower, upper }) => ({
    level,
    lower: lower[index]!,
    upper: upper[index]!,
  }));
  return { expected, bands };
}

export function highestOf(values: number[] | undefined): number {
  return (values ?? []).reduce((top, value) => Math.max(top, value), 0);
}

export function lowestOf(values: number[] | undefined): number {
  return (values ?? []).reduce((low, value) => Math.min(low, value), Infinity);
}

/** The widest band at a moment: "412 ms, 95 % between 300 ms and 520 ms". */
export function pointText(point: ForecastPoint, format: (value: number) => string): string {
  const [widest] = point.bands;
  const around = widest ? `, ${widest.level} % between ${format(widest.lower)} and ${format(widest.upper)}` : "";
  return `${format(point.expected)}${around}`;
}

/** For those who do not see it. */
export function forecastSummary(forecast: ChartForecast | undefined, format: (value: number) => string): string {
  if (!forecast || forecast.expected.length === 0) return "";
  const low = lowestOf(forecast.expected);
  const high = highestOf(forecast.expected);
  const [widest] = forecast.bands;
  const around = widest
    ? `, with ${widest.level} % certainty between ${format(lowestOf(widest.lower))} and ${format(highestOf(widest.upper))}`
    : "";
  return ` From now on ${forecast.label} is expected from ${format(low)} to ${format(high)}${around}.`;
}
