// What broke and why: candidates for the cause, best first, with how much each explains. Owns saying honestly when no
// change was seen; and the limits of the conclusion, in plain sight.
import { Boxes, Cloud, Flag, GitCompareArrows, Info, Server, Shuffle, type LucideIcon } from "lucide-react";
import type { Cause, CauseKind, Diagnosis, Incident } from "../../api/incidentTypes";
import { inZone, namedPlaces } from "../../incidents/sentence";
import { CAUSE_NAMES, subjectText } from "../../incidents/words";
import { useNow } from "../../now";
import { Panel } from "../../parts/Panel";
import { Empty } from "../../parts/states";
import { useZone } from "../../scope/useScope";
import { clockSeconds, dateTime } from "../../time/format";
import { count, duration, latency, share } from "../../units";

const ICONS: Record<CauseKind, LucideIcon> = {
  version: GitCompareArrows,
  instance: Server,
  environment: Cloud,
  dependency: Boxes,
  traffic: Shuffle,
  first_affected: Flag,
};

interface CausesPanelProps {
  incident: Incident;
  diagnosis: Diagnosis;
  className?: string;
}

export function CausesPanel({ incident, diagnosis, className }: CausesPanelProps) {
  const { causes, notes } = diagnosis;
  const zone = useZone();
  return (
    <Panel title="What broke and why" note={`as of ${clockSeconds(diagnosis.made_ms, zone)}`} className={className}>
      {causes.length === 0 ? (
        <Empty reason="No change was seen that explains it." />
      ) : (
        <ol className="divide-y divide-line" data-causes>
          {causes.map((cause, index) => (
            <Item key={index} cause={cause} rank={index + 1} onset_ms={incident.onset_ms} />
          ))}
        </ol>
      )}
      {notes.length > 0 && (
        <section aria-labelledby="limits" className="border-t border-line px-3 py-2.5 text-xs" data-notes>
          <h3 id="limits" className="mb-1 flex items-center gap-1.5 font-semibold">
            <Info size={13} className="shrink-0 text-info" aria-hidden /> What limits this conclusion
          </h3>
          <ul className="list-disc pl-5 text-muted">
            {notes.map((note, index) => (
              <li key={index} className="break-words">
                {namedPlaces(note)}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Panel>
  );
}

function Item({ cause, rank, onset_ms }: { cause: Cause; rank: number; onset_ms: number }) {
  const zone = useZone();
  const now_ms = useNow();
  const Icon = ICONS[cause.kind];
  const first = cause.kind === "first_affected";
  return (
    <li className="px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs">
        <span className="w-4 shrink-0 text-muted" aria-hidden>
          {rank}.
        </span>
        <span
          className={`inline-flex h-5.5 items-center gap-1.5 rounded border px-1.5 text-[11px] leading-4 ${first ? "border-dashed border-line-strong text-muted" : "border-line-strong font-medium"}`}
        >
          <Icon size={12} className="shrink-0" aria-hidden />
          {CAUSE_NAMES[cause.kind]}
        </span>
        <span className="min-w-0 font-medium break-words">{subjectText(cause.subject)}</span>
      </div>
      <div className="mt-1.5 flex items-center gap-2 pl-6 text-xs">
        <span className="h-2.5 min-w-12 flex-1 overflow-hidden rounded-sm bg-bg" aria-hidden>
          <span
            className={`block h-full rounded-sm ${first ? "hatched border border-line-strong" : ""}`}
            style={{
              width: `${Math.min(1, Math.max(0, cause.explained)) * 100}%`,
              background: first ? undefined : "var(--series-2)",
            }}
          />
        </span>
        <span className="shrink-0 whitespace-nowrap">
          {first ? `${share(cause.explained)} began here` : `explains ${share(cause.explained)}`}
        </span>
      </div>
      <p className="mt-1 pl-6 break-words">{inZone(cause.sentence, cause.onset_ms, zone, now_ms)}</p>
      <p className="mt-0.5 pl-6 text-xs text-muted">
        {first && "No change was seen; being slow or failing is no cause. "}
        <span title={dateTime(cause.onset_ms, zone)}>
          {first ? "First odd" : "Changed"} {clockSeconds(cause.onset_ms, zone)}, {offset(cause.onset_ms - onset_ms)}
        </span>
        {harmText(cause)}
      </p>
    </li>
  );
}

function offset(offset_ms: number): string {
  if (Math.abs(offset_ms) < 1000) return "when it began";
  return `${duration(Math.abs(offset_ms))} ${offset_ms < 0 ? "before" : "after"} it began`;
}

function harmText({ failed, slow, self_ms }: Cause): string {
  const parts = [
    failed >= 1 && `${count(Math.round(failed))} failures began here`,
    slow >= 1 && `${count(Math.round(slow))} slow by its own work`,
    self_ms >= 1 && `${latency(self_ms)} more own time a request`,
  ].filter(Boolean);
  return parts.length > 0 ? `; ${parts.join(", ")}` : "";
}
