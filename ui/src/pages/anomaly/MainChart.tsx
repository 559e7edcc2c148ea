// The measure that is odd, with what was expected, when it began, when it was noticed and when it was over.
import { useMemo } from "react";
import type { Anomaly, AnomalyDetail, Expectations } from "../../api/detectionTypes";
import type { useSeries } from "../../api/queries";
import type { Series } from "../../api/types";
import { ChartPanel } from "../../charts/ChartPanel";
import { errorRateModel, responseTimeModel, trafficModel } from "../../charts/lines";
import { bandOf, type ChartMarks, type Moment } from "../../charts/marks";
import type { ChartModel } from "../../charts/model";
import { CLOSE_NAMES, measureName, measureText } from "../../detection/words";
import { duration, latency, perSecond, share } from "../../units";

interface View {
  title: string;
  note: string;
  factor: number;
  floor: number;
  format: (value: number) => string;
  model: (series: Series) => ChartModel;
}

const TIME: View = {
  title: "Response time",
  note: "ms",
  factor: 1,
  floor: 10,
  format: latency,
  model: (series) => responseTimeModel(series, ""),
};
const ERRORS: View = {
  title: "Error rate",
  note: "% of requests",
  factor: 1,
  floor: 0.01,
  format: share,
  model: (series) => errorRateModel(series, ""),
};
const TRAFFIC: View = {
  title: "Traffic",
  note: "requests per second",
  factor: 1 / 60,
  floor: 1,
  format: perSecond,
  model: (series) => trafficModel(series, ""),
};

function viewOf(anomaly: Anomaly): View {
  if (anomaly.signal === "latency") return TIME;
  return anomaly.signal === "traffic" ? TRAFFIC : ERRORS;
}

interface MainChartProps {
  detail: AnomalyDetail;
  series: ReturnType<typeof useSeries>;
  expectations: Expectations | undefined;
  zoomed: boolean;
}

export function MainChart({ detail, series, expectations, zoomed }: MainChartProps) {
  const { anomaly, deployments } = detail;
  const view = viewOf(anomaly);
  const model = useMemo(() => (series.data ? view.model(series.data) : undefined), [series.data, view]);
  const marks = useMemo(
    () => marksOf(anomaly, deployments, expectations, view.factor, model?.range.to_ms ?? anomaly.updated_ms),
    [anomaly, deployments, expectations, view.factor, model?.range.to_ms],
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
  factor: number,
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
  const limit = (dropped ? anomaly.lower : anomaly.upper) * factor;
  return {
    band: expectations ? bandOf(expectations, shown, factor) : undefined,
    anomalies: [anomaly],
    shaded: [anomaly],
    deployments,
    moments,
    limit:
      measure === "slow_share" || !Number.isFinite(limit)
        ? undefined
        : {
            value: limit,
            from_ms: onset_ms,
            to_ms: closed_ms ?? now_ms,
            label: `${dropped ? "at least" : "at most"} ${measureText(measure, dropped ? anomaly.lower : anomaly.upper)}`,
          },
  };
}
