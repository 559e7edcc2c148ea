// Generates and removes demo data. Owns the form, the progress and the confirmation; the server owns the job.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { removeDemo, startDemo } from "../api/client";
import { useDemo } from "../api/queries";
import type { Demo, DemoRequest, PlantedIncident } from "../api/types";
import { Modal } from "../parts/Modal";
import { useZone } from "../scope/useScope";
import { absoluteTime } from "../time/expression";
import { rangeText } from "../time/format";
import { count, duration } from "../units";
import { DEMO_RATES, DEMO_SCENARIOS, DEMO_SPANS } from "./demoChoices";

interface DemoDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export default function DemoDialog({ open, onOpenChange }: DemoDialogProps) {
  const { data: demo } = useDemo();
  const queries = useQueryClient();
  const settle = (next: Demo) => {
    queries.setQueryData(["demo"], next);
    void queries.invalidateQueries({ queryKey: ["demo"] });
  };
  const start = useMutation({ mutationFn: startDemo, onSuccess: settle });
  const remove = useMutation({ mutationFn: removeDemo, onSuccess: settle });
  const state = demo?.state ?? "none";

  const before = useRef(state);
  useEffect(() => {
    if (before.current !== state && (state === "live" || state === "none")) void queries.invalidateQueries();
    before.current = state;
  }, [state, queries]);

  const title = state === "live" || state === "removing" ? "Demo data" : "Generate demo data";
  const error = start.error ?? remove.error;
  return (
    <Modal title={title} open={open} onOpenChange={onOpenChange}>
      {error && (
        <p role="alert" className="mb-3 rounded-md bg-critical-tint px-3 py-2 text-critical">
          {error.message}
        </p>
      )}
      {demo?.state === "failed" && (
        <p role="alert" className="mb-3 rounded-md bg-critical-tint px-3 py-2 text-critical">
          Generating failed: {demo.error ?? "no reason given"}
        </p>
      )}
      {state === "generating" ? (
        <Progress demo={demo!} />
      ) : state === "live" || state === "removing" ? (
        <Existing demo={demo!} removing={state === "removing"} remove={() => remove.mutate()} close={() => onOpenChange(false)} />
      ) : (
        <DemoForm busy={start.isPending} onSubmit={(request) => start.mutate(request)} />
      )}
    </Modal>
  );
}

function DemoForm({ busy, onSubmit }: { busy: boolean; onSubmit: (request: DemoRequest) => void }) {
  const [scenario, setScenario] = useState("all");
  const [span_s, setSpan] = useState(21_600);
  const [rate, setRate] = useState(60);
  const [seed, setSeed] = useState("7");
  const seedValid = /^\d{1,9}$/.test(seed);
  const field = "control w-full bg-bg";

  function submit(event: FormEvent) {
    event.preventDefault();
    if (seedValid) onSubmit({ scenario, span_s, seed: Number(seed), requests_per_second: rate });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <p className="text-muted">
        Fills the store with requests of a made-up shop in four environments, up to now, and keeps adding more. Everything is
        marked as demo and goes away with one click.
      </p>
      <label className="flex flex-col gap-1 text-xs text-muted">
        Scenario
        <select className={`${field} text-text`} value={scenario} onChange={(event) => setScenario(event.target.value)}>
          {DEMO_SCENARIOS.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
        <label className="flex flex-col gap-1 text-xs text-muted">
          Time span
          <select className={`${field} text-text`} value={span_s} onChange={(event) => setSpan(Number(event.target.value))}>
            {DEMO_SPANS.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label className="flex flex-col gap-1 text-xs text-muted">
          Requests per second
          <select className={`${field} text-text`} value={rate} onChange={(event) => setRate(Number(event.target.value))}>
            {DEMO_RATES.map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
        </label>
        <label className="flex flex-col gap-1 text-xs text-muted">
          Seed
          <input
            className={`${field} text-text`}
            inputMode="numeric"
            value={seed}
            onChange={(event) => setSeed(event.target.value.trim())}
            aria-invalid={!seedValid}
          />
        </label>
      </div>
      <div className="flex items-center gap-3">
        <p className="text-xs text-muted">
          {seedValid ? `About ${count(span_s * rate)} requests. The same seed gives the same data.` : "The seed is a whole number."}
        </p>
        <button
          type="submit"
          className="control ml-auto border-accent bg-accent font-medium text-on-accent"
          disabled={busy || !seedValid}
        >
          Generate
        </button>
      </div>
    </form>
  );
}

function Progress({ demo }: { demo: Demo }) {
  const progress = demo.progress;
  const percent = progress && progress.total > 0 ? Math.min(100, Math.floor((progress.done / progress.total) * 100)) : 0;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-baseline gap-2">
        <span className="text-2xl font-semibold">{percent} %</span>
        <span className="text-muted">{progress?.stage ?? "starting"}</span>
      </div>
      <div
        role="progressbar"
        aria-label="Generating demo data"
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-2 overflow-hidden rounded-full bg-bg"
      >
        <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
      </div>
      <p className="text-xs text-muted">
        {count(progress?.requests ?? 0)} requests, {count(progress?.requests_per_second ?? 0)} rows/s. You may close this dialog.
      </p>
    </div>
  );
}

interface ExistingProps {
  demo: Demo;
  removing: boolean;
  remove: () => void;
  close: () => void;
}

function Existing({ demo, removing, remove, close }: ExistingProps) {
  const [confirming, setConfirming] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">
        {duration((demo.span_s ?? 0) * 1000)} of demo data, scenario: {scenarioName(demo.scenario).toLowerCase()}, seed {demo.seed}.
      </p>
      {demo.planted.length > 0 && <Planted planted={demo.planted} close={close} />}
      {confirming || removing ? (
        <div role="group" aria-label="Confirm removal" className="flex items-center gap-2 rounded-md bg-critical-tint p-3">
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
      <Link to="/endpoints/$id" params={{ id: incident.endpoint.id }} search={search} className={className} onClick={close}>
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
