// A deployment in a row: what came where, the verdict and its course, and on demand the numbers behind it.
import { ChevronDown, ChevronRight, ExternalLink, Siren } from "lucide-react";
import { useId } from "react";
import type { Deployment, DeploymentVerdict } from "../../api/incidentTypes";
import { DeploymentChip, DeploymentIcon } from "../../incidents/chips";
import { Comparisons } from "../../incidents/Comparisons";
import { IncidentLink } from "../../incidents/IncidentLink";
import { namedPlaces } from "../../incidents/sentence";
import { DEPLOYMENT_VERDICT_NAMES, EARLY_MS } from "../../incidents/words";
import { useNow } from "../../now";
import { environmentNameOf } from "../../parts/environment";
import { useZone } from "../../scope/useScope";
import { ago, clock, dateTime, dayMonth } from "../../time/format";
import { count } from "../../units";
import { safeLink } from "./filters";

const COURSE_MINUTES = [5, 15, 30];
const LATE_MS = 5 * 60_000; // A verdict comes some minutes after its time, when the requests are stored.

interface DeploymentRowProps {
  item: Deployment;
  open: boolean;
  onToggle: () => void;
}

export function DeploymentRow({ item, open, onToggle }: DeploymentRowProps) {
  const zone = useZone();
  const now_ms = useNow();
  const details = useId();
  const link = safeLink(item.link);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <li data-deployment={`${item.service} ${item.version}`}>
      <div className="grid grid-cols-[24px_minmax(0,1fr)_150px_minmax(0,1.5fr)_250px] items-start gap-x-3 gap-y-1.5 px-3 py-2.5 @max-5xl:grid-cols-[24px_minmax(0,1fr)]">
        <button
          type="button"
          className="flex size-6 items-center justify-center rounded text-muted hover:text-text disabled:opacity-40"
          aria-expanded={open}
          aria-controls={open ? details : undefined}
          aria-label={`Numbers behind ${item.service} ${item.version}`}
          onClick={onToggle}
        >
          <Chevron size={15} aria-hidden />
        </button>
        <div className="min-w-0">
          <p className="flex min-w-0 gap-1.5 text-sm leading-5" title={`${item.service} ${item.version}`}>
            <span className="min-w-0 truncate font-semibold">{item.service}</span>
            <span className="min-w-0 truncate font-mono text-xs leading-5">{item.version}</span>
          </p>
          <p className="truncate text-xs text-muted" title={item.environment}>
            {environmentNameOf(item.environment)}
          </p>
          <p className="truncate text-xs text-muted" title={dateTime(item.at_ms, zone)}>
            {dayMonth(item.at_ms, zone)}, {clock(item.at_ms, zone)}, {ago(item.at_ms, now_ms)}
          </p>
        </div>
        <div className="flex min-w-0 flex-col items-start gap-1 @max-5xl:col-start-2 @max-5xl:flex-row @max-5xl:items-center">
          <DeploymentChip deployment={item} now_ms={now_ms} />
          {item.incident_id && (
            <IncidentLink id={item.incident_id} className="inline-flex items-center gap-1 text-xs text-accent underline">
              <Siren size={12} aria-hidden /> its incident
            </IncidentLink>
          )}
        </div>
        <div className="min-w-0 text-xs leading-[18px] @max-5xl:col-start-2">
          <p className="line-clamp-3 break-words">
            {namedPlaces(item.verdict?.sentence ?? "") ||
              (now_ms - item.at_ms < EARLY_MS
                ? "The first verdict comes after five minutes."
                : "It was not judged: nothing was seen of it.")}
          </p>
          <p className="truncate text-muted">
            {item.is_reported ? "told by a pipeline" : "seen in requests"}
            {item.note ? `: ${item.note}` : ""}
            {link && (
              <a href={link} target="_blank" rel="noreferrer" className="ml-2 text-accent underline">
                change <ExternalLink size={11} className="inline" aria-hidden />
                <span className="sr-only"> (opens a new tab)</span>
              </a>
            )}
          </p>
        </div>
        <Course item={item} />
      </div>
      {open && (
        <div id={details} className="border-t border-line bg-bg/50 pl-6 @max-5xl:pl-0">
          <Details verdict={item.verdict} />
        </div>
      )}
    </li>
  );
}

/** Three small marks with words. */
function Course({ item }: { item: Deployment }) {
  const now_ms = useNow();
  return (
    <ol className="flex flex-col text-xs leading-[18px] @max-5xl:col-start-2" aria-label="Course" data-course>
      {COURSE_MINUTES.map((minutes, index) => {
        const kind = item.course[index];
        const due = now_ms - item.at_ms > minutes * 60_000 + LATE_MS;
        const color =
          kind === "degraded" ? "text-critical" : kind === "healthy" ? "text-ok" : "text-muted";
        return (
          <li key={minutes} className="flex items-center gap-1.5">
            <span className="w-22 shrink-0 text-muted">after {minutes} min</span>
            <span className={`inline-flex items-center gap-1 whitespace-nowrap ${color}`}>
              <DeploymentIcon kind={kind ?? "none"} />
              {kind ? DEPLOYMENT_VERDICT_NAMES[kind].toLowerCase() : due ? "not judged" : "not yet"}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Details({ verdict }: { verdict: DeploymentVerdict | null }) {
  const zone = useZone();
  if (!verdict) return <p className="px-3 py-4 text-xs text-muted">There is nothing to show before the first verdict.</p>;
  return (
    <div data-deployment-details>
      <p className="px-3 pt-3 text-xs text-muted">
        Judged {dateTime(verdict.judged_ms, zone)}, {verdict.after_minutes} minutes after it came
        {verdict.previous_version ? `, against ${verdict.previous_version}` : ""}.
      </p>
      {verdict.comparisons.length > 0 && <Comparisons items={verdict.comparisons} label="Comparisons" />}
      {verdict.new_error_types.length > 0 && (
        <section className="px-3 pb-3 text-xs" aria-label="New error types">
          <h2 className="mb-1 font-semibold">Error types that the version before did not have</h2>
          <ul className="flex flex-wrap gap-x-5 gap-y-1">
            {verdict.new_error_types.map(([name, requests]) => (
              <li key={name} className="flex max-w-full min-w-0 gap-1.5">
                <span className="min-w-0 truncate font-mono text-critical" title={name}>
                  {name}
                </span>
                <span className="shrink-0 text-muted">{count(requests)} requests</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
