// Earlier anomalies of the same endpoint and signal, and what people said about them.
import type { Anomaly } from "../../api/detectionTypes";
import { AnomalyLink } from "../../detection/AnomalyLink";
import { SeverityChip, VerdictChip } from "../../detection/chips";
import { bodyOf } from "../../detection/sentence";
import { CLOSE_NAMES, lasted, VERDICT_NAMES } from "../../detection/words";
import { useNow } from "../../now";
import { environmentNameOf } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { Empty } from "../../parts/states";
import { useZone } from "../../scope/useScope";
import { clock, dayMonth } from "../../time/format";
import { plural } from "../../units";

export function SimilarPanel({ similar, className }: { similar: Anomaly[]; className?: string }) {
  const zone = useZone();
  const now_ms = useNow();
  return (
    <Panel title="Similar before" note={judgedText(similar)} className={className}>
      {similar.length === 0 ? (
        <Empty reason="This endpoint had no anomaly of this signal before." />
      ) : (
        <ul className="divide-y divide-line border-t border-line text-xs">
          {similar.map((item) => (
            <li key={item.id} className="flex min-h-10 flex-wrap items-center gap-x-3 px-3 py-1">
              <span className="w-24 shrink-0 whitespace-nowrap text-muted">
                {dayMonth(item.onset_ms, zone)}, {clock(item.onset_ms, zone)}
              </span>
              <span className="w-18 shrink-0">
                <SeverityChip severity={item.severity} over />
              </span>
              <AnomalyLink anomaly={item} className="min-w-0 flex-1 truncate hover:text-accent hover:underline max-md:basis-full">
                {bodyOf(item)}
              </AnomalyLink>
              <span className="shrink-0 text-muted">{environmentNameOf(item.environment)}</span>
              <span className="w-14 shrink-0 text-right text-muted" title={item.close_reason ? CLOSE_NAMES[item.close_reason] : "open"}>
                {lasted(item, now_ms)}
              </span>
              <span className="flex w-32 shrink-0">
                {item.verdict ? <VerdictChip verdict={item.verdict} /> : <span className="px-1.5 text-muted">not judged</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** "2 false positive, 1 confirmed": the first thing to know before judging this one. */
function judgedText(similar: Anomaly[]): string | undefined {
  if (similar.length === 0) return undefined;
  const counted = (["confirmed", "false_positive", "expected_change"] as const)
    .map((verdict) => [verdict, similar.filter((item) => item.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${VERDICT_NAMES[verdict].toLowerCase()}`);
  return counted.length > 0 ? counted.join(", ") : `${plural(similar.length, "anomaly", "anomalies")}, none judged`;
}
