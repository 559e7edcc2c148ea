// From a forecast to a large chart: observed, then the bands. Owns units, colours and horizons; knows no canvas.
import type { Forecast, ForecastMeasure } from "../api/forecastTypes";
import type { ChartForecast } from "../charts/forecast";
import { NO_MARKS, type ChartMarks } from "../charts/marks";
import type { ChartModel } from "../charts/model";
import { isDrawn, MEASURE_NAMES, measureText } from "./words";

export const MEASURE_COLORS: Record<ForecastMeasure, string> = {
  latency_ms_p50: "--series-3",
  latency_ms_p95: "--series-1",
  error_rate: "--series-2",
  requests_per_minute: "--series-1",
};

/** Top of the axis while nothing was ever seen. */
export const MEASURE_FLOORS: Record<ForecastMeasure, number> = {
  latency_ms_p50: 10,
  latency_ms_p95: 10,
  error_rate: 0.01,
  requests_per_minute: 1,
};

export const HORIZONS: [string, string][] = [
  ["1h", "1 h"],
  ["6h", "6 h"],
  ["24h", "24 h"],
  ["7d", "7 d"],
  ["14d", "14 d"],
];

export function horizonOf(word: string, fallback: string, options = HORIZONS): string {
  return options.some(([value]) => value === word) ? word : fallback;
}

/** As far ahead as a chart looks back, so that neither half is squeezed. */
export function overlayHorizon(shown_ms: number): string {
  const hours = shown_ms / 3_600_000;
  if (hours <= 1.5) return "1h";
  if (hours <= 8) return "6h";
  return hours <= 72 ? "24h" : "7d";
}

/** The drawn part of a forecast, or undefined where it deserves no drawing. `factor` leads to the unit of the chart. */
export function chartForecast(
  forecast: Forecast | undefined,
  now_ms: number,
  factor = 1,
): ChartForecast | undefined {
  if (!forecast || !isDrawn(forecast.trust) || forecast.expected.length === 0) return undefined;
  const scaled = (values: number[]) => (factor === 1 ? values : values.map((value) => value * factor));
  return {
    label: MEASURE_NAMES[forecast.measure].replace("Error rate", "5xx").replace("Traffic", "traffic"),
    t0_ms: forecast.t0_ms,
    step_ms: forecast.step_ms,
    now_ms,
    expected: scaled(forecast.expected),
    bands: [
      { level: 95, lower: scaled(forecast.lower_95), upper: scaled(forecast.upper_95) },
      { level: 80, lower: scaled(forecast.lower_80), upper: scaled(forecast.upper_80) },
      { level: 50, lower: scaled(forecast.lower_50), upper: scaled(forecast.upper_50) },
    ],
  };
}

export function forecastModel(forecast: Forecast): ChartModel {
  const { history, history_t0_ms, step_ms, measure, t0_ms } = forecast;
  const name = MEASURE_NAMES[measure];
  return {
    t0_ms: history_t0_ms,
    step_ms,
    n: history.length,
    range: { from_ms: history_t0_ms, to_ms: Math.max(t0_ms, history_t0_ms + history.length * step_ms) },
    lines: [
      {
        key: measure,
        label: name.startsWith("p") ? name : name.toLowerCase(),
        color: MEASURE_COLORS[measure],
        values: history,
      },
    ],
  };
}

export function forecastMarks(forecast: Forecast): ChartMarks {
  const { limit, history_t0_ms, t0_ms, step_ms, expected, measure } = forecast;
  const drawn = chartForecast(forecast, t0_ms);
  return {
    ...NO_MARKS,
    forecast: drawn,
    limit: limit
      ? {
          value: limit.value,
          from_ms: history_t0_ms,
          to_ms: drawn ? t0_ms + expected.length * step_ms : t0_ms,
          label: `${limit.source === "usual" ? "usual limit" : "limit"} ${measureText(measure, limit.value)}`,
        }
      : undefined,
  };
}
