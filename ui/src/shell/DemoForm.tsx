// What kind of demo data to generate. Owns the fields and their defaults.
import { useState, type FormEvent } from "react";
import type { DemoRequest } from "../api/types";
import { count } from "../units";
import { DEMO_RATES, DEMO_SCENARIOS, DEMO_SPANS } from "./demoChoices";

export function DemoForm({ busy, onSubmit }: { busy: boolean; onSubmit: (request: DemoRequest) => void }) {
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
        Fills the store with requests of a made-up shop in four environments, up to now, and keeps adding more.
        Everything is marked as demo and goes away with one click.
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
          <select
            className={`${field} text-text`}
            value={span_s}
            onChange={(event) => setSpan(Number(event.target.value))}
          >
            {DEMO_SPANS.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label className="flex flex-col gap-1 text-xs text-muted">
          Requests per second
          <select
            className={`${field} text-text`}
            value={rate}
            onChange={(event) => setRate(Number(event.target.value))}
          >
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
          {seedValid
            ? `About ${count(span_s * rate)} requests. The same seed gives the same data.`
            : "The seed is a whole number."}
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
