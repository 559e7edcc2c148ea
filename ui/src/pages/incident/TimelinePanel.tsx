// How it grew: deployments and anomalies as lanes on one time axis, and beside them what happened to the incident.
import { useState } from "react";
import type { Anomaly } from "../../api/detectionTypes";
import type { Deployment, IncidentDetail, IncidentEvent } from "../../api/incidentTypes";
import { DeploymentGlyph } from "../../charts/DeploymentGlyph";
import { AnomalyLink } from "../../detection/AnomalyLink";
import { timelessSentence } from "../../detection/sentence";
import { SeverityGlyph, severityColor } from "../../detection/SeverityGlyph";
import { SEVERITY_NAMES, SIGNAL_NAMES } from "../../detection/words";
import { DeploymentChip } from "../../incidents/chips";
import { anomalyLanes, placeIn, spanOf, type TimeSpan } from "../../incidents/lanes";
import { inZone } from "../../incidents/sentence";
import { deploymentVerdictName, EVENT_NAMES } from "../../incidents/words";
import { useNow } from "../../now";
import { environmentNameOf } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { useZone } from "../../scope/useScope";
import { clock, clockSeconds, dateTime, dayMonth } from "../../time/format";

const LANES_FIRST = 10;
const GAP = 0.15; // Of the width: 24 px on the narrowest screen.

export function TimelinePanel({ detail }: { detail: IncidentDetail }) {
  const { anomalies, deployments, events, incident } = detail;
  const zone = useZone();
  const now_ms = useNow();
  const [all, setAll] = useState(false);
  const moments = [incident.onset_ms, ...deployments.map((item) => item.at_ms)];
  const span = spanOf(anomalies, moments, now_ms);
  const lanes = anomalyLanes(anomalies, (span.to_ms - span.from_ms) * GAP);
  const shown = all ? lanes : lanes.slice(0, LANES_FIRST);
  return (
    <Panel title="Timeline" note="deployments and anomalies">
      <div className="grid grid-cols-3 gap-x-4 px-3 pb-3 max-rail:grid-cols-1">
        <div className="col-span-2 min-w-0 max-rail:col-span-1">
          <ul className="text-xs" aria-label="Deployments and anomalies over time">
            {deployments.map((item) => (
              <DeploymentLane key={`${item.service} ${item.environment} ${item.version}`} item={item} span={span} />
            ))}
            {shown.map((lane) => (
              <Lane key={lane.key} anomalies={lane.anomalies} span={span} />
            ))}
          </ul>
          <div className="mt-1 flex gap-2 text-[11px] text-muted">
            <span className="w-72 shrink-0 max-md:w-[45%]">
              {lanes.length > LANES_FIRST && (
                <button
                  type="button"
                  className="rounded text-xs text-accent hover:underline"
                  aria-expanded={all}
                  onClick={() => setAll(!all)}
                >
                  {all ? "Fewer" : `All ${lanes.length} lanes`}
                </button>
              )}
            </span>
            <span>{clock(span.from_ms, zone)}</span>
            <span className="ml-auto">{clock(span.to_ms, zone)}</span>
          </div>
        </div>
        <Events events={events} anomalies={anomalies} />
      </div>
    </Panel>
  );
}

interface LineProps {
  name: React.ReactNode;
  children: React.ReactNode;
}

function Line({ name, children }: LineProps) {
  return (
    <li className="flex h-7 items-center gap-2">
      <span className="flex w-72 shrink-0 items-center gap-1.5 max-md:w-[45%]">{name}</span>
      <span className="relative h-full min-w-0 flex-1 border-l border-line">{children}</span>
    </li>
  );
}

function DeploymentLane({ item, span }: { item: Deployment; span: TimeSpan }) {
  const zone = useZone();
  const now_ms = useNow();
  return (
    <Line
      name={
        <>
          <DeploymentGlyph verdict={item.verdict?.kind} />
          <span
            className="min-w-0 flex-1 truncate"
            title={`${item.service} ${item.version}, ${deploymentVerdictName(item, now_ms).toLowerCase()}, on ${item.environment}, ${dateTime(item.at_ms, zone)}`}
          >
            {item.service} {item.version}{" "}
            <span className="text-muted">on {environmentNameOf(item.environment)}</span>
          </span>
          <span className="shrink-0 max-md:hidden">
            <DeploymentChip deployment={item} now_ms={now_ms} />
          </span>
        </>
      }
    >
      <span className="absolute top-1/2 -mt-1 -ml-[5px]" style={{ left: `${placeIn(span, item.at_ms)}%` }}>
        <DeploymentGlyph verdict={item.verdict?.kind} />
      </span>
    </Line>
  );
}

