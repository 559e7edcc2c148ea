// How the endpoint answered: requests per status code as bars.
import type { EndpointDetail } from "../../api/types";
import { Panel } from "../../parts/Panel";
import { share } from "../../units";

export function StatusPanel({ statuses }: { statuses: EndpointDetail["statuses"] }) {
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
                style={{
                  width: `${Math.max(0.5, (requests / total) * 100)}%`,
                  background: `var(${statusColor(status)})`,
                }}
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
