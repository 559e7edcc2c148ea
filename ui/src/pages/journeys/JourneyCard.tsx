// One journey in the list: how it fares, where it loses, how it will go on.
import { Lock, Pencil } from "lucide-react";
import type { JourneySummary } from "../../api/forecastTypes";
import { FanChart } from "../../forecasting/FanChart";
import { JourneyFlow, JourneyStateChip } from "../../forecasting/JourneyFlow";
import { JourneyLink } from "../../forecasting/JourneyLink";
import { intervalText, outlookText, successText, trendText } from "../../forecasting/journeyWords";
import { useSetScope } from "../../scope/useScope";
import { latency } from "../../units";

export function JourneyCard({ summary }: { summary: JourneySummary }) {
  const setScope = useSetScope();
  const { journey, health, outlook, source } = summary;
  return (
    <li className="panel overflow-clip p-3" data-journey={journey.id}>
      <div className="mb-2.5 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-[14px] leading-5 font-semibold">
          <JourneyLink id={journey.id} className="hover:text-accent hover:underline">
            {journey.name}
          </JourneyLink>
        </h2>
        <JourneyStateChip state={health.state} />
        {source !== "ui" && (
          <span className="flex items-center gap-1 text-xs text-muted" title={sourceTitle(source)}>
            {source === "file" && <Lock size={11} aria-hidden />}
            {source}
          </span>
        )}
        <p className="min-w-0 flex-1 text-muted max-md:order-last max-md:basis-full">{health.sentence}</p>
        <button
          type="button"
          className="ml-auto flex size-8 items-center justify-center rounded-md text-muted hover:text-text"
          aria-label={`${source === "file" ? "Show" : "Edit"} ${journey.name}`}
          title={source === "file" ? "Show" : "Edit"}
          onClick={() => setScope({ sel: journey.id })}
        >
          <Pencil size={14} aria-hidden />
        </button>
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(210px,26%)] gap-x-4 gap-y-3 max-rail:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-2.5">
          <JourneyFlow
            steps={health.steps}
            weakest={health.state === "healthy" ? null : health.weakest_step}
            box={(index, look, content) => (
              <JourneyLink id={journey.id} step={index} className={`${look} hover:border-line-strong hover:bg-bg`}>
                {content}
              </JourneyLink>
            )}
          />
          <p className="text-xs text-muted">
            <span className="text-[13px] font-semibold text-text">{successText(health.success)}</span> succeed
            {health.success_lower !== null && ` (${intervalText(health.success_lower, health.success_upper)})`}
            {trendText(health) && `, ${trendText(health)}`}
            {health.latency_ms_p95 !== null && `; all steps together p95 ${latency(health.latency_ms_p95)}`}
            {health.sessions > 0 &&
              `; ${health.sessions_completed.toLocaleString("en")} of ${health.sessions.toLocaleString("en")} sessions finished`}
          </p>
        </div>
        {outlook ? (
          <div className="flex min-w-0 flex-col gap-1">
            <FanChart
              data={{
                history: health.success === null ? [] : [health.success, health.success],
                expected: outlook.success,
                lower: outlook.success_lower,
                upper: outlook.success_upper,
                limit: journey.success_target,
              }}
              width={260}
              height={52}
              scale="own"
              label={`Expected success of ${journey.name}, with an 80 % band. ${outlookText(outlook)}`}
            />
            <p className="text-xs">{outlook.sentence}</p>
          </div>
        ) : (
          <p className="text-xs text-muted">Its steps are not forecast yet, so neither is the journey.</p>
        )}
      </div>
    </li>
  );
}

function sourceTitle(source: string): string {
  if (source === "file") return "Managed by a file on the server";
  if (source === "discovered") return "Found in requests and confirmed by somebody";
  return source === "demo" ? "Came with the demo data" : "";
}
