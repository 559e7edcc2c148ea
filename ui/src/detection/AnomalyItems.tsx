// Anomalies as a short list beside other things: when, how bad, what, where, how long, how judged.
import type { Anomaly } from "../api/detectionTypes";
import { useNow } from "../now";
import { environmentNameOf } from "../parts/environment";
import { useZone } from "../scope/useScope";
import { clock, dayMonth } from "../time/format";
import { AnomalyLink } from "./AnomalyLink";
import { HandledChip, SeverityChip } from "./chips";
import { bodyOf, timelessSentence } from "./sentence";
import { CLOSE_NAMES, lasted } from "./words";

interface AnomalyItemsProps {
  anomalies: Anomaly[];
  /** Also says at which endpoint, for lists of several. */
  withEndpoint?: boolean;
  /** A backtest's anomalies exist nowhere and have no page. */
  unlinked?: boolean;
}

export function AnomalyItems({ anomalies, withEndpoint, unlinked }: AnomalyItemsProps) {
  const zone = useZone();
  const now_ms = useNow();
  return (
    <ul className="@container divide-y divide-line text-xs">
      {anomalies.map((item) => {
        const words = (
          <>
            {withEndpoint && (
              <span className="mr-1 font-mono text-[11px]">
                {item.endpoint.method} {item.endpoint.route}
              </span>
            )}
            {bodyOf(item)}
          </>
        );
        const place = "min-w-0 flex-1 truncate @max-2xl:order-last @max-2xl:basis-full";
        return (
          <li
            key={item.id}
            className="flex min-h-10 flex-wrap items-center gap-x-3 px-3 py-1"
            title={timelessSentence(item)}
          >
            <span className="w-24 shrink-0 whitespace-nowrap text-muted @max-2xl:w-auto">
              {dayMonth(item.onset_ms, zone)}, {clock(item.onset_ms, zone)}
            </span>
            <span className="w-18 shrink-0 @max-2xl:w-auto">
              <SeverityChip severity={item.severity} over={item.closed_ms !== null} />
            </span>
            {unlinked ? (
              <span className={place}>{words}</span>
            ) : (
              <AnomalyLink anomaly={item} className={`${place} hover:text-accent hover:underline`}>
                {words}
              </AnomalyLink>
            )}
            <span className="max-w-40 min-w-0 truncate text-muted @max-2xl:ml-auto @max-2xl:max-w-28">
              {environmentNameOf(item.environment)}
            </span>
            <span
              className="w-14 shrink-0 text-right whitespace-nowrap text-muted @max-2xl:w-auto"
              title={item.close_reason ? CLOSE_NAMES[item.close_reason] : "open"}
            >
              {lasted(item, now_ms)}
            </span>
            {!unlinked && (
              <span className="flex w-30 shrink-0 @max-2xl:w-auto">
                <HandledChip anomaly={item} />
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
