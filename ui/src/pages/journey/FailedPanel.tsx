// Sessions that failed, newest first, with the requests of each.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fetchRequests } from "../../api/client";
import type { FailedSession, StepHealth } from "../../api/forecastTypes";
import { stepName } from "../../forecasting/journeyWords";
import { useNow } from "../../now";
import { Modal } from "../../parts/Modal";
import { Outcome } from "../../parts/Outcome";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useZone } from "../../scope/useScope";
import { absoluteTime } from "../../time/expression";
import { ago, clockMillis, dateTime } from "../../time/format";
import { latency } from "../../units";

const AROUND_MS = 30 * 60_000;
const REQUESTS_MAX = 100;

export function FailedPanel({ sessions, steps }: { sessions: FailedSession[]; steps: StepHealth[] }) {
  const zone = useZone();
  const now_ms = useNow();
  const [open, setOpen] = useState<FailedSession | null>(null);
  return (
    <Panel title="Failed sessions" note={sessions.length > 0 ? "newest first" : undefined}>
      {sessions.length === 0 ? (
        <Empty reason="No session failed in this range." />
      ) : (
        <ul className="max-h-96 divide-y divide-line overflow-auto border-t border-line text-xs" data-failed>
          {sessions.map((session, index) => {
            const step = steps[session.step];
            return (
              <li key={index} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-1.5">
                <button
                  type="button"
                  className="min-w-0 max-w-full truncate font-mono text-accent hover:underline"
                  onClick={() => setOpen(session)}
                  title="Its requests"
                >
                  {nameOf(session)}
                </button>
                <span className="text-muted">{session.consumer === null ? "trace" : "consumer"}</span>
                <span className="min-w-0 truncate">
                  step {session.step + 1}
                  {step && `, ${stepName(step)}`}, status {session.status_code}
                </span>
                <span className="ml-auto text-muted" title={dateTime(session.at_ms, zone)}>
                  {ago(session.at_ms, now_ms)}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {open && <SessionDialog session={open} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

function nameOf({ consumer, trace_id }: FailedSession): string {
  return consumer ?? trace_id ?? "unknown";
}

/** What this consumer or trace asked around the failure. */
function SessionDialog({ session, onClose }: { session: FailedSession; onClose: () => void }) {
  const zone = useZone();
  const parameters = {
    from: absoluteTime(session.at_ms - AROUND_MS),
    to: absoluteTime(session.at_ms + AROUND_MS),
    ...(session.consumer === null ? { trace_id: session.trace_id ?? "" } : { consumer: session.consumer }),
    sort: "-start",
    limit: REQUESTS_MAX,
  };
  const query = useQuery({
    queryKey: ["requests", "session", parameters],
    queryFn: ({ signal }) => fetchRequests(parameters, signal),
  });
  const items = query.data?.items;
  return (
    <Modal title={`Requests of ${nameOf(session)}`} open wide onOpenChange={(next) => !next && onClose()}>
      {!items && query.error ? (
        <Failure what="The requests" error={query.error} retry={() => void query.refetch()} />
      ) : !items ? (
        <Skeleton height={160} />
      ) : items.length === 0 ? (
        <Empty reason="Its requests are not kept any more." />
      ) : (
        <table className="w-full text-xs">
          <thead>
            <tr className="h-8 border-b border-line text-left text-muted">
              <th scope="col" className="pr-3 font-medium">
                Time
              </th>
              <th scope="col" className="pr-3 font-medium">
                Request
              </th>
              <th scope="col" className="pr-3 font-medium">
                Status
              </th>
              <th scope="col" className="text-right font-medium">
                Duration
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((request) => (
              <tr key={request.id} className="h-8 border-b border-line last:border-b-0">
                <td className="pr-3 whitespace-nowrap">{clockMillis(request.start_ms, zone)}</td>
                <td className="max-w-0 truncate pr-3 font-mono" style={{ width: "55%" }}>
                  <span className="text-muted">{request.endpoint.method}</span> {request.path || request.endpoint.route}
                </td>
                <td className="pr-3 whitespace-nowrap">
                  <Outcome request={request} />
                  {request.error_type && <span className="ml-2 text-muted">{request.error_type}</span>}
                </td>
                <td className="text-right whitespace-nowrap">{latency(request.duration_ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Modal>
  );
}
