// Why nothing was reported at a moment, or why something was: every condition with its numbers. Owns the typed time.
import { Check, X } from "lucide-react";
import { useState } from "react";
import { useExplanation } from "../../api/detectionQueries";
import type { Explanation, ExplanationGate } from "../../api/detectionTypes";
import { score, SIGNAL_NAMES, testText } from "../../detection/words";
import { useNow } from "../../now";
import { Panel } from "../../parts/Panel";
import { Failure, Skeleton } from "../../parts/states";
import { useZone } from "../../scope/useScope";
import { dateTime, zoneTag } from "../../time/format";
import { typedMoment } from "../../time/moment";
import { Pipeline } from "./Pipeline";

const MINUTE_MS = 60_000;

export function WhySilentPanel({ id, environment }: { id: string; environment: string }) {
  const zone = useZone();
  const now_ms = useNow();
  const [typed, setTyped] = useState("");
  const [at_ms, setAt] = useState<number | null>(null);
  const moment_ms = typedMoment(typed, now_ms, zone);
  const explanation = useExplanation(id, environment, at_ms);
  return (
    <Panel title="Why silent?" note="what was needed at a moment, and what was there">
      <form
        className="flex flex-wrap items-end gap-2 px-3 pt-1 pb-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (moment_ms !== null) setAt(Math.floor(moment_ms / MINUTE_MS) * MINUTE_MS);
        }}
      >
        <label className="min-w-0 flex-1 basis-60">
          <span className="mb-1 block text-xs text-muted">When, in {zone}</span>
          <input
            className="control w-full bg-bg"
            value={typed}
            placeholder="14:05, 20m ago, or 2026-11-20 14:05"
            autoComplete="off"
            spellCheck={false}
            aria-invalid={typed !== "" && moment_ms === null}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <button type="submit" className="control" disabled={moment_ms === null}>
          Explain
        </button>
        <p className="min-h-4 basis-full text-xs leading-4 text-muted">
          {typed === "" ? (
            "Pick a moment at which you expected an anomaly and none came."
          ) : moment_ms === null ? (
            <span className="text-warn">Not a moment. Try “14:05” or “20m ago”.</span>
          ) : (
            `${dateTime(Math.floor(moment_ms / MINUTE_MS) * MINUTE_MS, zone)} ${zoneTag(zone, moment_ms)}`
          )}
        </p>
      </form>
      {at_ms === null ? null : explanation.data ? (
        <Gates explanation={explanation.data} zone={zone} />
      ) : explanation.error ? (
        <Failure what="The explanation" error={explanation.error} retry={() => void explanation.refetch()} />
      ) : (
        <div className="px-3 pb-3">
          <Skeleton height={180} />
        </div>
      )}
    </Panel>
  );
}

/** What came nearest to an alarm comes first. */
function nearestFirst(gates: ExplanationGate[]): ExplanationGate[] {
  const reached = (gate: ExplanationGate) => Number(gate.passed) * 1e6 + gate.score / Math.max(gate.threshold, 1e-9);
  return gates.toSorted((a, b) => reached(b) - reached(a));
}

function Gates({ explanation, zone }: { explanation: Explanation; zone: string }) {
  return (
    <div className="border-t border-line" data-explanation>
      <p className="px-3 py-2" role="status">
        <span className="text-muted">{dateTime(explanation.at_ms, zone)}: </span>
        <span className="inline-block first-letter:uppercase">{explanation.verdict}</span>
      </p>
      {explanation.pipeline && explanation.pipeline.length > 0 && <Pipeline gates={explanation.pipeline} />}
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Conditions table">
        <table className="w-full min-w-150 text-xs">
          <thead>
            <tr className="h-8 border-y border-line text-left text-muted">
              <th scope="col" className="pl-3 font-medium">
                Signal
              </th>
              <th scope="col" className="px-2 font-medium">
                Condition
              </th>
              <th scope="col" className="px-2 text-right font-medium">
                Observed
              </th>
              <th scope="col" className="px-2 text-right font-medium">
                Expected
              </th>
              <th scope="col" className="px-2 text-right font-medium whitespace-nowrap">
                Score, needed
              </th>
              <th scope="col" className="pr-3 font-medium">
                Passed
              </th>
            </tr>
          </thead>
          <tbody>
            {nearestFirst(explanation.gates).map((gate, index) => (
              <GateRow key={index} gate={gate} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function GateRow({ gate }: { gate: ExplanationGate }) {
  return (
    <tr className="h-10 border-b border-line last:border-b-0">
      <td className="pl-3 whitespace-nowrap">{SIGNAL_NAMES[gate.signal]}</td>
      <td className="px-2 py-1">
        <span className="inline-block first-letter:uppercase">{gate.test}</span>
        <span className="block text-[11px] leading-3.5 text-muted">{gate.reason}</span>
      </td>
      <td className="px-2 text-right whitespace-nowrap">{testText(gate.signal, gate.test, gate.observed)}</td>
      <td className="px-2 text-right whitespace-nowrap">{testText(gate.signal, gate.test, gate.expected)}</td>
      <td className="px-2 text-right whitespace-nowrap">
        {score(gate.score)} <span className="text-muted">of {score(gate.threshold)}</span>
      </td>
      <td className="pr-3 whitespace-nowrap">
        {gate.passed ? (
          <span className="inline-flex items-center gap-1 text-critical">
            <Check size={13} aria-hidden /> yes
          </span>
        ) : (
          <span className="inline-flex items-center gap-1 text-muted">
            <X size={13} aria-hidden /> no
          </span>
        )}
      </td>
    </tr>
  );
}
