// Response time, errors and traffic of a scope, side by side. The page owns the query, since others use its data, too.
import { useMemo } from "react";
import type { Expectations } from "../api/detectionTypes";
import type { Forecast } from "../api/forecastTypes";
import type { useSeries } from "../api/queries";
import { chartForecast } from "../forecasting/chart";
import type { Overlay } from "../forecasting/useOverlay";
import type { Scope } from "../scope/codec";
import { COMPARE_SHORT } from "../shell/compareNames";
import { count, latency, perSecond, share } from "../units";
import { ChartPanel } from "./ChartPanel";
import { errorRateModel, responseTimeModel, trafficModel } from "./lines";
import { marksFor, NO_MARKS, type ChartMarks } from "./marks";

interface ScopeChartsProps {
  scope: Scope;
  series: ReturnType<typeof useSeries>;
  /** Undefined while they are not known: the charts keep their place for them. */
  expectations: Expectations | undefined;
  /** Goes on beyond now where it is given. */
  overlay?: Overlay;
}

export function ScopeCharts({ scope, series, expectations, overlay }: ScopeChartsProps) {
  const previous = COMPARE_SHORT[scope.cmp];
  const models = useMemo(() => {
    if (!series.data) return undefined;
    return {
      time: responseTimeModel(series.data, previous),
      errors: errorRateModel(series.data, previous),
      traffic: trafficModel(series.data, previous),
    };
  }, [series.data, previous]);
  const now_ms = series.data?.range.to_ms ?? 0;
  const { time, errors, traffic } = overlay ?? {};
  const marks = useMemo(
    () => ({
      time: ahead(marksFor(expectations, ["latency"]), time, now_ms, 1),
      errors: ahead(marksFor(expectations, ["error_rate", "client_error_rate"]), errors, now_ms, 1),
      traffic: ahead(marksFor(expectations, ["traffic"]), traffic, now_ms, 1 / 60),
    }),
    [expectations, time, errors, traffic, now_ms],
  );
  const chart = { error: series.error, retry: () => void series.refetch(), refreshing: series.isPlaceholderData };
  return (
    <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
      <ChartPanel
        title="Response time"
        note="ms"
        model={models?.time}
        marks={marks.time}
        format={latency}
        floor={10}
        {...chart}
      />
      <ChartPanel
        title="Error rate"
        note="% of requests"
        model={models?.errors}
        marks={marks.errors}
        format={share}
        floor={0.01}
        {...chart}
      />
      <ChartPanel
        title="Traffic"
        note="requests per second"
        model={models?.traffic}
        marks={marks.traffic}
        format={perSecond}
        axisFormat={count}
        floor={1}
        {...chart}
      />
    </div>
  );
}

function ahead(
  marks: ChartMarks | undefined,
  found: Forecast | undefined,
  now_ms: number,
  factor: number,
): ChartMarks | "coming" {
  const forecast = chartForecast(found, now_ms, factor);
  return forecast ? { ...(marks ?? NO_MARKS), forecast } : (marks ?? "coming");
}
