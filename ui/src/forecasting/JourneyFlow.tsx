// The steps of a journey as boxes in order. The weakest is outlined and says so. Owns their look; a page decides
// whether a box leads to the endpoint or opens something.
import { ArrowRight, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { JourneyState, StepHealth } from "../api/forecastTypes";
import { StateChip, type Tone } from "../parts/StateChip";
import { latency } from "../units";
import { sessionsText, STATE_NAMES, stepName, successText, weakestText } from "./journeyWords";

const TONES: Record<JourneyState, Tone> = { healthy: "ok", degraded: "warn", failing: "critical", unknown: "quiet" };

export function JourneyStateChip({ state }: { state: JourneyState }) {
  return (
    <span className="inline-flex shrink-0" data-journey-state={state}>
      <StateChip tone={TONES[state]}>{STATE_NAMES[state]}</StateChip>
    </span>
  );
}

interface JourneyFlowProps {
  steps: StepHealth[];
  weakest: number | null;
  /** Wraps what a box shows. */
  box: (index: number, look: string, content: ReactNode) => ReactNode;
}

export function JourneyFlow({ steps, weakest, box }: JourneyFlowProps) {
  const last = steps.findLastIndex((step) => !step.is_optional);
  return (
    <ol className="flex flex-wrap items-stretch gap-y-2">
      {steps.map((step, index) => (
        <li key={index} className="flex min-w-0 items-center max-sm:w-full max-sm:flex-col max-sm:items-stretch">
          {box(
            index,
            `flex min-w-40 max-w-64 flex-col items-start gap-0.5 rounded-md border px-2.5 py-1.5 text-left text-xs max-sm:w-full max-sm:max-w-none ${
              index === weakest ? "border-2 border-critical" : "border-line"
            } ${step.is_optional ? "border-dashed" : ""}`,
            <StepContent step={step} index={index} isWeakest={index === weakest} isLast={index === last} />,
          )}
          {index < steps.length - 1 && (
            <ArrowRight
              size={14}
              className="mx-1.5 shrink-0 text-faint max-sm:mx-auto max-sm:my-0.5 max-sm:rotate-90"
              aria-hidden
            />
          )}
        </li>
      ))}
    </ol>
  );
}

interface StepContentProps {
  step: StepHealth;
  index: number;
  isWeakest: boolean;
  isLast: boolean;
}

function StepContent({ step, index, isWeakest, isLast }: StepContentProps) {
  const went = sessionsText(step, isLast);
  return (
    <>
      <span className="max-w-full truncate font-mono text-[11px] leading-4" title={stepName(step)}>
        <span className="sr-only">Step {index + 1}: </span>
        <span className="text-muted">{step.endpoint.method}</span> {step.endpoint.route}
      </span>
      <span className="flex flex-wrap items-baseline gap-x-2">
        <span className={`text-[13px] font-semibold ${isWeakest ? "text-critical" : ""}`}>
          {successText(step.success)}
        </span>
        <span className="text-muted">p95 {latency(step.latency_ms_p95)}</span>
      </span>
      <span className="text-[11px] leading-4 text-muted">
        {step.requests === 0 ? "no requests" : went || `${step.requests.toLocaleString("en")} requests`}
        {step.is_optional && ", optional"}
      </span>
      {isWeakest && (
        <span className="flex items-center gap-1 text-[11px] leading-4 font-medium text-critical">
          <TriangleAlert size={11} className="shrink-0" aria-hidden /> {weakestText(step)}
        </span>
      )}
    </>
  );
}
