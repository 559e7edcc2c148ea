// The demo data that is there: what was planted in it, and its removal after a confirmation.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Demo, PlantedIncident } from "../api/types";
import { useZone } from "../scope/useScope";
import { absoluteTime } from "../time/expression";
import { rangeText } from "../time/format";
import { duration } from "../units";
import { DEMO_SCENARIOS } from "./demoChoices";

interface ExistingDemoProps {
  demo: Demo;
  removing: boolean;
  remove: () => void;
  close: () => void;
}

export function ExistingDemo({ demo, removing, remove, close }: ExistingDemoProps) {
  const [confirming, setConfirming] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">
        {duration((demo.span_s ?? 0) * 1000)} of demo data, scenario: {scenarioName(demo.scenario).toLowerCase()}, seed{" "}
        {demo.seed}.
      </p>
      {demo.planted.length > 0 && <Planted planted={demo.planted} close={close} />}
      {confirming || removing ? (
        <div
          role="group"
          aria-label="Confirm removal"
          className="flex items-center gap-2 rounded-md bg-critical-tint p-3"
        >
          <p className="flex-1">Remove all demo data? Real data stays.</p>
          <button type="button" className="control" onClick={() => setConfirming(false)} disabled={removing}>
            Keep it
          </button>
          <button
            type="button"
            className="control border-critical bg-critical font-medium text-surface"
            onClick={remove}
            disabled={removing}
          >
            {removing ? "Removing" : "Remove"}
          </button>
        </div>
      ) : (
        <button type="button" className="control self-end" onClick={() => setConfirming(true)}>
          Remove demo data
        </button>
      )}
    </div>
  );
}

function Planted({ planted, close }: { planted: PlantedIncident[]; close: () => void }) {
  const zone = useZone();
  return (
    <section aria-labelledby="planted">
      <h3 id="planted" className="mb-1 text-xs text-muted">
        What was planted in it
      </h3>
      <ul className="flex max-h-72 flex-col divide-y divide-line overflow-auto rounded-md border border-line">
        {planted.map((incident) => (
          <li key={`${incident.kind}-${incident.from_ms}-${incident.title}`} className="px-3 py-2">
            <PlantedLink incident={incident} close={close} />
            <p className="text-xs text-muted">
              {rangeText(incident.from_ms, incident.to_ms, zone)}
              {incident.decoy ? " · looks odd, but is normal" : ""}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function PlantedLink({ incident, close }: { incident: PlantedIncident; close: () => void }) {
  const span = incident.to_ms - incident.from_ms;
  const search = {
    from: absoluteTime(Math.floor((incident.from_ms - span) / 1000) * 1000),
    to: absoluteTime(Math.ceil(Math.min(Date.now(), incident.to_ms + span) / 1000) * 1000),
    ...(incident.environment && !incident.endpoint ? { env: incident.environment } : {}),
    ...(incident.service && !incident.endpoint ? { service: incident.service } : {}),
  } as never;
  const className = "font-medium text-accent hover:underline";
  if (incident.endpoint) {
    return (
      <Link
        to="/endpoints/$id"
        params={{ id: incident.endpoint.id }}
        search={search}
        className={className}
        onClick={close}
      >
        {incident.title}
      </Link>
    );
  }
  return (
    <Link to="/" search={search} className={className} onClick={close}>
      {incident.title}
    </Link>
  );
}

function scenarioName(scenario: string | null): string {
  return DEMO_SCENARIOS.find(([value]) => value === scenario)?.[1] ?? scenario ?? "unknown";
}
