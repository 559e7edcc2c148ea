// What is likely to go wrong next, and whether people can finish. Quiet when there is nothing: one line each.
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useJourneys, usePredictions } from "../../api/forecastQueries";
import type { JourneySummary, Prediction, Predictions } from "../../api/forecastTypes";
import { FanChart } from "../../forecasting/FanChart";
import { JourneyStateChip } from "../../forecasting/JourneyFlow";
import { JourneyLink, journeySearch } from "../../forecasting/JourneyLink";
import { stepName, successText } from "../../forecasting/journeyWords";
import { Probability } from "../../forecasting/parts";
import { environmentText, isDrawn, MEASURE_NAMES, measureText, placeName, whenOf } from "../../forecasting/words";
import { useNow } from "../../now";
import { Panel } from "../../parts/Panel";
import { Failure, Skeleton } from "../../parts/states";
import { travelling, type Scope, type Search } from "../../scope/codec";
import { useZone } from "../../scope/useScope";
import { plural } from "../../units";

const HORIZON = "24h";
const OTHERS_MAX = 2;
const JOURNEYS_MAX = 4;

export default function AheadPanels({ scope, className = "" }: { scope: Scope; className?: string }) {
  return (
    <div className={`flex min-w-0 flex-col gap-3 ${className}`}>
      <Predicted scope={scope} />
      <Journeys scope={scope} />
    </div>
  );
}

/** Predictions have no range of their own, and their page starts anew. */
function predictionSearch(previous: Search): Search {
  return travelling({ ...previous, from: undefined, to: undefined });
}

