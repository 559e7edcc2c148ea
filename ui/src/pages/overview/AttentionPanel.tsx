// Where to look: endpoints with open anomalies, the worst first, then those the server ranks first. Owns the table;
// the ranking and its reason are the server's.
import { Link } from "@tanstack/react-router";
import { ANY_ANOMALY, useAnomalies } from "../../api/detectionQueries";
import type { Anomaly } from "../../api/detectionTypes";
import { useEndpointRows } from "../../api/queries";
import type { EndpointPage, EndpointRow } from "../../api/types";
import { Sparkline } from "../../charts/Sparkline";
import { AnomalyLink } from "../../detection/AnomalyLink";
import { timelessSentence } from "../../detection/sentence";
import { severityColor, SeverityGlyph } from "../../detection/SeverityGlyph";
import { SEVERITY_NAMES, shortText } from "../../detection/words";
import { EndpointLink } from "../../parts/EndpointLink";
import { EnvironmentChips } from "../../parts/EnvironmentChips";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { StateChip } from "../../parts/StateChip";
import { travelling, type Scope, type Search } from "../../scope/codec";
import { latency, perSecond, share } from "../../units";

interface AttentionPanelProps {
  scope: Scope;
  page: EndpointPage | undefined;
  error: unknown;
  retry: () => void;
  refreshing: boolean;
  rows: number;
  className?: string;
}

const ROW_PX = 36;
const OPEN_MAX = 50; // Enough to fill the rows even where one endpoint has many.

