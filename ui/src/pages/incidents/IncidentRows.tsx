// The list of incidents, newest first. Owns its keys, what waits while somebody reads, and the look of a row.
import { Activity, ArrowUp, Clock, Users } from "lucide-react";
import { useRef, useState } from "react";
import type { Incident } from "../../api/incidentTypes";
import { SeverityChip } from "../../detection/chips";
import { reduceList } from "../../detection/keys";
import { useKeys } from "../../detection/useKeys";
import { IncidentStateChip, VerdictChip } from "../../incidents/chips";
import { IncidentLink } from "../../incidents/IncidentLink";
import { bareTitle, titleOf, verdictOf } from "../../incidents/sentence";
import { incidentLasted, namedText } from "../../incidents/words";
import { useNow } from "../../now";
import { environmentNameOf } from "../../parts/environment";
import { useScope, useZone } from "../../scope/useScope";
import { clock, dateTime, dayMonth } from "../../time/format";
import { count, plural } from "../../units";
import { useHeldBack } from "../anomalies/held";

interface IncidentRowsProps {
  incidents: Incident[];
  total: number;
  /** Asks for the next page; there is none without it. */
  more?: () => void;
  loading: boolean;
}

const onsetOf = (incident: Incident) => incident.detected_ms;

export function IncidentRows({ incidents, total, more, loading }: IncidentRowsProps) {
  const { state, severity, verdict, q, env, ep, from, to } = useScope();
  const list = useRef<HTMLOListElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const [hovered, setHovered] = useState(false);
  const view = JSON.stringify([state, severity, verdict, q, env, ep, from, to]);
  const { shown, waiting, release } = useHeldBack(incidents, onsetOf, hovered || active !== null, view);
  const ids = shown.map((item) => item.id);

  useKeys(list, (intent) => {
    if (intent.type !== "move") return false;
    const place = active === null ? 0 : Math.max(0, ids.indexOf(active));
    const next = reduceList({ active, place, selected: [] }, intent, ids).active;
    setActive(next);
    list.current?.querySelector<HTMLElement>(`[data-incident="${next}"] a`)?.focus();
    return true;
  });

  return (
    <>
      {waiting > 0 && (
        <button
          type="button"
          className="mx-auto mb-2 flex h-7 items-center gap-1.5 rounded-full bg-accent px-3 font-medium text-on-accent"
          onClick={release}
        >
          <ArrowUp size={14} aria-hidden /> {plural(waiting, "new incident")}
        </button>
      )}
      <ol
        ref={list}
        aria-label="Incidents, newest first"
        className="panel @container divide-y divide-line overflow-clip"
        onPointerEnter={(event) => event.pointerType === "mouse" && setHovered(true)}
        onPointerLeave={() => setHovered(false)}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setActive(null)}
      >
        {shown.map((incident) => (
          <Row key={incident.id} incident={incident} onFocus={() => setActive(incident.id)} />
        ))}
      </ol>
      <p className="mt-2 flex items-center gap-3 text-xs text-muted">
        {ids.length} of {plural(total, "incident")}
        {more && (
          <button type="button" className="control" onClick={more} disabled={loading}>
            {loading ? "Loading more" : "Show more"}
          </button>
        )}
      </p>
    </>
  );
}

function Row({ incident, onFocus }: { incident: Incident; onFocus: () => void }) {
  const zone = useZone();
  const now_ms = useNow();
  const over = incident.closed_ms !== null;
  const today = dayMonth(incident.onset_ms, zone) === dayMonth(now_ms, zone);
  const { services, environments } = incident;
  return (
    <li
      data-incident={incident.id}
      className={`relative flex gap-x-4 gap-y-1.5 px-3 py-2.5 hover:bg-bg has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2 has-[a:focus-visible]:outline-accent @max-3xl:flex-col ${over ? "text-muted" : ""}`}
    >
      <div className="w-19 shrink-0">
        <SeverityChip severity={incident.severity} over={over} />
      </div>
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <IncidentLink
            id={incident.id}
            className={`max-w-full min-w-0 truncate text-sm leading-5 outline-none after:absolute after:inset-0 hover:underline ${over ? "" : "font-semibold"}`}
            title={titleOf(incident)}
          >
            <span onFocus={onFocus}>{bareTitle(incident)}</span>
          </IncidentLink>
          <VerdictChip verdict={incident.verdict} />
          <IncidentStateChip incident={incident} />
        </p>
        <p className="mt-0.5 line-clamp-2 max-w-4xl break-words">
          {verdictOf(incident, zone, now_ms) ?? "It has just begun; the first diagnosis takes some seconds."}
        </p>
        <p className="mt-1 flex min-w-0 flex-wrap gap-x-1.5 text-xs leading-4 text-muted">
          <span className="max-w-full truncate" title={services.join(", ")}>
            {namedText(services)}
          </span>
          <span aria-hidden>·</span>
          <span className="max-w-full truncate" title={environments.map(environmentNameOf).join(", ")}>
            {namedText(environments.map(environmentNameOf))}
          </span>
        </p>
      </div>
      <dl className="grid w-56 shrink-0 grid-cols-[auto_1fr] content-start gap-x-2 text-xs leading-5 @max-3xl:flex @max-3xl:w-auto @max-3xl:flex-wrap @max-3xl:gap-x-4">
        <Fact name="Since" icon={<Clock size={12} aria-hidden />} title={dateTime(incident.onset_ms, zone)}>
          {today ? "" : `${dayMonth(incident.onset_ms, zone)}, `}
          {clock(incident.onset_ms, zone)},{" "}
          {over ? `for ${incidentLasted(incident, now_ms)}` : `open ${incidentLasted(incident, now_ms)}`}
        </Fact>
        <Fact name="Hurt" icon={<Users size={12} aria-hidden />}>
          {count(Math.round(incident.requests_hurt))} requests hurt
        </Fact>
        <Fact name="Anomalies" icon={<Activity size={12} aria-hidden />}>
          {plural(incident.anomalies, "anomaly", "anomalies")}
          {incident.anomalies_open > 0 && incident.anomalies_open < incident.anomalies
            ? `, ${incident.anomalies_open} open`
            : ""}
        </Fact>
      </dl>
    </li>
  );
}

interface FactProps {
  name: string;
  icon: React.ReactNode;
  title?: string;
  children: React.ReactNode;
}

function Fact({ name, icon, title, children }: FactProps) {
  return (
    <div className="contents @max-3xl:flex @max-3xl:items-center @max-3xl:gap-1.5" title={title}>
      <dt className="flex h-5 items-center text-muted">
        {icon}
        <span className="sr-only">{name}</span>
      </dt>
      <dd className="min-w-0 truncate">{children}</dd>
    </div>
  );
}