function Lane({ anomalies, span }: { anomalies: Anomaly[]; span: TimeSpan }) {
  const now_ms = useNow();
  const zone = useZone();
  const { endpoint, environment, signal } = anomalies[0]!;
  return (
    <Line
      name={
        <span
          className="min-w-0 truncate"
          title={`${endpoint.method} ${endpoint.route} of ${endpoint.service} on ${environment}`}
        >
          <span className="font-mono text-[11px]">
            {endpoint.method} {endpoint.route}
          </span>{" "}
          <span className="text-muted">
            {SIGNAL_NAMES[signal].toLowerCase()}, {environmentNameOf(environment)}
          </span>
        </span>
      }
    >
      {anomalies.map((item) => {
        const left = placeIn(span, item.onset_ms);
        const color = `var(${severityColor(item.severity)})`;
        return (
          <span
            key={item.id}
            className="absolute top-1/2 h-6 min-w-6 -translate-y-1/2"
            style={{ left: `${left}%`, width: `${placeIn(span, item.closed_ms ?? now_ms) - left}%` }}
          >
            <AnomalyLink anomaly={item} className="group flex h-full items-center rounded-sm">
              <span
                className="flex h-4 w-full items-center rounded-sm pl-1.5 group-hover:h-5"
                style={{
                  background: `color-mix(in srgb, ${color} 30%, var(--surface))`,
                  boxShadow: `inset 2px 0 0 ${color}`,
                }}
                title={timelessSentence(item)}
              >
                <SeverityGlyph severity={item.severity} size={9} />
                <span className="sr-only">
                  {SEVERITY_NAMES[item.severity]}: {timelessSentence(item)} From {clockSeconds(item.onset_ms, zone)}
                  {item.closed_ms === null ? ", still open" : ` to ${clockSeconds(item.closed_ms, zone)}`}
                </span>
              </span>
            </AnomalyLink>
          </span>
        );
      })}
    </Line>
  );
}

function Events({ events, anomalies }: { events: IncidentEvent[]; anomalies: Anomaly[] }) {
  const zone = useZone();
  const now_ms = useNow();
  const known = new Map(anomalies.map((item) => [item.id, item]));
  return (
    <section aria-labelledby="events" className="min-w-0 max-rail:mt-3">
      <h3 id="events" className="mb-1 text-xs font-semibold">
        What happened to it
      </h3>
      <ol className="max-h-72 overflow-auto pl-1 text-xs" tabIndex={0} aria-label="Events, oldest first">
        {events.map((item, index) => {
          const anomaly = item.anomaly_id ? known.get(item.anomaly_id) : undefined;
          const today = dayMonth(item.at_ms, zone) === dayMonth(now_ms, zone);
          return (
            <li key={index} className="relative border-l border-line pb-2.5 pl-4 last:pb-1" data-event={item.kind}>
              <span className="absolute top-1.5 -left-[4px] size-[7px] rounded-full bg-line-strong" aria-hidden />
              <p className="flex gap-2">
                <span className="min-w-0 flex-1 font-medium">{EVENT_NAMES[item.kind]}</span>
                <span className="shrink-0 text-muted">
                  {today ? "" : `${dayMonth(item.at_ms, zone)}, `}
                  {clockSeconds(item.at_ms, zone)}
                </span>
              </p>
              <p className="break-words text-muted">
                {inZone(item.reason, item.at_ms, zone, now_ms)}{" "}
                {item.anomaly_id && (
                  <AnomalyLink anomaly={{ id: item.anomaly_id }} className="text-accent underline">
                    {anomaly ? `${anomaly.endpoint.method} ${anomaly.endpoint.route}` : "the anomaly"}
                  </AnomalyLink>
                )}
              </p>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
