// From a journey's history and outlook to chart models. Pure.
import type { JourneyDetail } from "../../api/forecastTypes";
import type { ChartForecast } from "../../charts/forecast";
import { NO_MARKS, type ChartMarks } from "../../charts/marks";
import type { ChartLine, ChartModel } from "../../charts/model";
import { successText } from "../../forecasting/journeyWords";
import { latency } from "../../units";

export interface JourneyChart {
  model: ChartModel;
  marks: ChartMarks;
}

const LONG_MS = 3 * 86_400_000; // Beyond that an outlook of some hours would be a hair.

export function successChart({ history, summary }: JourneyDetail, isPresent: boolean): JourneyChart {
  const { outlook, journey } = summary;
  const { t0_ms, step_ms, success_lower, success_upper } = history;
  const marks: ChartMarks = {
    ...NO_MARKS,
    band: { t0_ms, step_ms, lower: success_lower, upper: success_upper },
    bandName: "95 % interval",
    forecast: outlook && ahead(history, isPresent) ? outlookOf("success", outlook, history.range.to_ms) : undefined,
  };
  if (journey.success_target !== null) {
    marks.limit = limitOf(journey.success_target, `target ${successText(journey.success_target)}`, history, marks);
  }
  return { model: modelOf(history, [line("success", "success", "--series-3", history.success)]), marks };
}

export function latencyChart({ history, summary }: JourneyDetail, isPresent: boolean): JourneyChart {
  const { outlook, journey } = summary;
  const forecast: ChartForecast | undefined =
    outlook && ahead(history, isPresent) && outlook.latency_ms.length > 0
      ? {
          label: "p50",
          t0_ms: outlook.t0_ms,
          step_ms: outlook.step_ms,
          now_ms: history.range.to_ms,
          expected: outlook.latency_ms,
          bands: [{ level: 80, lower: outlook.latency_ms_lower, upper: outlook.latency_ms_upper }],
        }
      : undefined;
  const marks: ChartMarks = { ...NO_MARKS, forecast };
  if (journey.latency_ms_max !== null) {
    marks.limit = limitOf(journey.latency_ms_max, `limit ${latency(journey.latency_ms_max)}`, history, marks);
  }
  const lines = [
    line("p95", "p95", "--series-1", history.latency_ms_p95),
    line("p50", "p50", "--series-3", history.latency_ms_p50),
  ];
  return { model: modelOf(history, lines), marks };
}

export function startsChart({ history }: JourneyDetail): ChartModel {
  const lines = [{ ...line("starts", "requests of the first step", "--series-1", history.starts), fill: true }];
  return modelOf(history, lines);
}

type History = JourneyDetail["history"];

function ahead({ range }: History, isPresent: boolean): boolean {
  return isPresent && range.to_ms - range.from_ms <= LONG_MS;
}

function outlookOf(
  label: string,
  outlook: NonNullable<JourneyDetail["summary"]["outlook"]>,
  now_ms: number,
): ChartForecast {
  return {
    label,
    t0_ms: outlook.t0_ms,
    step_ms: outlook.step_ms,
    now_ms,
    expected: outlook.success,
    bands: [{ level: 80, lower: outlook.success_lower, upper: outlook.success_upper }],
  };
}

function limitOf(value: number, label: string, { range }: History, { forecast }: ChartMarks) {
  const end_ms = forecast ? forecast.t0_ms + forecast.expected.length * forecast.step_ms : range.to_ms;
  return { value, label, from_ms: range.from_ms, to_ms: end_ms };
}

function line(key: string, label: string, color: string, values: (number | null)[]): ChartLine {
  return { key, label, color, values };
}

function modelOf({ t0_ms, step_ms, range, success }: History, lines: ChartLine[]): ChartModel {
  return { t0_ms, step_ms, n: success.length, range, lines };
}
