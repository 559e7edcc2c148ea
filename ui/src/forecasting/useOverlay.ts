// The forecasts that a page's three charts are overlaid with. Asks only while the overlay is on and the charts end now.
import { useForecast } from "../api/forecastQueries";
import type { Forecast, ForecastMeasure } from "../api/forecastTypes";
import { resolveRange } from "../time/expression";
import type { Scope } from "../scope/codec";
import { overlayHorizon } from "./chart";
import { isDrawn } from "./words";

export interface Overlay {
  horizon: string;
  time: Forecast | undefined;
  errors: Forecast | undefined;
  traffic: Forecast | undefined;
  /** What there is to say instead of a drawing, or nothing. */
  note: string;
}

export function useOverlay(scope: Scope): Overlay | undefined {
  const isOn = scope.fc && scope.to === "now";
  const range = resolveRange(scope.from, scope.to, Date.now());
  const horizon = overlayHorizon(range ? range.to_ms - range.from_ms : 0);
  const ask = (measure: ForecastMeasure) => useForecast(scope, measure, horizon, isOn);
  const time = ask("latency_ms_p95");
  const errors = ask("error_rate");
  const traffic = ask("requests_per_minute");
  if (!isOn) return undefined;
  const all = [time, errors, traffic];
  const drawn = all.filter(({ data }) => data && isDrawn(data.trust)).length;
  const failed = all.find(({ error, data }) => error && !data)?.error;
  const note = failed
    ? `The forecast could not be loaded: ${failed.message}.`
    : all.some(({ data }) => !data)
      ? ""
      : drawn === 0
        ? "Not enough history, or too poor a record, to forecast this endpoint."
        : drawn < all.length
          ? `${drawn} of 3 forecasts are trusted and drawn.`
          : "";
  return { horizon, time: time.data, errors: errors.data, traffic: traffic.data, note };
}
