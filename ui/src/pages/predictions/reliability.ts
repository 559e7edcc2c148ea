// What records of forecasts say, in words and in bars. Pure.
import type { BreachReliability, ForecastRecord } from "../../api/forecastTypes";
import { share } from "../../units";

export interface Level {
  level: number;
  /** What a perfect band would hold. */
  nominal: number;
  held: number;
}

export function levelsOf(record: ForecastRecord): Level[] {
  return [
    { level: 50, nominal: 0.5, held: record.coverage_50 },
    { level: 80, nominal: 0.8, held: record.coverage_80 },
    { level: 95, nominal: 0.95, held: record.coverage_95 },
  ];
}

const CLOSE = 0.05;

/** Too narrow is the worse mistake: it promises more than it holds. */
export function levelVerdict({ nominal, held }: Level): { words: string; tone: "ok" | "warn" } {
  if (held < nominal - CLOSE) return { words: "too narrow", tone: "warn" };
  if (held > nominal + CLOSE) return { words: "too wide", tone: "warn" };
  return { words: "as promised", tone: "ok" };
}

/** "Bands held as promised: 94 % of values inside the 95 % band." */
export function overallText(record: ForecastRecord): string {
  const all = levelsOf(record).map(levelVerdict);
  const inside = `${share(record.coverage_95)} of ${record.values.toLocaleString("en")} values were inside the 95 % band`;
  if (all.every(({ tone }) => tone === "ok")) return `Bands hold what they promise: ${inside}.`;
  if (all.some(({ words }) => words === "too narrow")) return `Bands promise more than they hold: ${inside}.`;
  return `Bands are wider than they need to be: ${inside}.`;
}

export function breachText({ predictions, breaches, brier, calibration_error }: BreachReliability): string {
  if (predictions === 0) return "No predicted breach has come due yet.";
  const came = `${breaches.toLocaleString("en")} of ${predictions.toLocaleString("en")} came true`;
  if (brier === null || calibration_error === null) return `${came}.`;
  const off = `probabilities were off by ${share(calibration_error)} on average`;
  const verdict =
    calibration_error <= 0.05 ? "they can be taken at their word" : calibration_error <= 0.15 ? "take them as rough" : "do not take them at their word yet";
  return `${came}; ${off}: ${verdict}.`;
}

export function leadName(lead_s: number): string {
  if (lead_s < 3600) return `up to ${Math.round(lead_s / 60)} min`;
  if (lead_s < 86_400) return `up to ${Math.round(lead_s / 3600)} h`;
  return `up to ${Math.round(lead_s / 86_400)} d`;
}
