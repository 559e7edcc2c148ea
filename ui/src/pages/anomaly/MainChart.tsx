// The measure that is odd, with what was expected, when it began, when it was noticed and when it was over.
import { useMemo } from "react";
import type { Anomaly, AnomalyDetail, Expectations, Signal } from "../../api/detectionTypes";
import type { useSeries } from "../../api/queries";
import type { Series } from "../../api/types";
import { ChartPanel } from "../../charts/ChartPanel";
import { errorRateModel, responseTimeModel, trafficModel } from "../../charts/lines";
import { bandOf, type ChartMarks, type Moment } from "../../charts/marks";
import type { ChartModel } from "../../charts/model";
import { CLOSE_NAMES, measureName, measureText } from "../../detection/words";
import { count, duration, latency, share } from "../../units";

interface View {
  title: string;
  note: string;
  floor: number;
  format: (value: number) => string;
  model: (series: Series) => ChartModel;
}

const TIME: View = {
  title: "Response time",
  note: "ms",
  floor: 10,
  format: latency,
  model: (series) => responseTimeModel(series, ""),
};
function errorView(title: string, line: string): View {
  return {
    title,
    note: "% of requests",
    floor: 0.01,
    format: share,
    model: (series) => only(errorRateModel(series, ""), line),
  };
}

const SERVER_ERRORS = errorView("Server errors", "5xx");
const CLIENT_ERRORS = errorView("Client errors", "4xx");

/** By the minute, as the sentence counts: what is missed is often less than one request a second. */
const TRAFFIC: View = {
  title: "Traffic",
  note: "requests per minute",
  floor: 1,
  format: (value) => `${count(value)}/min`,
  model: (series) => {
    const model = trafficModel(series, "");
    const perMinute = (values: (number | null)[]) => values.map((value) => (value === null ? null : value * 60));
    return { ...model, lines: model.lines.map((line) => ({ ...line, values: perMinute(line.values) })) };
  },
};

const VIEWS: Record<Signal, View> = {
  latency: TIME,
  error_rate: SERVER_ERRORS,
  client_error_rate: CLIENT_ERRORS,
  traffic: TRAFFIC,
};

function only(model: ChartModel, key: string): ChartModel {
  return { ...model, lines: model.lines.filter((line) => line.key === key) };
}

interface MainChartProps {
  detail: AnomalyDetail;
  series: ReturnType<typeof useSeries>;
  expectations: Expectations | undefined;
  zoomed: boolean;
}

export function MainChart({ detail, series, expectations, zoomed }: MainChartProps) {
  const { anomaly, deployments } = detail;
  const view = VIEWS[anomaly.signal];
  const model = useMemo(() => (series.data ? view.model(series.data) : undefined), [series.data, view]);
  const marks = useMemo(
    () => marksOf(anomaly, deployments, expectations, model?.range.to_ms ?? anomaly.updated_ms),
    [anomaly, deployments, expectations, model?.range.to_ms],
  );
  return (
    <ChartPanel
      title={`${view.title} around it`}
      note={`${view.note}${zoomed ? ", zoomed" : ""}${noLine(anomaly)}`}
      model={model}
      marks={marks}
      error={series.error}
      retry={() => void series.refetch()}
      refreshing={series.isPlaceholderData}
      format={view.format}
      floor={view.floor}
      height={250}
    />
  );
}

/** A share of slow requests has no line of its own; p95 shows the same requests. */
function noLine({ measure, observed, expected }: Anomaly): string {
  if (measure !== "slow_share") return "";
  return `; ${measureName(measure).toLowerCase()} ${measureText(measure, observed)}, usually ${measureText(measure, expected)}`;
}

function marksOf(
  anomaly: Anomaly,
  deployments: AnomalyDetail["deployments"],
  expectations: Expectations | undefined,
  now_ms: number,
): ChartMarks {
  const { onset_ms, detected_ms, closed_ms, close_reason, measure } = anomaly;
  const moments: Moment[] = [
    { at_ms: onset_ms, label: "", color: "--critical" },
    { at_ms: detected_ms, label: `detected ${duration(detected_ms - onset_ms)} later`, color: "--text", dash: true },
  ];
  if (closed_ms !== null) {
    moments.push({ at_ms: closed_ms, label: close_reason ? CLOSE_NAMES[close_reason] : "closed", color: "--ok" });
  }
  const shown = measure === "slow_share" ? "latency_ms_p95" : measure;
  const dropped = anomaly.observed < anomaly.expected;
  const limit = dropped ? anomaly.lower : anomaly.upper;
  return {
    band: expectations ? bandOf(expectations, shown, 1) : undefined,
    anomalies: [anomaly],
    shaded: [anomaly],
    deployments,
    moments,
    limit:
      measure === "slow_share" || !(limit > 0)
        ? undefined
        : {
            value: limit,
            from_ms: onset_ms,
            to_ms: closed_ms ?? now_ms,
            label: `${dropped ? "at least" : "at most"} ${measureText(measure, limit)}`,
          },
  };
}
