// The endpoint in numbers: tiles, charts, distribution, and tables per environment, version and status.
import { useMemo } from "react";
import { useHeatmap, useSeries } from "../../api/queries";
import type { EndpointDetail, Stats } from "../../api/types";
import { ChartPanel } from "../../charts/ChartPanel";
import { HeatPanel } from "../../charts/HeatPanel";
import { errorRateModel, responseTimeModel, trafficModel } from "../../charts/lines";
import { useNow } from "../../now";
import { environmentName } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { rose, Tile } from "../../parts/Tile";
import type { Compare, Scope } from "../../scope/codec";
import { comparable } from "../../scope/comparison";
import { useZone } from "../../scope/useScope";
import { COMPARE_SHORT } from "../../shell/compareNames";
import { ago, dateTime } from "../../time/format";
import { bytes, count, latency, perSecond, relativeChange, share, shareChange } from "../../units";

export function SummaryTab({ detail, scope }: { detail: EndpointDetail; scope: Scope }) {
  const series = useSeries(scope, { compare: scope.cmp, follow: true });
  const heatmap = useHeatmap(scope);
  const now_ms = useNow();
  const zone = useZone();
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
    <div className="flex flex-col gap-3">
      <StatTiles detail={detail} compare={scope.cmp === "off" ? "prev" : scope.cmp} />
      <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
        <ChartPanel title="Response time" note="ms" model={models?.time} format={latency} floor={10} {...chart} />
        <ChartPanel title="Error rate" note="% of requests" model={models?.errors} format={share} floor={0.01} {...chart} />
        <ChartPanel title="Traffic" note="requests per second" model={models?.traffic} format={perSecond} axisFormat={count} floor={1} {...chart} />
      </div>
      <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
        <HeatPanel
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

function StatusPanel({ statuses }: { statuses: EndpointDetail["statuses"] }) {
  const total = statuses.reduce((sum, item) => sum + item.requests, 0);
  return (
    <Panel title="Answers" note="requests per status">
      <ul className="flex flex-col gap-2 px-3 pt-1 pb-3 text-xs">
        {statuses.map(({ status, requests }) => (
          <li key={status} className="flex items-center gap-2">
            <span className="w-9 font-mono">{status || "none"}</span>
            <span className="h-2 flex-1 overflow-hidden rounded-full bg-bg">
              <span
                className="block h-full rounded-full"
                style={{ width: `${Math.max(0.5, (requests / total) * 100)}%`, background: `var(${statusColor(status)})` }}
              />
            </span>
            <span className="w-14 text-right">{share(requests / total)}</span>
            <span className="w-16 text-right text-muted">{requests.toLocaleString("en")}</span>
          </li>
        ))}
        {statuses.length === 0 && <li className="text-muted">No requests in this range</li>}
      </ul>
    </Panel>
  );
}

function statusColor(status: number): string {
  if (status >= 500) return "--series-2";
  return status >= 400 ? "--series-5" : "--series-1";
}

interface StatsTableRow {
  key: string;
  name: string;
  title: string;
  stats: Stats;
  change: string | null;
  seen: string;
}

function StatsTable({ title, first, rows }: { title: string; first: string; rows: StatsTableRow[] }) {
  return (
    <Panel title={title}>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={`${title} table`}>
        <table className="w-full min-w-160 text-xs">
          <thead>
            <tr className="h-8 border-b border-line text-right text-muted">
              <th scope="col" className="pl-3 text-left font-medium">{first}</th>
              <th scope="col" className="px-3 font-medium">p50</th>
              <th scope="col" className="px-3 font-medium">p95</th>
              <th scope="col" className="px-3 font-medium">p95 change</th>
              <th scope="col" className="px-3 font-medium">p99</th>
              <th scope="col" className="px-3 font-medium">Errors</th>
              <th scope="col" className="px-3 font-medium">Requests</th>
              <th scope="col" className="px-3 font-medium">Req/s</th>
              <th scope="col" className="pr-3 font-medium">Last seen</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, title: hint, stats, change, seen }) => (
              <tr key={key} className="h-9 border-b border-line text-right last:border-b-0">
                <th scope="row" className="max-w-52 truncate pl-3 text-left font-normal" title={hint}>{name}</th>
                <td className="px-3">{latency(stats.p50_ms)}</td>
                <td className="px-3">{latency(stats.p95_ms)}</td>
                <td className="px-3 text-muted">{change ?? "–"}</td>
                <td className="px-3">{latency(stats.p99_ms)}</td>
                <td className="px-3">{share(stats.error_rate)}</td>
                <td className="px-3">{count(stats.requests)}</td>
                <td className="px-3">{perSecond(stats.requests_per_second)}</td>
                <td className="pr-3 whitespace-nowrap text-muted">{seen}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="p-3 text-muted">No requests in this range</p>}
      </div>
    </Panel>
  );
}
