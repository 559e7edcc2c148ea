// Incidents as a short list beside other things: when, how bad, what, the verdict, how long.
import type { Incident } from "../api/incidentTypes";
import { SeverityChip } from "../detection/chips";
import { useNow } from "../now";
import { useZone } from "../scope/useScope";
import { clock, dayMonth } from "../time/format";
import { VerdictChip } from "./chips";
import { IncidentLink } from "./IncidentLink";
import { bareTitle, verdictOf } from "./sentence";
import { incidentLasted } from "./words";

export function IncidentItems({ incidents }: { incidents: Incident[] }) {
  const zone = useZone();
  const now_ms = useNow();
  return (
    <ul className="@container divide-y divide-line text-xs">
      {incidents.map((item) => (
        <li key={item.id} className="flex min-h-10 flex-wrap items-center gap-x-3 px-3 py-1" title={verdictOf(item, zone, now_ms) ?? undefined}>
          <span className="w-24 shrink-0 whitespace-nowrap text-muted @max-2xl:w-auto">
            {dayMonth(item.onset_ms, zone)}, {clock(item.onset_ms, zone)}
          </span>
          <span className="w-18 shrink-0 @max-2xl:w-auto">
            <SeverityChip severity={item.severity} over={item.closed_ms !== null} />
          </span>
          <IncidentLink
            id={item.id}
            className="min-w-0 flex-1 truncate hover:text-accent hover:underline @max-2xl:order-last @max-2xl:basis-full"
          >
            {bareTitle(item)}
          </IncidentLink>
          <span className="@max-2xl:ml-auto">
            <VerdictChip verdict={item.verdict} />
          </span>
          <span className="w-14 shrink-0 text-right whitespace-nowrap text-muted @max-2xl:w-auto">
            {incidentLasted(item, now_ms)}
          </span>
        </li>
      ))}
    </ul>
  );
}
