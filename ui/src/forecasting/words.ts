// How forecasts speak: names of measures and trust, probabilities, moments, records. Owns the words, no look.
import type {
  ForecastLimit,
  ForecastMeasure,
  ForecastMethod,
  ForecastRecord,
  ForecastScope,
  ForecastTrust,
  Prediction,
} from "../api/forecastTypes";
import { spanWords } from "../alerting/span";
import { environmentNameOf } from "../parts/environment";
import { clock, dateTime, dayMonth } from "../time/format";
import { count, latency, share } from "../units";

export const MEASURES: ForecastMeasure[] = ["latency_ms_p50", "latency_ms_p95", "error_rate", "requests_per_minute"];

export const MEASURE_NAMES: Record<ForecastMeasure, string> = {
  latency_ms_p50: "p50",
  latency_ms_p95: "p95",
  error_rate: "Error rate",
  requests_per_minute: "Traffic",
};

export function isMeasure(word: string): word is ForecastMeasure {
  return (MEASURES as string[]).includes(word);
}

export function measureText(measure: ForecastMeasure, value: number | null | undefined): string {
  if (measure === "error_rate") return share(value);
  if (measure === "requests_per_minute") return value == null ? count(value) : `${count(value)}/min`;
  return latency(value);
}

/** A probability is never said to be certain. */
export function probabilityText(probability: number): string {
  if (probability >= 0.995) return "> 99 %";
  if (probability > 0 && probability < 0.01) return "< 1 %";
  return `${Math.round(probability * 100)} %`;
}

/** The next larger unit only where that is as exact: "9 min", "2 h 10 min", "3 d". */
export function leadText(lead_ms: number): string {
  const minutes = Math.round(lead_ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) {
    const rest = minutes % 60;
    return rest === 0 || minutes >= 6 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
  }
  return `${Math.round(minutes / 1440)} d`;
}

/** The date only where it is another day. */
export function momentText(time_ms: number, now_ms: number, zone: string): string {
  const day = dayMonth(time_ms, zone);
  return day === dayMonth(now_ms, zone) ? clock(time_ms, zone) : `${day}, ${clock(time_ms, zone)}`;
}

export interface When {
  /** "most likely 14:09, in 9 min" */
  likely: string;
  /** "as early as 14:02", or nothing to add. */
  early: string;
}

export function whenOf(
  { is_beyond, crossing_ms, crossing_early_ms, horizon_s }: WhenParts,
  now_ms: number,
  zone: string,
): When {
  if (is_beyond) return { likely: "beyond it now", early: "" };
  if (crossing_ms === null) return { likely: `within ${spanWords(horizon_s)}`, early: "" };
  const lead_ms = crossing_ms - now_ms;
  const likely =
    lead_ms <= 0 ? "about now" : `most likely ${momentText(crossing_ms, now_ms, zone)}, in ${leadText(lead_ms)}`;
  const earlier = crossing_early_ms !== null && crossing_ms - crossing_early_ms >= 60_000;
  return { likely, early: earlier ? earlyText(crossing_early_ms, now_ms, zone) : "" };
}

type WhenParts = Pick<Prediction, "is_beyond" | "crossing_ms" | "crossing_early_ms" | "horizon_s">;

function earlyText(early_ms: number, now_ms: number, zone: string): string {
  return early_ms <= now_ms ? "one in ten at once" : `one in ten by ${momentText(early_ms, now_ms, zone)}`;
}

export const TRUST_NAMES: Record<ForecastTrust, string> = {
  good: "Trusted",
  untested: "Not tested yet",
  poor: "Poor record",
  none: "No forecast",
};

/** What follows from it for somebody who reads the forecast. */
export const TRUST_MEANINGS: Record<ForecastTrust, string> = {
  good: "The same way of forecasting did well on the past of this series.",
  untested: "Nothing that was forecast here has come due yet.",
  poor: "Past forecasts of this series were often wrong, so none is drawn.",
  none: "There is not enough history to forecast this series.",
};

/** Whether a forecast is drawn; otherwise it is said why not. */
export function isDrawn(trust: ForecastTrust): boolean {
  return trust === "good" || trust === "untested";
}

export const METHOD_NAMES: Record<ForecastMethod, string> = {
  ensemble: "Several models, weighed by how well each did",
  unweighed: "Several models, all the same weight",
  level: "The recent level",
  counts: "Rare events, counted",
  rate: "A rate of few failures",
};

/** What forecasts that came due did; if none has, what a test on the past did. */
export function recordText(record: ForecastRecord | null, backtest: ForecastRecord | null): string {
  const known = record && record.values > 0 ? record : backtest;
  if (!known || known.values === 0) return "No record yet.";
  const held = `95 % band held ${share(known.coverage_95)} of ${known.values.toLocaleString("en")} values`;
  return `${held}, ${known === record ? "last 7 days" : "tested on the past"}.`;
}

/** "p95 above 270 ms for 10 minutes, the usual limit here". */
export function limitText(measure: ForecastMeasure, limit: ForecastLimit): string {
  const lasting = limit.for_s > 60 ? ` for ${spanWords(limit.for_s)}` : "";
  const source = limit.source === "objective" ? `limit ${limit.objective_id ?? ""}`.trim() : "the usual limit here";
  return `${MEASURE_NAMES[measure]} ${limit.is} ${measureText(measure, limit.value)}${lasting}, ${source}`;
}

export function placeName({ endpoint, service }: ForecastScope): string {
  return endpoint ? `${endpoint.method} ${endpoint.route}` : service;
}

/** The server's sentences say UTC; every clock on the screen follows one zone. A time that is not known stays. */
export function timesInZone(sentence: string, moments: (number | null)[], zone: string, now_ms: number): string {
  return sentence.replace(/(?:\d{4}-\d\d-\d\d )?\b(\d\d:\d\d) UTC\b/g, (said, time: string) => {
    const found = moments.find((moment) => moment !== null && dateTime(moment, "UTC").slice(11, 16) === time);
    return found == null ? said : momentText(found, now_ms, zone);
  });
}

export function environmentText({ environment }: ForecastScope): string {
  return environment === "" ? "" : environmentNameOf(environment);
}
