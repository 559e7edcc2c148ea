// Alerts as a short list beside other things: since when, how bad, what, in which state.
import type { Alert } from "../api/alertTypes";
import { SeverityChip } from "../detection/chips";
import { useZone } from "../scope/useScope";
import { clock, dateTime, dayMonth } from "../time/format";
import { AlertLink } from "./AlertLink";
import { AlertStateChip } from "./chips";
import { rowSentence } from "./sentence";

export function AlertItems({ alerts }: { alerts: Alert[] }) {
  const zone = useZone();
  return (
    <ul className="@container divide-y divide-line text-xs">
      {alerts.map((item) => (
        <li key={item.id} className="flex min-h-10 flex-wrap items-center gap-x-3 px-3 py-1">
          <span
            className="w-24 shrink-0 whitespace-nowrap text-muted @max-2xl:w-auto"
            title={dateTime(item.started_ms, zone)}
          >
            {dayMonth(item.started_ms, zone)}, {clock(item.started_ms, zone)}
          </span>
          <span className="w-18 shrink-0 @max-2xl:w-auto">
            <SeverityChip severity={item.severity} over={item.resolved_ms !== null} />
          </span>
          <AlertLink
            id={item.id}
            className="min-w-0 flex-1 truncate hover:text-accent hover:underline @max-2xl:order-last @max-2xl:basis-full"
          >
            <Words alert={item} />
          </AlertLink>
          <span className="shrink-0">
            <AlertStateChip alert={item} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Words({ alert }: { alert: Alert }) {
  const { heading, isPlace, body } = rowSentence(alert);
  return (
    <>
      <span className={`mr-1.5 ${isPlace ? "font-mono text-[11px]" : "font-medium"}`}>{heading}</span>
      {body}
    </>
  );
}
