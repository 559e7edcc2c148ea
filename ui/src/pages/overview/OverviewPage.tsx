// Is anything wrong right now, and where do I look? Owns the order of the panels and which data they share.
import { useMemo } from "react";
import { useAttention, useHeatmap, useOverview, useSeries } from "../../api/queries";
import { ChartPanel } from "../../charts/ChartPanel";
import { HeatPanel } from "../../charts/HeatPanel";
import { errorRateModel, responseTimeModel, trafficModel } from "../../charts/lines";
import { Failure } from "../../parts/states";
import { useScope } from "../../scope/useScope";
import { COMPARE_SHORT } from "../../shell/compareNames";
import { PageHeader } from "../../shell/PageHeader";
import { count, latency, perSecond, share } from "../../units";
import { AttentionPanel } from "./AttentionPanel";
import { EnvironmentStrip } from "./EnvironmentStrip";
import { FirstVisit } from "./FirstVisit";
import { StatusSentence } from "./StatusSentence";
import { Tiles } from "./Tiles";

const ATTENTION_ROWS = 8;

export function OverviewPage() {
  const scope = useScope();
  const compared = scope.cmp === "off" ? "prev" : scope.cmp;
  const overview = useOverview(scope, compared);
  const series = useSeries(scope, { compare: scope.cmp, follow: true });
  const heatmap = useHeatmap(scope);
  const attention = useAttention(scope, ATTENTION_ROWS);
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
  const header = <PageHeader title="Overview" documentTitle="Overview" />;

  if (overview.data?.first_request_ms === null && !(overview.data.current.requests > 0)) {
    return (
      <>
        {header}
        <FirstVisit />
      </>
    );
  }
  return (
    <>
      {header}
      <div className="flex flex-col gap-3 p-4">
        {overview.error && !overview.data ? (
          <div className="panel">
            <Failure what="The overview" error={overview.error} retry={() => void overview.refetch()} />
          </div>
        ) : (
          <>
            <StatusSentence overview={overview.data} attention={attention.data?.items} compared={compared} />
            <Tiles overview={overview.data} series={series.data} compared={compared} />
          </>
        )}
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
        <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
          <AttentionPanel
            page={attention.data}
            error={attention.error}
            retry={() => void attention.refetch()}
            refreshing={attention.isPlaceholderData}
            rows={ATTENTION_ROWS}
            className="col-span-2 max-rail:col-span-1"
          />
          <HeatPanel
            heatmap={heatmap.data}
            error={heatmap.error}
            retry={() => void heatmap.refetch()}
            refreshing={heatmap.isPlaceholderData}
            height={302}
          />
        </div>
        <EnvironmentStrip scope={scope} />
      </div>
    </>
  );
}
