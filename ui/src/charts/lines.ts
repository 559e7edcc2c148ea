// From an API series to chart models. Owns which measure becomes which line and colour.
import type { Series, SeriesGroup } from "../api/types";
import type { ChartLine, ChartModel } from "./model";

export type Measure = "p50_ms" | "p95_ms" | "p99_ms" | "error_rate" | "client_error_rate" | "requests_per_second";

const PREVIOUS_COLOR = "--line-strong";
export const GROUP_COLORS = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5", "--series-6"];
const OTHER_KEY = "__other__";

/** One measure of one group. Where nothing was asked, latency and error share are gaps, not zeros. */
export function measureValues(series: Series, group: SeriesGroup, measure: Measure): (number | null)[] {
  if (measure === "requests_per_second") return perSecondSoFar(series, group);
  if (measure === "client_error_rate") {
    return group.requests.map((requests, index) => (requests > 0 ? group.client_errors[index]! / requests : null));
  }
  return group[measure];
}

/** The current bucket is divided by the time it has lasted, or traffic would seem to drop at every look. */
function perSecondSoFar(series: Series, group: SeriesGroup): (number | null)[] {
  return group.requests_per_second.map((rate, index) => {
    const start_ms = series.t0_ms + index * series.step_ms;
    const lasted_ms = series.range.to_ms - start_ms;
    if (lasted_ms >= series.step_ms) return rate;
    return lasted_ms >= 2000 ? (group.requests[index]! / lasted_ms) * 1000 : null;
  });
}

function modelOf(series: Series, lines: ChartLine[]): ChartModel {
  return { t0_ms: series.t0_ms, step_ms: series.step_ms, n: series.n, range: series.range, lines };
}

function single(series: Series): SeriesGroup | undefined {
  return series.groups[0];
}

function previousLine(series: Series, measure: Measure, label: string): ChartLine[] {
  const group = series.previous?.[0];
  if (!group) return [];
  const values = measure === "requests_per_second" ? group.requests_per_second : measureValues(series, group, measure);
  const began = group.requests.findIndex((requests) => requests > 0); // Before the first request nothing was stored.
  if (began < 0 || began > series.n / 2) return [];
  // Its first and its last bucket may be cut by the edges of what is stored and of the compared range.
  const whole = (index: number) =>
    (index > began || began === 0) && series.t0_ms + (index + 1) * series.step_ms <= series.range.to_ms;
  const shown = Array.from({ length: series.n }, (_, index) => (whole(index) ? (values[index] ?? null) : null));
  return [{ key: "previous", label, color: PREVIOUS_COLOR, dash: true, background: true, values: shown }];
}

export function responseTimeModel(series: Series, previousLabel: string): ChartModel {
  const group = single(series);
  if (!group) return modelOf(series, []);
  return modelOf(series, [
    ...previousLine(series, "p95_ms", `p95 ${previousLabel}`),
    { key: "p99", label: "p99", color: "--series-6", values: group.p99_ms },
    { key: "p95", label: "p95", color: "--series-1", values: group.p95_ms },
    { key: "p50", label: "p50", color: "--series-3", values: group.p50_ms },
  ]);
}

export function errorRateModel(series: Series, previousLabel: string): ChartModel {
  const group = single(series);
  if (!group) return modelOf(series, []);
  return modelOf(series, [
    ...previousLine(series, "error_rate", `5xx ${previousLabel}`),
    { key: "4xx", label: "4xx", color: "--series-5", values: measureValues(series, group, "client_error_rate") },
    { key: "5xx", label: "5xx", color: "--series-2", values: group.error_rate, fill: true },
  ]);
}

export function trafficModel(series: Series, previousLabel: string): ChartModel {
  const group = single(series);
  if (!group) return modelOf(series, []);
  const values = measureValues(series, group, "requests_per_second");
  return modelOf(series, [
    ...previousLine(series, "requests_per_second", previousLabel),
    { key: "requests", label: "requests", color: "--series-1", values, fill: true },
  ]);
}

/** One line per group, at most six colours; the rest is one grey line. */
export function groupedModel(series: Series, measure: Measure, colorOf?: (key: string) => string): ChartModel {
  const lines = series.groups.map((group, index) => ({
    key: group.key,
    label: group.key === OTHER_KEY ? "others" : group.label || group.key,
    color:
      group.key === OTHER_KEY ? "--series-other" : (colorOf?.(group.key) ?? GROUP_COLORS[index] ?? "--series-other"),
    values: measureValues(series, group, measure),
  }));
  return modelOf(series, lines);
}
