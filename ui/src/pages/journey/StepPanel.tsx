// One step of a journey in numbers, with the way to its endpoint.
import type { JourneyStep, StepHealth } from "../../api/forecastTypes";
import { intervalText, stepName, successText } from "../../forecasting/journeyWords";
import { EndpointLink } from "../../parts/EndpointLink";
import { environmentNameOf } from "../../parts/environment";
import { latency, share } from "../../units";

interface StepPanelProps {
  step: StepHealth;
  defined: JourneyStep | undefined;
  index: number;
  /** How often it is the reason when the journey is expected to go wrong. */
  blame: number | null;
}

export function StepPanel({ step, defined, index, blame }: StepPanelProps) {
  const left = Math.max(0, step.sessions - step.sessions_continued);
  const facts: [string, string][] = [
    ["Succeeds", `${successText(step.success)}, ${intervalText(step.success_lower, step.success_upper)}`],
    ["Usually", successText(step.success_usual)],
    ["Share of the loss", share(step.contribution)],
    ["p50, p95", `${latency(step.latency_ms_p50)}, ${latency(step.latency_ms_p95)}`],
    ["Requests", step.requests.toLocaleString("en")],
    ["Sessions", step.sessions > 0 ? `${step.sessions.toLocaleString("en")}, ${left.toLocaleString("en")} left here` : "–"],
    ["Left after an error", step.sessions > 0 ? step.sessions_failed.toLocaleString("en") : "–"],
    ["Expected reason", blame === null ? "–" : `${share(blame)} of the times it goes wrong`],
    ["Where", step.environments.map(environmentNameOf).join(", ") || "–"],
    ["Counts", defined ? countsText(defined) : "–"],
  ];
  return (
    <section aria-label={`Step ${index + 1}, ${stepName(step)}`} className="rounded-md bg-bg px-3 py-2.5" data-step-detail>
      <p className="mb-2 flex flex-wrap items-center gap-x-3">
        <span className="font-semibold">Step {index + 1}</span>
        <EndpointLink endpoint={step.endpoint} className="underline" />
        <span className="text-xs text-muted">{step.endpoint.service}</span>
      </p>
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(170px,1fr))] gap-x-4 gap-y-2 text-xs">
        {facts.map(([name, text]) => (
          <div key={name} className="min-w-0">
            <dt className="text-muted">{name}</dt>
            <dd className="break-words">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function countsText({ weight, is_optional, latency_ms_max }: JourneyStep): string {
  const parts = [
    is_optional ? "optional" : "",
    weight === 1 ? "" : `weight ${weight}`,
    latency_ms_max === null ? "" : `slower than ${latency(latency_ms_max)} fails`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "as every step";
}
