// One journey: how many can finish, where they are lost, and how it will go on. Owns the order of the panels and which
// step is open.
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Pencil } from "lucide-react";
import { ApiError } from "../../api/client";
import { useJourney } from "../../api/forecastQueries";
import type { JourneyDetail } from "../../api/forecastTypes";
import { JourneyFlow, JourneyStateChip } from "../../forecasting/JourneyFlow";
import { journeySearch } from "../../forecasting/JourneyLink";
import { blamed, intervalText, stepName, successText, trendText } from "../../forecasting/journeyWords";
import { Panel } from "../../parts/Panel";
import { Failure, Skeleton } from "../../parts/states";
import type { Search } from "../../scope/codec";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { latency } from "../../units";
import { FailedPanel } from "./FailedPanel";
import { ImpactPanel } from "./ImpactPanel";
import { JourneyCharts } from "./JourneyCharts";
import { SessionsPanel } from "./SessionsPanel";
import { StepPanel } from "./StepPanel";

export default function JourneyPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const scope = useScope();
  const query = useJourney(id, scope);
  const { data } = query;
  const name = data?.summary.journey.name ?? "Journey";
  return (
    <>
      <PageHeader title={name} documentTitle={name} hideEndpoints hideCompare />
      <div className="flex flex-col gap-3 p-4 max-md:p-3">
        <div className="flex flex-wrap items-center gap-3 text-xs">
          <Link
            to="/journeys"
            search={journeySearch as never}
            className="inline-flex h-6 items-center gap-1 text-accent hover:underline"
          >
            <ArrowLeft size={13} aria-hidden /> Journeys
          </Link>
          {data && (
            <Link
              to="/journeys"
              search={((previous: Search) => ({ ...journeySearch(previous), sel: id })) as never}
              className="ml-auto inline-flex h-6 items-center gap-1 text-accent hover:underline"
            >
              <Pencil size={12} aria-hidden /> {data.summary.source === "file" ? "Definition" : "Edit"}
            </Link>
          )}
        </div>
        {data ? (
          <Body detail={data} refreshing={query.isPlaceholderData} />
        ) : query.error ? (
          <div className="panel">
            {query.error instanceof ApiError && query.error.status === 404 ? (
              <div className="flex flex-col items-center gap-2 p-8 text-center text-muted">
                <p>No journey has this address. It may have been removed.</p>
                <Link to="/journeys" className="text-accent underline">
                  All journeys
                </Link>
              </div>
            ) : (
              <Failure what="The journey" error={query.error} retry={() => void query.refetch()} />
            )}
          </div>
        ) : (
          <>
            <Skeleton height={104} />
            <Skeleton height={150} />
            <Skeleton height={300} />
          </>
        )}
      </div>
    </>
  );
}

function Body({ detail, refreshing }: { detail: JourneyDetail; refreshing: boolean }) {
  const scope = useScope();
  const setScope = useSetScope();
  const { health, outlook, journey } = detail.summary;
  const open = Number(scope.sel) - 1;
  const opened = health.steps[open];
  const weakest = health.weakest_step === null ? undefined : health.steps[health.weakest_step];
  return (
    <>
      <Headline detail={detail} />
      <Panel title="Steps" note="choose one to see more" refreshing={refreshing}>
        <div className="flex flex-col gap-3 px-3 pb-3">
          <JourneyFlow
            steps={health.steps}
            weakest={health.state === "healthy" ? null : health.weakest_step}
            box={(index, look, content) => (
              <button
                type="button"
                aria-expanded={index === open}
                className={`${look} ${index === open ? "bg-selected" : "hover:border-line-strong"}`}
                onClick={() => setScope({ sel: index === open ? "" : String(index + 1) }, true)}
              >
                {content}
              </button>
            )}
          />
          {opened && (
            <StepPanel step={opened} defined={journey.steps[open]} index={open} blame={outlook?.blame[open] ?? null} />
          )}
        </div>
      </Panel>
      <JourneyCharts detail={detail} refreshing={refreshing} />
      <div className="grid grid-cols-2 items-start gap-3 max-rail:grid-cols-1">
        <SessionsPanel health={health} />
        <div className="flex min-w-0 flex-col gap-3">
          {weakest && <ImpactPanel step={weakest} env={scope.env} />}
          <FailedPanel sessions={detail.failed_sessions} steps={health.steps} />
        </div>
      </div>
    </>
  );
}

function Headline({ detail }: { detail: JourneyDetail }) {
  const { health, outlook, journey } = detail.summary;
  const reason = outlook && blamed(outlook);
  return (
    <section aria-label="Health" className="panel flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-3" data-headline>
      <div className="shrink-0">
        <JourneyStateChip state={health.state} />
        <p className="mt-1 text-[28px] leading-9 font-semibold">{successText(health.success)}</p>
        <p className="text-xs text-muted">
          succeed
          {health.success_lower !== null && `, ${intervalText(health.success_lower, health.success_upper)}`}
        </p>
      </div>
      <div className="flex min-w-0 flex-1 flex-col gap-1 max-sm:basis-full">
        <p className="text-[14px] leading-5">{health.sentence}</p>
        <p className="text-xs text-muted">
          {[
            trendText(health),
            journey.success_target !== null ? `target ${successText(journey.success_target)}` : "",
            health.latency_ms_p50 !== null
              ? `all steps together p50 ${latency(health.latency_ms_p50)}, p95 ${latency(health.latency_ms_p95)}`
              : "",
          ]
            .filter(Boolean)
            .join("; ")}
        </p>
        {outlook && (
          <p className="text-xs">
            <span className="text-muted">Outlook: </span>
            {outlook.sentence}
            {reason !== null && health.steps[reason] && (
              <span className="text-muted"> When it goes wrong, it is mostly at {stepName(health.steps[reason])}.</span>
            )}
          </p>
        )}
      </div>
    </section>
  );
}
