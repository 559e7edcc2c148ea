// The lane above a chart with a button for everything that began there. Owns gathering, focus and the card that
// says more; the shading below is drawMarks.ts.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { SeverityGlyph } from "../detection/SeverityGlyph";
import { clock } from "../time/format";
import { plural } from "../units";
import { DeploymentGlyph } from "./DeploymentGlyph";
import { LANE_PX } from "./drawMarks";
import { MarkerCard } from "./MarkerCard";
import { clusterEvents, leading, markEvents, type ChartMarks, type MarkCluster, type MarkEvent } from "./marks";
import { anomalyTitle, deploymentTitle } from "./markWords";

interface MarkerLayerProps {
  label: string;
  marks: ChartMarks;
  from_ms: number;
  to_ms: number;
  left: number;
  width: number;
  zone: string;
}

const TARGET_PX = 24; // The smallest that a finger or a shaking hand can hit (WCAG 2.5.8).
const OPEN_AFTER_MS = 80;
const CLOSE_AFTER_MS = 160; // Time to reach the card with the pointer.

export function MarkerLayer({ label, marks, from_ms, to_ms, left, width, zone }: MarkerLayerProps) {
  const [open, setOpen] = useState<string | null>(null);
  const [focused, setFocused] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const xOf = (time_ms: number) => ((time_ms - from_ms) / (to_ms - from_ms)) * width;
  const clusters = clusterEvents(markEvents(marks, from_ms, to_ms), xOf, TARGET_PX);
  if (clusters.length === 0) return null;
  const tabStop = Math.min(focused, clusters.length - 1);

  function soon(key: string | null, delay_ms: number) {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(key), delay_ms);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape" && open !== null) {
      event.stopPropagation();
      setOpen(null);
      buttons.current[tabStop]?.focus();
      return;
    }
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = Math.min(clusters.length - 1, Math.max(0, tabStop + step));
    setFocused(next);
    buttons.current[next]?.focus();
  }

  return (
    <div
      role="group"
      aria-label={`What happened, on ${label}`}
      className="pointer-events-none absolute top-0"
      style={{ left, width, height: LANE_PX + 4 }}
      onKeyDown={onKeyDown}
    >
      {clusters.map((cluster, index) => {
        const key = keyOf(cluster);
        return (
          <div
            key={key}
            className="pointer-events-auto absolute top-0"
            style={{ left: cluster.x - TARGET_PX / 2 }}
            onPointerEnter={(event) => event.pointerType === "mouse" && soon(key, OPEN_AFTER_MS)}
            onPointerLeave={(event) => event.pointerType === "mouse" && soon(null, CLOSE_AFTER_MS)}
            onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && open === key && setOpen(null)}
          >
            <button
              ref={(element) => {
                buttons.current[index] = element;
              }}
              type="button"
              data-mark={leading(cluster).type}
              className="flex size-6 items-center justify-center rounded"
              tabIndex={index === tabStop ? 0 : -1}
              aria-label={clusterName(cluster, zone)}
              aria-expanded={open === key}
              onFocus={() => setFocused(index)}
              onClick={() => {
                clearTimeout(timer.current);
                setOpen(open === key ? null : key);
              }}
            >
              <Glyph cluster={cluster} />
            </button>
            {open === key && <MarkerCard cluster={cluster} zone={zone} />}
          </div>
        );
      })}
    </div>
  );
}

function keyOf({ events }: MarkCluster): string {
  const event = events[0]!;
  return event.type === "anomaly" ? event.anomaly.id : `${event.deployment.version}-${event.at_ms}`;
}

function clusterName({ events }: MarkCluster, zone: string): string {
  const [first] = events;
  if (events.length > 1) return `${plural(events.length, "event")} from ${clock(first!.at_ms, zone)} on`;
  return `${clock(first!.at_ms, zone)} ${eventTitle(first!)}`;
}

function eventTitle(event: MarkEvent): string {
  return event.type === "anomaly" ? anomalyTitle(event.anomaly) : deploymentTitle(event.deployment);
}

function Glyph({ cluster }: { cluster: MarkCluster }) {
  const event = leading(cluster);
  return (
    <span className="relative">
      {event.type === "anomaly" ? <SeverityGlyph severity={event.anomaly.severity} /> : <DeploymentGlyph verdict={event.deployment.verdict} />}
      {cluster.events.length > 1 && (
        <span className="absolute -top-1.5 left-2.5 text-[10px] leading-3 font-medium text-muted" aria-hidden>
          {cluster.events.length}
        </span>
      )}
    </span>
  );
}
