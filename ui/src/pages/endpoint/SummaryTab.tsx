// The endpoint in numbers: tiles, charts, distribution, and tables per environment, version and status.
import { TrendingUp } from "lucide-react";
import { useExpectations } from "../../api/detectionQueries";
import { useHeatmap, useSeries } from "../../api/queries";
import type { EndpointDetail, Stats } from "../../api/types";
import { HeatPanel } from "../../charts/HeatPanel";
import { ScopeCharts } from "../../charts/ScopeCharts";
import { useOverlay, type Overlay } from "../../forecasting/useOverlay";
import { useNow } from "../../now";
import { environmentName } from "../../parts/environment";
import { rose, Tile } from "../../parts/Tile";
import type { Compare, Scope } from "../../scope/codec";
import { comparable } from "../../scope/comparison";
import { useSetScope, useZone } from "../../scope/useScope";
import { COMPARE_SHORT } from "../../shell/compareNames";
import { ago, dateTime } from "../../time/format";
import { StatsTable } from "./StatsTable";
import { StatusPanel } from "./StatusPanel";
import { bytes, latency, perSecond, relativeChange, share, shareChange } from "../../units";

export function SummaryTab({ detail, scope }: { detail: EndpointDetail; scope: Scope }) {
  const series = useSeries(scope, { compare: scope.cmp, follow: true });
  const expectations = useExpectations(scope);
  const heatmap = useHeatmap(scope);
  const overlay = useOverlay(scope);
  const now_ms = useNow();
  const zone = useZone();
  return (
    <div className="flex flex-col gap-3">
      <StatTiles detail={detail} compare={scope.cmp === "off" ? "prev" : scope.cmp} />
      <OverlayToggle scope={scope} overlay={overlay} />
      <ScopeCharts scope={scope} series={series} expectations={expectations.data} overlay={overlay} />
      <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
        <HeatPanel
          scope={scope}
          heatmap={heatmap.data}
          error={heatmap.error}
          retry={() => void heatmap.refetch()}
          refreshing={heatmap.isPlaceholderData}
          className="col-span-2 max-rail:col-span-1"
        />
        <StatusPanel statuses={detail.statuses} />
      </div>
      <StatsTable
        title="By environment"
        first="Environment"
        rows={detail.environments.map(({ environment, stats, previous: before, last_seen_ms }) => ({
          key: environment.id,
          name: environmentName(environment),
          title: environment.id,
          stats,
          change: relativeChange(stats.p95_ms, before?.p95_ms),
          seen: ago(last_seen_ms, now_ms),
        }))}
      />
      <StatsTable
        title="By version"
        first="Version"
        rows={detail.versions.map(({ version, stats, first_seen_ms, last_seen_ms }) => ({
          key: version,
          name: version || "(no version)",
          title: first_seen_ms === null ? "" : `first seen ${dateTime(first_seen_ms, zone)}`,
          stats,
          change: null,
          seen: ago(last_seen_ms, now_ms),
        }))}
      />
    </div>
  );
}

function OverlayToggle({ scope, overlay }: { scope: Scope; overlay: Overlay | undefined }) {
  const setScope = useSetScope();
  const endsNow = scope.to === "now";
  const note = !endsNow ? "A range that ends in the past has no forecast." : (overlay?.note ?? "");
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <button
        type="button"
        className={`control ${overlay ? "bg-selected" : ""}`}
        aria-pressed={overlay !== undefined}
        disabled={!endsNow}
        onClick={() => setScope({ fc: !scope.fc }, true)}
      >
        <TrendingUp size={14} aria-hidden /> Forecast
      </button>
      <p className="text-xs text-muted" role="status">
        {note || (overlay ? `${overlay.horizon.replace(/(\d)([hd])/, "$1 $2")} ahead on the charts below.` : "")}
      </p>
    </div>
  );
}

function StatTiles({ detail, compare }: { detail: EndpointDetail; compare: Compare }) {
  const { current } = detail;
  const compared = COMPARE_SHORT[compare];
  const previous = comparable(detail.previous, detail.range, compare, detail.first_seen_ms);
  return (
    <div className="grid grid-cols-5 gap-3 max-rail:grid-cols-2 max-sm:gap-2">
      <Tile
        name="p95"
        value={latency(current.p95_ms)}
        change={relativeChange(current.p95_ms, previous?.p95_ms)}
        worse={rose(current.p95_ms, previous?.p95_ms, 1.1)}
        before={`${latency(previous?.p95_ms)} in the ${compared}`}
      />
      <Tile
        name="p50"
        value={latency(current.p50_ms)}
        change={relativeChange(current.p50_ms, previous?.p50_ms)}
        worse={rose(current.p50_ms, previous?.p50_ms, 1.1)}
        before={`${latency(previous?.p50_ms)} in the ${compared}`}
      />
      <Tile
        name="Error rate"
        value={share(current.error_rate)}
        change={shareChange(current.error_rate, previous?.error_rate)}
        worse={(current.error_rate ?? 0) - (previous?.error_rate ?? current.error_rate ?? 0) > 0.001}
        before={`${share(previous?.error_rate)} in the ${compared}`}
      />
      <Tile
        name="Traffic"
        value={perSecond(current.requests_per_second)}
        change={relativeChange(current.requests_per_second, previous?.requests_per_second)}
        worse={false}
        before={`${perSecond(previous?.requests_per_second)} in the ${compared}`}
      />
      <Tile name="Mean response size" value={meanSize(current)} change={null} worse={false} before="" />
    </div>
  );
}

function meanSize(stats: Stats): string {
  return stats.requests > 0 ? bytes(stats.size_bytes_out / stats.requests) : bytes(null);
}
