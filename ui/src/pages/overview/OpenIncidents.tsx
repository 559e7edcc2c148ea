// Incidents that are open lead the overview: the worst with its verdict, the others in one line each. Nothing without one.
import { ArrowRight } from "lucide-react";
import { useOpenIncidents } from "../../api/incidentQueries";
import type { Incident } from "../../api/incidentTypes";
import { SEVERITIES, SEVERITY_NAMES } from "../../detection/words";
import { SeverityGlyph } from "../../detection/SeverityGlyph";
import { IncidentLink } from "../../incidents/IncidentLink";
import { titleOf, verdictOf } from "../../incidents/sentence";
import { incidentLasted } from "../../incidents/words";
import { Link } from "@tanstack/react-router";
import { anomalySearch } from "../../detection/AnomalyLink";
import { useNow } from "../../now";
import { useZone } from "../../scope/useScope";
import { plural } from "../../units";

const TINTS: Record<Incident["severity"], string> = {
  critical: "border-critical bg-critical-tint",
  high: "border-critical bg-critical-tint",
  medium: "border-warn bg-warn-tint",
  low: "border-line",
};

export function OpenIncidents() {
  const { data } = useOpenIncidents();
  const now_ms = useNow();
  const zone = useZone();
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  const worst = worstOf(items);
  const others = items.filter((item) => item !== worst);
  const severity = SEVERITY_NAMES[worst.severity];
  return (
    <section
      aria-label="Open incidents"
      className={`panel overflow-clip ${TINTS[worst.severity]}`}
      data-open-incidents
    >
      <div className="flex items-start gap-3 px-3 py-2.5 max-sm:flex-wrap">
        <span className="mt-0.5 shrink-0">
          <SeverityGlyph severity={worst.severity} size={15} />
        </span>
        <div className="min-w-0 flex-1 max-sm:basis-4/5" role="status">
          <p className="break-words">
            <strong className="font-semibold">
              {data!.total === 1 ? `${severity} incident` : `${plural(data!.total, "open incident")}, the worst ${severity.toLowerCase()}`}:{" "}
              {titleOf(worst)}
            </strong>
          </p>
          <p className="max-w-5xl break-words">{verdictOf(worst, zone, now_ms) ?? "It is being diagnosed."}</p>
        </div>
        <IncidentLink
          id={worst.id}
          className="inline-flex shrink-0 items-center gap-1 font-medium whitespace-nowrap text-accent underline max-sm:ml-7"
        >
          What broke and why <ArrowRight size={13} aria-hidden />
        </IncidentLink>
      </div>
      {others.length > 0 && (
        <ul className="divide-y divide-line border-t border-line bg-surface text-xs">
          {others.map((item) => (
            <li key={item.id} className="flex min-h-8 items-center gap-2 px-3">
              <SeverityGlyph severity={item.severity} />
              <span className="sr-only">{SEVERITY_NAMES[item.severity]}</span>
              <IncidentLink id={item.id} className="shrink-0 max-w-1/2 truncate font-medium hover:text-accent hover:underline">
                {titleOf(item)}
              </IncidentLink>
              <span className="min-w-0 flex-1 truncate text-muted max-sm:hidden" title={verdictOf(item, zone, now_ms) ?? undefined}>
                {verdictOf(item, zone, now_ms) ?? "being diagnosed"}
              </span>
              <span className="ml-auto shrink-0 text-muted">open {incidentLasted(item, now_ms)}</span>
            </li>
          ))}
          {data!.total > items.length && (
            <li className="px-3 py-1.5">
              <Link to="/incidents" search={anomalySearch as never} className="text-accent underline">
                All {data!.total} open incidents
              </Link>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

/** Most severe, then most requests hurt. */
function worstOf(items: Incident[]): Incident {
  const rank = (item: Incident) => SEVERITIES.indexOf(item.severity);
  return items.reduce((worst, next) =>
    rank(next) < rank(worst) || (rank(next) === rank(worst) && next.requests_hurt > worst.requests_hurt) ? next : worst,
  );
}
