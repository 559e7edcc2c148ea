// Figures of one endpoint, a row per environment or version.
import type { Stats } from "../../api/types";
import { Panel } from "../../parts/Panel";
import { count, latency, NO_VALUE, perSecond, share } from "../../units";

export interface StatsTableRow {
  key: string;
  name: string;
  title: string;
  stats: Stats;
  change: string | null;
  seen: string;
}

export function StatsTable({ title, first, rows }: { title: string; first: string; rows: StatsTableRow[] }) {
  return (
    <Panel title={title}>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={`${title} table`}>
        <table className="w-full min-w-160 text-xs">
          <thead>
            <tr className="h-8 border-b border-line text-right text-muted">
              <th scope="col" className="pl-3 text-left font-medium">
                {first}
              </th>
              <th scope="col" className="px-3 font-medium">
                p50
              </th>
              <th scope="col" className="px-3 font-medium">
                p95
              </th>
              <th scope="col" className="px-3 font-medium">
                p95 change
              </th>
              <th scope="col" className="px-3 font-medium">
                p99
              </th>
              <th scope="col" className="px-3 font-medium">
                Errors
              </th>
              <th scope="col" className="px-3 font-medium">
                Requests
              </th>
              <th scope="col" className="px-3 font-medium">
                Req/s
              </th>
              <th scope="col" className="pr-3 font-medium">
                Last seen
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, title: hint, stats, change, seen }) => (
              <tr key={key} className="h-9 border-b border-line text-right last:border-b-0">
                <th scope="row" className="max-w-52 truncate pl-3 text-left font-normal" title={hint}>
                  {name}
                </th>
                <td className="px-3">{latency(stats.p50_ms)}</td>
                <td className="px-3">{latency(stats.p95_ms)}</td>
                <td className="px-3 text-muted">{change ?? NO_VALUE}</td>
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
