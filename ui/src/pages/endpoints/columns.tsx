// The columns of the endpoint list. Owns their order, widths, sort keys, cells and export values.
import type { ReactNode } from "react";
import type { EndpointRow } from "../../api/types";
import { Sparkline } from "../../charts/Sparkline";
import { EndpointLink } from "../../parts/EndpointLink";
import { EnvironmentChips } from "../../parts/EnvironmentChips";
import { StateChip } from "../../parts/StateChip";
import { ago, dateTime } from "../../time/format";
import { duration, latency, perSecond, plural, share } from "../../units";

export interface CellContext {
  now_ms: number;
  zone: string;
}

export interface Column {
  id: string;
  name: string;
  /** Narrowest useful width; the endpoint column takes what is left. */
  width: number;
  sort?: string;
  numeric?: boolean;
  /** Columns with the highest number go first when space runs out. */
  dropOrder: number;
  cell: (row: EndpointRow, context: CellContext) => ReactNode;
  text: (row: EndpointRow, context: CellContext) => string | number | null;
}

export const COLUMNS: Column[] = [
  {
    id: "state",
    name: "State",
    width: 98,
    dropOrder: 3,
    cell: (row, { now_ms }) => <EndpointState row={row} now_ms={now_ms} />,
    text: (row) => row.state,
  },
  {
    id: "anomalies",
    name: "Anomalies",
    width: 74,
    numeric: true,
    dropOrder: 12,
    cell: (row) => (row.anomalies ? row.anomalies : <span className="text-muted">0</span>),
    text: (row) => row.anomalies ?? 0,
  },
  {
    id: "endpoint",
    name: "Endpoint",
    width: 170,
    sort: "route",
    dropOrder: 0,
    cell: (row) => <EndpointLink endpoint={row} className="w-full" />,
    text: (row) => `${row.method} ${row.route}`,
  },
  {
    id: "service",
    name: "Service",
    width: 94,
    sort: "service",
    dropOrder: 6,
    cell: (row) => (
      <span className="truncate text-muted" title={row.service}>
        {row.service}
      </span>
    ),
    text: (row) => row.service,
  },
  {
    id: "environments",
    name: "Env",
    width: 104,
    dropOrder: 9,
    cell: (row) => <EnvironmentChips ids={row.environments} />,
    text: (row) => row.environments.join(" "),
  },
  {
    id: "requests",
    name: "Req/s",
    width: 66,
    sort: "requests",
    numeric: true,
    dropOrder: 4,
    cell: (row) => perSecond(row.stats.requests_per_second),
    text: (row) => row.stats.requests_per_second,
  },
  {
    id: "p50",
    name: "p50",
    width: 62,
    sort: "p50_ms",
    numeric: true,
    dropOrder: 7,
    cell: (row) => latency(row.stats.p50_ms),
    text: (row) => row.stats.p50_ms,
  },
  {
    id: "p95",
    name: "p95",
    width: 66,
    sort: "p95_ms",
    numeric: true,
    dropOrder: 1,
    cell: (row) => latency(row.stats.p95_ms),
    text: (row) => row.stats.p95_ms,
  },
  {
    id: "p99",
    name: "p99",
    width: 62,
    sort: "p99_ms",
    numeric: true,
    dropOrder: 8,
    cell: (row) => latency(row.stats.p99_ms),
    text: (row) => row.stats.p99_ms,
  },
  {
    id: "errors",
    name: "Errors",
    width: 62,
    sort: "error_rate",
    numeric: true,
    dropOrder: 2,
    cell: (row) => share(row.stats.error_rate),
    text: (row) => row.stats.error_rate,
  },
  {
    id: "p95_spark",
    name: "p95 trend",
    width: 92,
    dropOrder: 5,
    cell: (row) => <Sparkline values={row.spark.p95_ms} width={76} height={22} color="--series-1" />,
    text: () => null,
  },
  {
    id: "traffic_spark",
    name: "Traffic trend",
    width: 94,
    dropOrder: 11,
    cell: (row) => (
      <Sparkline values={row.spark.requests.slice(0, -1)} width={76} height={22} color="--muted" fromZero />
    ),
    text: () => null,
  },
  {
    id: "last_seen",
    name: "Last seen",
    width: 78,
    sort: "last_seen_ms",
    numeric: true,
    dropOrder: 10,
    cell: (row, { now_ms, zone }) => (
      <span title={row.last_seen_ms === null ? "never" : dateTime(row.last_seen_ms, zone)}>
        {ago(row.last_seen_ms, now_ms)}
      </span>
    ),
    text: (row) => (row.last_seen_ms === null ? null : new Date(row.last_seen_ms).toISOString()),
  },
];

export function EndpointState({ row, now_ms }: { row: EndpointRow; now_ms: number }) {
  const odd = row.anomalies ?? 0;
  if (odd > 0) return <StateChip tone="warn">{plural(odd, "anomaly", "anomalies")}</StateChip>;
  if (row.state === "silent") {
    const age = row.last_seen_ms === null ? "" : ` for ${duration(now_ms - row.last_seen_ms)}`;
    return <StateChip tone="quiet">{`no data${age}`}</StateChip>;
  }
  return row.state === "new" ? <StateChip tone="new">new</StateChip> : <StateChip tone="ok">active</StateChip>;
}

/** The columns that fit. The endpoint is always among them. */
export function fittingColumns(columns: Column[], width: number): Column[] {
  const shown = [...columns];
  const total = () => shown.reduce((sum, column) => sum + column.width, 0);
  while (shown.length > 1 && total() > width) {
    const next = shown.reduce((worst, column) => (column.dropOrder > worst.dropOrder ? column : worst));
    shown.splice(shown.indexOf(next), 1);
  }
  return shown;
}
