// Is anything wrong right now, and where do I look? Owns the order of the panels and which data they share.
import { lazy, Suspense } from "react";
import { useExpectations } from "../../api/detectionQueries";
import { useAttention, useHeatmap, useOverview, useSeries } from "../../api/queries";
import { HeatPanel } from "../../charts/HeatPanel";
import { ScopeCharts } from "../../charts/ScopeCharts";
import { Failure, PanelBoundary, Skeleton } from "../../parts/states";
import { useScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { AttentionPanel } from "./AttentionPanel";
import { EnvironmentStrip } from "./EnvironmentStrip";
import { FirstVisit } from "./FirstVisit";
import { OpenIncidents } from "./OpenIncidents";
import { StatusSentence } from "./StatusSentence";
import { Tiles } from "./Tiles";

const AheadPanels = lazy(() => import("./AheadPanels"));

const ATTENTION_ROWS = 8;

export function OverviewPage() {
  const scope = useScope();
  const compared = scope.cmp === "off" ? "prev" : scope.cmp;
  const overview = useOverview(scope, compared);
  const series = useSeries(scope, { compare: scope.cmp, follow: true });
  const expectations = useExpectations(scope);
  const heatmap = useHeatmap(scope);
  const attention = useAttention(scope, ATTENTION_ROWS);
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
            <OpenIncidents />
            <StatusSentence overview={overview.data} />
            <Tiles overview={overview.data} series={series.data} compared={compared} />
          </>
        )}
        <ScopeCharts scope={scope} series={series} expectations={expectations.data} />
        <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
          <AttentionPanel
            scope={scope}
            page={attention.data}
            error={attention.error}
            retry={() => void attention.refetch()}
            refreshing={attention.isPlaceholderData}
            rows={ATTENTION_ROWS}
            className="col-span-2 max-rail:col-span-1"
          />
          <PanelBoundary what="What is ahead">
            <Suspense fallback={<Skeleton height={302} />}>
              <AheadPanels scope={scope} />
            </Suspense>
          </PanelBoundary>
        </div>
        <div className="grid grid-cols-3 items-start gap-3 max-rail:grid-cols-1">
          <div className="col-span-2 min-w-0 max-rail:col-span-1">
            <EnvironmentStrip scope={scope} />
          </div>
          <HeatPanel
          scope={scope}
            heatmap={heatmap.data}
            error={heatmap.error}
            retry={() => void heatmap.refetch()}
            refreshing={heatmap.isPlaceholderData}
            height={220}
          />
        </div>
      </div>
    </>
  );
}
