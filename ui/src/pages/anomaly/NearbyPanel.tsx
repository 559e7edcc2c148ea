// What else happened around that time: deployments and other anomalies on one time lane. Owns the lane's scale.
import type { CSSProperties } from "react";
import type { Anomaly, AnomalyDetail } from "../../api/detectionTypes";
import { DeploymentGlyph } from "../../charts/DeploymentGlyph";
import { DEPLOYMENT_WORDS, deploymentTitle } from "../../charts/markWords";
import { AnomalyLink } from "../../detection/AnomalyLink";
import { timelessSentence } from "../../detection/sentence";
import { SeverityGlyph, severityColor } from "../../detection/SeverityGlyph";
import { KIND_NAMES, SEVERITY_NAMES } from "../../detection/words";
import { useNow } from "../../now";
import { environmentNameOf } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { Empty } from "../../parts/states";
import { useZone } from "../../scope/useScope";
import { clock, clockSeconds } from "../../time/format";
import { duration } from "../../units";

const SHOWN_MAX_MS = 7_200_000; // Long anomalies are cut at the right; how they began is what is compared.
const PAD_MS = 60_000;

export function NearbyPanel({ detail, className }: { detail: AnomalyDetail; className?: string }) {
  const { anomaly, nearby, deployments } = detail;
  const zone = useZone();
  const now_ms = useNow();
  const begins = [anomaly.onset_ms, ...nearby.map((item) => item.onset_ms), ...deployments.map((item) => item.at_ms)];
  const ends = [anomaly, ...nearby].map((item) => item.closed_ms ?? now_ms);
  const from_ms = Math.min(...begins) - PAD_MS;
  const to_ms = Math.min(Math.max(...ends, ...begins) + PAD_MS, from_ms + SHOWN_MAX_MS);
  const place = (time_ms: number) => `${Math.min(100, Math.max(0, ((time_ms - from_ms) / (to_ms - from_ms)) * 100))}%`;
  const ordered = [anomaly, ...nearby.toSorted((a, b) => a.onset_ms - b.onset_ms)];
  return (
    <Panel title="Around that time" note="deployments and other anomalies" className={className}>
      {nearby.length === 0 && deployments.length === 0 ? (
        <Empty reason="Nothing else began within ten minutes, and nothing was deployed within the hour." />
      ) : (
        <div className="px-3 pb-3">
          <ul className="max-h-64 overflow-auto text-xs" tabIndex={0} aria-label="Around that time">
            {deployments.map((item) => (
              <Lane
                key={`${item.version}-${item.at_ms}-${item.environment}`}
                name={
                  <>
                    <DeploymentGlyph verdict={item.verdict} />
                    <span className="min-w-0 truncate">
                      {item.service} {item.version}
                      {item.verdict ? `, ${DEPLOYMENT_WORDS[item.verdict]}` : ""}{" "}
                      <span className="text-muted">on {environmentNameOf(item.environment)}</span>
                    </span>
                  </>
                }
                offset={offsetText(item.at_ms - anomaly.onset_ms)}
                title={`${clockSeconds(item.at_ms, zone)} ${deploymentTitle(item)} on ${item.environment}`}
              >
                <span className="absolute top-1/2 -mt-1 -ml-[5px]" style={{ left: place(item.at_ms) }}>
                  <DeploymentGlyph verdict={item.verdict} />
                </span>
              </Lane>
            ))}
            {ordered.map((item) => (
              <Lane
                key={item.id}
                name={<AnomalyName anomaly={item} here={item.id === anomaly.id} />}
                offset={item.id === anomaly.id ? "this" : offsetText(item.onset_ms - anomaly.onset_ms)}
                title={timelessSentence(item)}
              >
                <Bar
                  anomaly={item}
                  left={place(item.onset_ms)}
                  right={place(item.closed_ms ?? now_ms)}
                  faint={item.id !== anomaly.id}
                />
              </Lane>
            ))}
          </ul>
          <div className="mt-1 flex gap-2 text-[11px] text-muted">
            <span className="w-[54%] shrink-0 pr-24 max-md:w-1/2" />
            <span>{clock(from_ms, zone)}</span>
            <span className="ml-auto">{clock(to_ms, zone)}</span>
          </div>
        </div>
      )}
    </Panel>
  );
}

interface LaneProps {
  name: React.ReactNode;
  offset: string;
  title: string;
  children: React.ReactNode;
}

function Lane({ name, offset, title, children }: LaneProps) {
  return (
    <li className="flex h-7 items-center gap-2" title={title}>
      <span className="flex w-[54%] shrink-0 items-center gap-1.5 max-md:w-1/2">
        <span className="flex min-w-0 flex-1 items-center gap-1.5">{name}</span>
        <span className="w-22 shrink-0 text-right whitespace-nowrap text-muted">{offset}</span>
      </span>
      <span className="relative h-full min-w-0 flex-1 border-l border-line">{children}</span>
    </li>
  );
}

function AnomalyName({ anomaly, here }: { anomaly: Anomaly; here: boolean }) {
  const words = (
    <>
      <span className="font-mono text-[11px]">
        {anomaly.endpoint.method} {anomaly.endpoint.route}
      </span>{" "}
      <span className="text-muted">
        {KIND_NAMES[anomaly.kind].toLowerCase()}, {environmentNameOf(anomaly.environment)}
      </span>
    </>
  );
  return (
    <>
      <SeverityGlyph severity={anomaly.severity} />
      <span className="sr-only">{SEVERITY_NAMES[anomaly.severity]}</span>
      {here ? (
        <span className="min-w-0 truncate font-medium">{words}</span>
      ) : (
        <AnomalyLink anomaly={anomaly} className="min-w-0 truncate hover:underline">
          {words}
        </AnomalyLink>
      )}
    </>
  );
}

function Bar({ anomaly, left, right, faint }: { anomaly: Anomaly; left: string; right: string; faint: boolean }) {
  const style: CSSProperties = {
    left,
    width: `max(4px, calc(${right} - ${left}))`,
    background: `var(${severityColor(anomaly.severity)})`,
    opacity: faint ? 0.45 : 1,
  };
  return <span className="absolute top-1/2 h-2 -translate-y-1/2 rounded-sm" style={style} aria-hidden />;
}

/** "40 s before", "2 min after", "same time". */
function offsetText(offset_ms: number): string {
  if (Math.abs(offset_ms) < 1000) return "same time";
  return `${duration(Math.abs(offset_ms))} ${offset_ms < 0 ? "before" : "after"}`;
}
