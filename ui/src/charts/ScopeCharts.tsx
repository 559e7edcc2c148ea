// Response time, errors and traffic of a scope, side by side. The page owns the query, since others use its data, too.
import { useMemo } from "react";
import type { useSeries } from "../api/queries";
import type { Scope } from "../scope/codec";
import { COMPARE_SHORT } from "../shell/compareNames";
import { count, latency, perSecond, share } from "../units";
import { ChartPanel } from "./ChartPanel";
import { errorRateModel, responseTimeModel, trafficModel } from "./lines";

export function ScopeCharts({ scope, series }: { scope: Scope; series: ReturnType<typeof useSeries> }) {
  const previous = COMPARE_SHORT[scope.cmp];
  const models = useMemo(() => {
    if (!series.data) return undefined;
    return {
      time: responseTimeModel(series.data, previous),
      errors: errorRateModel(series.data, previous),
      traffic: trafficModel(series.data, previous),
    };
  }, [series.data, previous]);
  const chart = { error: series.error, retry: () => void series.refetch(), refreshing: series.isPlaceholderData };
  return (
    <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
      <ChartPanel title="Response time" note="ms" model={models?.time} format={latency} floor={10} {...chart} />
      <ChartPanel
        title="Error rate"
        note="% of requests"
        model={models?.errors}
        format={share}
        floor={0.01}
        {...chart}
      />
      <ChartPanel
        title="Traffic"
        note="requests per second"
        model={models?.traffic}
        format={perSecond}
        axisFormat={count}
        floor={1}
        {...chart}
      />
    </div>
  );
}
