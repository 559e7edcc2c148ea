// Single requests worth reading: the slowest and the failing ones. Owns the two tables.
import { useState } from "react";
import { useRequests } from "../api/queries";
import type { Request } from "../api/types";
import { CopyButton } from "./CopyButton";
import { environmentName } from "./environment";
import { Outcome } from "./Outcome";
import { Panel } from "./Panel";
import { RequestDialog } from "./RequestDialog";
import { Empty, Failure, Skeleton } from "./states";
import type { Scope } from "../scope/codec";
import { useZone } from "../scope/useScope";
import { dateTimeMillis } from "../time/format";
import { latency } from "../units";

const ROWS = 25;

export function SampleTables({ scope }: { scope: Scope }) {
  const [open, setOpen] = useState<Request | null>(null);
  const slowest = useRequests(scope, { sort: "-duration", limit: ROWS });
  const failing = useRequests(scope, { sort: "-start", outcome: "server_error,client_error", limit: ROWS });
  return (
    <div className="flex flex-col gap-3">
      <SampleTable title="Slowest requests" query={slowest} empty="No requests in this range." onOpen={setOpen} />
      <SampleTable title="Failing requests" query={failing} empty="No request failed in this range." onOpen={setOpen} />
      <RequestDialog request={open} onClose={() => setOpen(null)} />
    </div>
  );
}

interface SampleTableProps {
  title: string;
  query: ReturnType<typeof useRequests>;
  empty: string;
  onOpen: (request: Request) => void;
}

function SampleTable({ title, query, empty, onOpen }: SampleTableProps) {
  const zone = useZone();
  const items = query.data?.items;
  return (
    <Panel
      title={title}
      note={title.startsWith("Failing") ? "newest first" : undefined}
      refreshing={query.isPlaceholderData}
    >
      {!items && query.error ? (
        <Failure what={title} error={query.error} retry={() => void query.refetch()} />
      ) : !items ? (
        <div className="px-3 pb-3">
          <Skeleton height={200} />
        </div>
      ) : items.length === 0 ? (
        <Empty reason={empty} />
      ) : (
        <div className="max-h-96 overflow-auto" tabIndex={0} role="region" aria-label={`${title} table`}>
          <table className="w-full min-w-200 text-xs">
            <thead className="sticky top-0 bg-surface">
              <tr className="h-8 border-b border-line text-left text-muted">
                <th scope="col" className="pl-3 font-medium">
                  Time
                </th>
                <th scope="col" className="px-3 text-right font-medium">
                  Duration
                </th>
                <th scope="col" className="px-3 font-medium">
                  Status
                </th>
                <th scope="col" className="px-3 font-medium">
                  Path
                </th>
                <th scope="col" className="px-3 font-medium">
                  Environment
                </th>
                <th scope="col" className="px-3 font-medium">
                  Version
                </th>
                <th scope="col" className="px-3 font-medium">
                  Trace
                </th>
                <th scope="col" className="pr-3">
                  <span className="sr-only">Details</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((request) => (
                <tr
                  key={request.id}
                  className="h-9 cursor-pointer border-b border-line last:border-b-0 hover:bg-bg"
                  onClick={(event) => (event.target as HTMLElement).closest("button") ?? onOpen(request)}
                >
                  <td className="pl-3 whitespace-nowrap">{dateTimeMillis(request.start_ms, zone)}</td>
                  <td className="px-3 text-right font-medium whitespace-nowrap">{latency(request.duration_ms)}</td>
                  <td className="px-3 whitespace-nowrap">
                    <Outcome request={request} />
                    {request.error_type && <span className="ml-2 text-muted">{request.error_type}</span>}
                  </td>
                  <td className="max-w-56 truncate px-3 font-mono" title={request.path}>
                    {request.path || "–"}
                  </td>
                  <td className="px-3 whitespace-nowrap" title={request.environment.id}>
                    {environmentName(request.environment)}
                  </td>
                  <td className="px-3 whitespace-nowrap">{request.version || "–"}</td>
                  <td className="px-3 whitespace-nowrap">
                    {request.trace_id ? (
                      <span className="inline-flex items-center gap-1">
                        <code className="font-mono" title={request.trace_id}>
                          {request.trace_id.slice(0, 8)}
                        </code>
                        <CopyButton text={request.trace_id} label="Copy trace id" />
                      </span>
                    ) : (
                      "–"
                    )}
                  </td>
                  <td className="pr-3 text-right">
                    <button
                      type="button"
                      className="h-6 rounded px-1 text-accent hover:underline"
                      onClick={() => onOpen(request)}
                    >
                      JSON
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