function Predicted({ scope }: { scope: Scope }) {
  const query = usePredictions(scope, { measures: [], horizon: HORIZON, limit: OTHERS_MAX + 1 });
  const { data } = query;
  const all = (
    <Link to="/predictions" search={predictionSearch as never} className="text-xs text-accent underline">
      {data && data.total > 1 ? `All ${data.total}` : "Predictions"}
    </Link>
  );
  const [first, ...others] = data?.items ?? [];
  return (
    <Panel title="Likely to break next" actions={all} refreshing={query.isPlaceholderData}>
      {!data && query.error ? (
        <Failure what="The predictions" error={query.error} retry={() => void query.refetch()} />
      ) : !data ? (
        <div className="px-3 pb-3">
          <Skeleton height={96} />
        </div>
      ) : !first ? (
        <Calm>{calmText(data)}</Calm>
      ) : (
        <>
          <Breach prediction={first} />
          {others.length > 0 && (
            <ul className="border-t border-line text-xs">
              {others.map((item) => (
                <li key={item.id} className="flex min-w-0 items-center gap-2 border-b border-line px-3 py-1.5 last:border-b-0">
                  <Probability value={item.probability} />
                  <OpenLink prediction={item} className="min-w-0 truncate hover:underline">
                    {MEASURE_NAMES[item.measure]} of <span className="font-mono text-[11px]">{placeName(item.scope)}</span>
                  </OpenLink>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Panel>
  );
}

function calmText({ made_ms, status }: Predictions): string {
  if (made_ms === null || status.forecasts === 0) return "Not enough history to forecast yet.";
  if (status.untrusted >= status.forecasts) return "No forecast is trusted yet.";
  return `Nothing is expected to cross its limit in the next 24 h. ${plural(status.forecasts, "forecast")} watched.`;
}

interface OpenLinkProps {
  prediction: Prediction;
  className: string;
  children: ReactNode;
}

function OpenLink({ prediction, className, children }: OpenLinkProps) {
  return (
    <Link
      to="/predictions"
      search={((previous: Search) => ({ ...predictionSearch(previous), sel: prediction.id })) as never}
      className={className}
    >
      {children}
    </Link>
  );
}

function Breach({ prediction }: { prediction: Prediction }) {
  const zone = useZone();
  const now_ms = useNow();
  const { scope, measure, limit, trust } = prediction;
  const when = whenOf(prediction, now_ms, zone);
  const place = environmentText(scope);
  return (
    <div className="flex flex-col gap-1.5 px-3 pb-2.5" data-next-breach>
      <p className="min-w-0">
        <OpenLink prediction={prediction} className="font-medium hover:underline">
          {MEASURE_NAMES[measure]} of <span className="font-mono text-xs">{placeName(scope)}</span>{" "}
          {prediction.is_beyond ? "is" : limit.is === "above" ? "rises" : "falls"} {limit.is}{" "}
          {measureText(measure, limit.value)}
        </OpenLink>
        {place && <span className="text-xs text-muted"> on {place}</span>}
      </p>
      <div className="flex flex-wrap items-center gap-x-3">
        <Probability value={prediction.probability} />
        <p className="text-xs text-muted">{when.likely}</p>
      </div>
      {isDrawn(trust) && (
        <FanChart
          data={{
            history: prediction.history,
            expected: prediction.expected,
            lower: prediction.lower_80,
            upper: prediction.upper_80,
            limit: limit.value,
          }}
          width={300}
          height={44}
          scale="zero"
          label={`${MEASURE_NAMES[measure]} of ${placeName(scope)}: past, expected course with its 80 % band, and the limit`}
        />
      )}
    </div>
  );
}

function Journeys({ scope }: { scope: Scope }) {
  const query = useJourneys(scope.env);
  const { data } = query;
  const all = (
    <Link to="/journeys" search={journeySearch as never} className="text-xs text-accent underline">
      {data && data.items.length > 0 ? `All ${data.items.length}` : "Journeys"}
    </Link>
  );
  return (
    <Panel title="Journeys" actions={all} refreshing={query.isPlaceholderData}>
      {!data && query.error ? (
        <Failure what="The journeys" error={query.error} retry={() => void query.refetch()} />
      ) : !data ? (
        <div className="px-3 pb-3">
          <Skeleton height={64} />
        </div>
      ) : data.items.length === 0 ? (
        <p className="px-3 pb-3 text-xs text-muted">
          {data.proposals > 0
            ? `${plural(data.proposals, "path")} that people walk ${data.proposals === 1 ? "waits" : "wait"} to be confirmed.`
            : "None defined: say which endpoints people walk through, and see whether they can finish."}
        </p>
      ) : (
        <ul className="border-t border-line">
          {data.items.slice(0, JOURNEYS_MAX).map((summary) => (
            <JourneyLine key={summary.journey.id} summary={summary} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function JourneyLine({ summary }: { summary: JourneySummary }) {
  const { journey, health, outlook } = summary;
  const weakest = health.weakest_step === null || health.state === "healthy" ? undefined : health.steps[health.weakest_step];
  const later = outlook?.success[outlook.success.length - 1];
  return (
    <li className="border-b border-line px-3 py-1.5 text-xs last:border-b-0" data-journey-line={journey.id}>
      <p className="flex min-w-0 items-center gap-2">
        <JourneyStateChip state={health.state} />
        <JourneyLink id={journey.id} className="min-w-0 truncate font-medium hover:underline">
          {journey.name}
        </JourneyLink>
        <span className="ml-auto shrink-0 font-semibold" title={health.sentence}>
          {successText(health.success)}
        </span>
      </p>
      {(weakest || (later !== undefined && health.state !== "healthy")) && (
        <p className="truncate text-muted">
          {weakest && (
            <>
              weakest <span className="font-mono text-[11px]">{stepName(weakest)}</span>
            </>
          )}
          {later !== undefined && `${weakest ? "; " : ""}${successText(later)} expected in 6 h`}
        </p>
      )}
    </li>
  );
}

function Calm({ children }: { children: string }) {
  return (
    <p className="flex items-start gap-2 px-3 pb-3 text-xs text-muted" data-ahead-calm>
      <CircleCheck size={14} className="mt-0.5 shrink-0 text-ok" aria-hidden />
      {children}
    </p>
  );
}
