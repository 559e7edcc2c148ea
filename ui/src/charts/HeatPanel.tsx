// The latency heat map with its title, colour key, summary and table, and the box that is compared with the rest. Owns
// the words around HeatChart.
import { SquareDashed } from "lucide-react";
import { lazy, Suspense, useId, useMemo, useState } from "react";
import type { HeatBox } from "../api/incidentQueries";
import type { Heatmap } from "../api/types";
import { Panel } from "../parts/Panel";
import { Empty, Failure, Skeleton } from "../parts/states";
import type { Scope } from "../scope/codec";
import { useZone, useZoom } from "../scope/useScope";
import { useTheme } from "../theme";
import { count, latency, plural } from "../units";
import { heatColor } from "./heat";
import { HeatChart, type BoxEdges } from "./HeatChart";

const BoxCompare = lazy(() => import("../incidents/BoxCompare"));


export interface HeatPanelProps {
  /** What the map shows; with it, a box can be compared with the rest. */
  scope?: Scope;
  heatmap: Heatmap | undefined;
  error?: unknown;
  retry?: () => void;
  refreshing?: boolean;
  height?: number;
  className?: string;
}

const TITLE = "Latency distribution";

export function HeatPanel({ scope, heatmap, error, retry, refreshing, height = 190, className }: HeatPanelProps) {
  const [asTable, setAsTable] = useState(false);
  const [boxing, setBoxing] = useState(false);
  const [box, setBox] = useState<HeatBox | null>(null);
  const zone = useZone();
  const { zoom, reset } = useZoom();
  const summaryId = useId();
  const rows = useMemo(() => rowTotals(heatmap), [heatmap]);
  function compare(edges: BoxEdges) {
    if (!heatmap) return;
    const { from_ms, to_ms } = heatmap.range;
    setBox({ ...edges, baseline_from_ms: from_ms, baseline_to_ms: to_ms }); // The map may move on; the question stays.
  }
  function leave() {
    setBoxing(false);
    setBox(null);
  }
  const boxButton = scope && (
    <button
      type="button"
      className={`inline-flex h-6 items-center gap-1 rounded px-1.5 text-xs hover:underline ${boxing ? "bg-selected text-text" : "text-accent"}`}
      aria-pressed={boxing}
      onClick={() => (boxing ? leave() : setBoxing(true))}
      disabled={!heatmap || rows.length === 0 || asTable}
    >
      <SquareDashed size={12} aria-hidden /> Compare a box
    </button>
  );
  const tableButton = (
    <button
      type="button"
      className="rounded px-1 text-xs text-accent hover:underline"
      aria-label={`${TITLE} as ${asTable ? "chart" : "table"}`}
      onClick={() => {
        setAsTable(!asTable);
        leave();
      }}
      disabled={!heatmap}
    >
      {asTable ? "Chart" : "Table"}
    </button>
  );
  return (
    <Panel
      title={TITLE}
      note="requests per cell, log scale"
      actions={
        <>
          {boxButton}
          {tableButton}
        </>
      }
      refreshing={refreshing}
      className={className}
    >
      <figure className="m-0 px-3 pb-2">
        <ColorKey max={heatmap?.max_count ?? 0} />
        <figcaption id={summaryId} className="sr-only">
          {summary(rows)}
        </figcaption>
        {!heatmap && error ? (
          <Failure what={TITLE} error={error} retry={retry} height={height} />
        ) : !heatmap ? (
          <Skeleton height={height} />
        ) : rows.length === 0 ? (
          <Empty reason="No requests in this range" height={height} />
        ) : asTable ? (
          <HeatTable rows={rows} height={height} />
        ) : (
          <div className={`-ml-1 ${boxing ? "boxing" : ""}`}>
            <HeatChart
              heatmap={heatmap}
              label={TITLE}
              describedBy={summaryId}
              height={height}
              zone={zone}
              onZoom={zoom}
              onReset={reset}
              boxing={boxing}
              box={box}
              onBox={compare}
            />
          </div>
        )}
      </figure>
      {boxing && heatmap && scope && (
        <Suspense fallback={<Skeleton height={120} className="m-3" />}>
          <BoxCompare scope={scope} range={heatmap.range} box={box} onBox={compare} onClear={leave} />
        </Suspense>
      )}
    </Panel>
  );
}

interface RowTotal {
  from_ms: number;
  to_ms: number;
  requests: number;
}

function rowTotals(heatmap: Heatmap | undefined): RowTotal[] {
  if (!heatmap) return [];
  return heatmap.counts
    .map((row, index) => ({
      from_ms: heatmap.bounds_ms[index]!,
      to_ms: heatmap.bounds_ms[index + 1]!,
      requests: row.reduce((sum, value) => sum + value, 0),
    }))
    .filter((row) => row.requests > 0);
}

function summary(rows: RowTotal[]): string {
  if (rows.length === 0) return "No requests in this range.";
  const total = rows.reduce((sum, row) => sum + row.requests, 0);
  const densest = rows.reduce((best, row) => (row.requests > best.requests ? row : best));
  const spread = `${latency(rows[0]!.from_ms)} to ${latency(rows[rows.length - 1]!.to_ms)}`;
  return `${plural(total, "request")} between ${spread}; most between ${latency(densest.from_ms)} and ${latency(densest.to_ms)}.`;
}

function ColorKey({ max }: { max: number }) {
  const theme = useTheme();
  const shares = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return (
    <div className="flex h-5 items-center gap-1.5 text-[11px] leading-4 text-muted">
      1
      <span className="flex overflow-hidden rounded-sm" aria-hidden>
        {shares.map((share) => (
          <span key={share} className="h-2 w-4" style={{ background: `rgb(${heatColor(theme, share).join(" ")})` }} />
        ))}
      </span>
      {count(Math.max(1, max))} requests
    </div>
  );
}

function HeatTable({ rows, height }: { rows: RowTotal[]; height: number }) {
  const total = rows.reduce((sum, row) => sum + row.requests, 0);
  return (
    <div className="overflow-auto" style={{ height }} tabIndex={0} role="region" aria-label={`${TITLE} table`}>
      <table className="w-full text-xs">
        <thead className="sticky top-0 bg-surface text-muted">
          <tr>
            <th scope="col" className="py-1 text-left font-medium">
              Latency
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              Requests
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.from_ms} className="border-t border-line">
              <td className="py-1 whitespace-nowrap">{`${latency(row.from_ms)} to ${latency(row.to_ms)}`}</td>
              <td className="py-1 text-right">{row.requests.toLocaleString("en")}</td>
              <td className="py-1 text-right">{((row.requests / total) * 100).toFixed(1)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
