// What a marker on a chart stands for. Owns its place in the top layer, where no panel cuts it off, and how much is
// said: of one or two all of it, of many one line each.
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, TriangleAlert } from "lucide-react";
import { useEffect, useRef } from "react";
import type { DeploymentMark } from "../api/detectionTypes";
import { AnomalyLink, anomalySearch } from "../detection/AnomalyLink";
import { sentenceInZone } from "../detection/sentence";
import { SeverityGlyph } from "../detection/SeverityGlyph";
import { shortText } from "../detection/words";
import { useNow } from "../now";
import { environmentNameOf } from "../parts/environment";
import { travelling, type Search } from "../scope/codec";
import { absoluteTime } from "../time/expression";
import { clockSeconds } from "../time/format";
import { DeploymentGlyph } from "./DeploymentGlyph";
import { foremost, type MarkCluster, type MarkEvent } from "./marks";
import { anomalyTitle, deploymentTitle, DEPLOYMENT_WORDS } from "./markWords";

const CARD_PX = 300;
const EVENTS_MAX = 6;
const WHOLE_MAX = 2;

export function MarkerCard({ cluster, zone }: { cluster: MarkCluster; zone: string }) {
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = card.current;
    const anchor = element?.parentElement?.getBoundingClientRect();
    if (!element || !anchor) return;
    element.showPopover();
    const left = Math.min(Math.max(8, anchor.left + anchor.width / 2 - CARD_PX / 2), innerWidth - CARD_PX - 8);
    const below = anchor.bottom + element.offsetHeight < innerHeight - 8;
    element.style.left = `${left}px`;
    element.style.top = `${below ? anchor.bottom - 2 : Math.max(8, anchor.top - element.offsetHeight + 2)}px`;
  }, []);
  const { events } = cluster;
  const whole = events.length <= WHOLE_MAX;
  return (
    <div
      ref={card}
      popover="manual"
      className="fixed inset-auto m-0 w-75 rounded-lg border border-line bg-raised p-0 text-text shadow-(--shadow)"
    >
      <ul className="flex max-h-96 flex-col divide-y divide-line overflow-auto text-xs">
        {foremost(cluster, EVENTS_MAX).map((event) => (
          <li
            key={event.type === "anomaly" ? event.anomaly.id : `${deploymentTitle(event.deployment)} ${event.at_ms}`}
            className="flex flex-col gap-0.5 px-3 py-2"
          >
            <Title event={event} zone={zone} />
            <Body event={event} zone={zone} whole={whole} />
          </li>
        ))}
        {events.length > EVENTS_MAX && <More cluster={cluster} />}
      </ul>
    </div>
  );
}

function Title({ event, zone }: { event: MarkEvent; zone: string }) {
  return (
    <p className="flex items-center gap-1.5 text-muted">
      {event.type === "anomaly" ? <SeverityGlyph severity={event.anomaly.severity} /> : <DeploymentGlyph verdict={event.deployment.verdict} />}
      <span className="min-w-0 truncate font-medium text-text">
        {event.type === "anomaly"
          ? anomalyTitle(event.anomaly)
          : deploymentTitle({ ...event.deployment, verdict: null })}
      </span>
      <span className="ml-auto shrink-0">{clockSeconds(event.at_ms, zone)}</span>
    </p>
  );
}

function Body({ event, zone, whole }: { event: MarkEvent; zone: string; whole: boolean }) {
  const now_ms = useNow();
  if (event.type === "deployment") {
    return (
      <>
        <p className="truncate text-muted">{environmentNameOf(event.deployment.environment)}</p>
        <Verdict verdict={event.deployment.verdict ?? null} />
      </>
    );
  }
  const { anomaly } = event;
  if (whole) {
    return (
      <>
        <p className="break-words">{sentenceInZone(anomaly, zone, now_ms)}</p>
        <AnomalyLink anomaly={anomaly} className="self-start text-accent underline">
          Investigate
        </AnomalyLink>
      </>
    );
  }
  return (
    <AnomalyLink anomaly={anomaly} className="block min-w-0 hover:text-accent hover:underline">
      <span className="block truncate">
        <span className="font-mono text-[11px]">
          {anomaly.endpoint.method} {anomaly.endpoint.route}
        </span>{" "}
        {shortText(anomaly)}
      </span>
      <span className="block truncate text-muted">{environmentNameOf(anomaly.environment)}</span>
    </AnomalyLink>
  );
}

const VERDICT_LOOK = {
  healthy: [CircleCheck, "text-ok"],
  degraded: [TriangleAlert, "font-medium text-critical"],
  not_enough_traffic: [CircleDashed, "text-muted"],
} as const;

function Verdict({ verdict }: { verdict: NonNullable<DeploymentMark["verdict"]> | null }) {
  if (!verdict) return null;
  const [Icon, color] = VERDICT_LOOK[verdict];
  return (
    <p className="flex items-center gap-1.5">
      <span className={`inline-flex items-center gap-1 ${color}`}>
        <Icon size={12} aria-hidden /> <span className="inline-block first-letter:uppercase">{DEPLOYMENT_WORDS[verdict]}</span>
      </span>
      <Link to="/deployments" search={anomalySearch as never} className="ml-auto text-accent underline">
        Deployments
      </Link>
    </p>
  );
}

/** The list of the time that the marker covers. */
function More({ cluster: { events } }: { cluster: MarkCluster }) {
  const from = absoluteTime(Math.floor(events[0]!.at_ms / 60_000) * 60_000);
  const to = absoluteTime(Math.ceil((events[events.length - 1]!.at_ms + 1) / 60_000) * 60_000);
  const search = (previous: Search) => ({ ...travelling(previous), from, to, state: "all" });
  return (
    <li className="px-3 py-2">
      <Link to="/anomalies" search={search as never} className="text-accent underline">
        and {events.length - EVENTS_MAX} more
      </Link>
    </li>
  );
}