export function AttentionPanel({ scope, page, error, retry, refreshing, rows, className }: AttentionPanelProps) {
  const height = (rows + 1) * ROW_PX;
  const open = useAnomalies(scope, { ...ANY_ANOMALY, state: ["open", "acknowledged"] }, "-severity", OPEN_MAX);
  const odd = worstByEndpoint(open.data?.items ?? []).slice(0, rows);
  const known = new Map(page?.items.map((row) => [row.id, row]));
  const asked = useEndpointRows(
    scope,
    odd.map(({ anomaly }) => anomaly.endpoint.id).filter((id) => !known.has(id)),
  );
  for (const row of asked.data?.items ?? []) known.set(row.id, row);
  const oddIds = new Set(odd.map(({ anomaly }) => anomaly.endpoint.id));
  const others = page?.items.filter((row) => !oddIds.has(row.id)).slice(0, rows - odd.length) ?? [];
  const all = (
    <Link
      to="/endpoints"
      search={((previous: Search) => travelling(previous)) as never}
      className="text-xs text-accent underline"
    >
      {page ? `All ${page.total.toLocaleString("en")} endpoints` : "All endpoints"}
    </Link>
  );
  return (
    <Panel title="Endpoints needing attention first" actions={all} refreshing={refreshing} className={className}>
      {!page && error ? (
        <Failure what="The ranking" error={error} retry={retry} height={height} />
      ) : !page ? (
        <div className="px-3 pb-3">
          <Skeleton height={height} />
        </div>
      ) : page.items.length === 0 && odd.length === 0 ? (
        <Empty reason="No endpoint matches these filters." height={height} />
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full text-xs">
            <thead>
              <tr className="h-8 border-b border-line text-left text-muted">
                <th scope="col" className="pl-3 font-medium">
                  Endpoint
                </th>
                <th scope="col" className="px-2 font-medium max-md:hidden">
                  Env
                </th>
                <th scope="col" className="px-2 font-medium">
                  What changed
                </th>
                <th scope="col" className="px-2 text-right font-medium">
                  p95
                </th>
                <th scope="col" className="px-2 text-right font-medium max-sm:hidden">
                  Errors
                </th>
                <th scope="col" className="px-2 text-right font-medium max-sm:hidden">
                  Req/s
                </th>
                <th scope="col" className="pr-3 text-right font-medium max-md:hidden">
                  p95 trend
                </th>
              </tr>
            </thead>
            <tbody>
              {odd.map(({ anomaly, more }) => (
                <OddRow key={anomaly.id} anomaly={anomaly} more={more} row={known.get(anomaly.endpoint.id)} />
              ))}
              {others.map((row) => (
                <AttentionRow key={row.id} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function AttentionRow({ row }: { row: EndpointRow }) {
  const noted = row.attention_reason !== "";
  const tone = row.state === "silent" ? "quiet" : noted ? "warn" : row.state === "new" ? "new" : "ok";
  const words = noted ? row.attention_reason : row.state === "new" ? "new" : "no change";
  return (
    <tr className="h-9 border-b border-line last:border-b-0 hover:bg-bg">
      <td className="max-w-0 min-w-40 py-1 pl-3" style={{ width: "40%" }}>
        <EndpointLink endpoint={row} />
        <span className="block truncate text-[11px] leading-3.5 text-muted">{row.service}</span>
      </td>
      <td className="px-2 max-md:hidden">
        <EnvironmentChips ids={row.environments} />
      </td>
      <td className="max-w-52 px-2">
        <StateChip tone={tone} title={words}>
          {words}
        </StateChip>
      </td>
      <td className="px-2 text-right whitespace-nowrap">{latency(row.stats.p95_ms)}</td>
      <td className="px-2 text-right whitespace-nowrap max-sm:hidden">{share(row.stats.error_rate)}</td>
      <td className="px-2 text-right whitespace-nowrap max-sm:hidden">{perSecond(row.stats.requests_per_second)}</td>
      <td className="pr-3 max-md:hidden">
        <div className="flex justify-end">
          <Sparkline values={row.spark.p95_ms} width={80} height={22} color={tone === "warn" ? "--warn" : "--muted"} />
        </div>
      </td>
    </tr>
  );
}

/** One row an endpoint: its worst anomaly, and how many more it has. The list comes with the worst first. */
function worstByEndpoint(anomalies: Anomaly[]): { anomaly: Anomaly; more: number }[] {
  const byEndpoint = new Map<string, { anomaly: Anomaly; more: number }>();
  for (const anomaly of anomalies) {
    const known = byEndpoint.get(anomaly.endpoint.id);
    if (known) known.more += 1;
    else byEndpoint.set(anomaly.endpoint.id, { anomaly, more: 0 });
  }
  return [...byEndpoint.values()];
}

const ODD_TINTS: Record<Anomaly["severity"], string> = {
  critical: "bg-critical text-surface font-medium",
  high: "bg-critical-tint text-critical",
  medium: "bg-warn-tint text-warn",
  low: "text-muted",
};

function OddRow({ anomaly, more, row }: { anomaly: Anomaly; more: number; row: EndpointRow | undefined }) {
  const { severity } = anomaly;
  return (
    <tr className="h-9 border-b border-line last:border-b-0 hover:bg-bg" data-odd>
      <td className="max-w-0 min-w-40 py-1 pl-3" style={{ width: "40%" }}>
        <EndpointLink endpoint={anomaly.endpoint} />
        <span className="block truncate text-[11px] leading-3.5 text-muted">{anomaly.endpoint.service}</span>
      </td>
      <td className="px-2 max-md:hidden">
        <EnvironmentChips ids={[anomaly.environment]} />
      </td>
      <td className="max-w-52 px-2">
        <AnomalyLink
          anomaly={anomaly}
          className={`inline-flex h-5.5 max-w-full items-center gap-1.5 rounded px-1.5 text-[11px] leading-4 hover:underline ${ODD_TINTS[severity]}`}
        >
          <SeverityGlyph severity={severity} inherit />
          <span className="sr-only">{SEVERITY_NAMES[severity]} anomaly: </span>
          <span className="truncate" title={timelessSentence(anomaly)}>
            {shortText(anomaly)}
            {more > 0 && ` and ${more} more`}
          </span>
        </AnomalyLink>
      </td>
      <td className="px-2 text-right whitespace-nowrap">{latency(row?.stats.p95_ms)}</td>
      <td className="px-2 text-right whitespace-nowrap max-sm:hidden">{share(row?.stats.error_rate)}</td>
      <td className="px-2 text-right whitespace-nowrap max-sm:hidden">{perSecond(row?.stats.requests_per_second)}</td>
      <td className="pr-3 max-md:hidden">
        <div className="flex justify-end">
          <Sparkline values={row?.spark.p95_ms ?? []} width={80} height={22} color={severityColor(severity)} />
        </div>
      </td>
    </tr>
  );
}
