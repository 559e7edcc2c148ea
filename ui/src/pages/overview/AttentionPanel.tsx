// The endpoints the server ranks first. Owns the table; the ranking and its reason are the server's.
import { Link } from "@tanstack/react-router";
import type { EndpointPage, EndpointRow } from "../../api/types";
import { Sparkline } from "../../charts/Sparkline";
import { EndpointLink } from "../../parts/EndpointLink";
import { EnvironmentChips } from "../../parts/EnvironmentChips";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { StateChip } from "../../parts/StateChip";
import { travelling, type Search } from "../../scope/codec";
import { latency, perSecond, share } from "../../units";

interface AttentionPanelProps {
  page: EndpointPage | undefined;
  error: unknown;
  retry: () => void;
  refreshing: boolean;
  rows: number;
  className?: string;
}

const ROW_PX = 36;

export function AttentionPanel({ page, error, retry, refreshing, rows, className }: AttentionPanelProps) {
  const height = (rows + 1) * ROW_PX;
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
      ) : page.items.length === 0 ? (
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
              {page.items.map((row) => (
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
