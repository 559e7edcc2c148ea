// One line of the live log. Memoised: a batch of new rows must not redraw the old ones.
import { memo } from "react";
import type { Request } from "../../api/types";
import { environmentName, environmentTag } from "../../parts/environment";
import { Outcome } from "../../parts/Outcome";
import { clockMillis } from "../../time/format";
import { latency } from "../../units";

interface LogRowProps {
  request: Request;
  zone: string;
  top: number;
  height: number;
  onOpen: () => void;
}

export const LogRow = memo(
  function LogRow({ request, zone, top, height, onOpen }: LogRowProps) {
    const { endpoint, environment } = request;
    return (
      <button
        type="button"
        className="absolute inset-x-0 flex items-center gap-3 border-b border-line px-3 text-left whitespace-nowrap hover:bg-bg focus-visible:-outline-offset-2"
        style={{ height, transform: `translateY(${top}px)` }}
        onClick={onOpen}
      >
        <span className="shrink-0 text-muted">{clockMillis(request.start_ms, zone)}</span>
        <span className="w-14 shrink-0">
          <Outcome request={request} />
        </span>
        <span className="w-18 shrink-0 text-right max-sm:w-14">{latency(request.duration_ms)}</span>
        <span className="w-6 shrink-0 text-muted max-md:hidden" title={environmentName(environment)}>
          {environmentTag(environment.id)}
        </span>
        <span className="w-24 shrink-0 truncate text-muted max-md:hidden">{endpoint.service}</span>
        <span className="min-w-0 truncate">
          <span className="text-muted">{endpoint.method}</span> {request.path || endpoint.route}
        </span>
        {request.error_type && (
          <span className="min-w-0 shrink-[2] truncate text-critical max-md:hidden">{request.error_type}</span>
        )}
        <span className="ml-auto shrink-0 pl-2 text-muted max-rail:hidden">{request.instance}</span>
      </button>
    );
  },
  (before, after) =>
    before.request === after.request &&
    before.top === after.top &&
    before.zone === after.zone &&
    before.height === after.height,
);
