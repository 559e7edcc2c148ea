// Who is hurt, and how much: numbers with their intervals, consumers, journeys, environments.
import { Route } from "lucide-react";
import { useJourneys } from "../../api/forecastQueries";
import type { Estimate, Impact } from "../../api/incidentTypes";
import { JourneyLink } from "../../forecasting/JourneyLink";
import { namedText } from "../../incidents/words";
import { environmentNameOf } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { count, plural, share } from "../../units";

export function ImpactPanel({ impact }: { impact: Impact }) {
  return (
    <Panel title="Impact" note={`${share(impact.share_of_traffic)} of all traffic at that time`}>
      <dl className="grid grid-cols-3 gap-px border-y border-line bg-line" data-impact>
        <Tile name="Failed" estimate={impact.failed} note="beyond the usual" />
        <Tile name="Slow" estimate={impact.slow} note="beyond the usual" />
        <Tile name="Missing" estimate={impact.missing} note="did not come" />
      </dl>
      <p className="px-3 pt-2 text-xs text-muted">
        Of {count(impact.requests)} requests to what is affected, in{" "}
        <span title={impact.services.join(", ")}>{namedText(impact.services)}</span> on{" "}
        <span title={impact.environments.map(environmentNameOf).join(", ")}>
          {namedText(impact.environments.map(environmentNameOf), 3)}
        </span>
        . A request that failed because its call failed counts once.
      </p>
      <Journeys ids={impact.journeys} />
      <Consumers impact={impact} />
    </Panel>
  );
}

function Tile({ name, estimate, note }: { name: string; estimate: Estimate; note: string }) {
  const { value, lower, upper } = estimate;
  const none = value < 0.5 && upper < 0.5;
  return (
    <div className="min-w-0 bg-surface px-3 py-2">
      <dt className="text-xs text-muted">{name}</dt>
      <dd>
        <span className={`block text-2xl leading-8 font-semibold ${none ? "text-muted" : ""}`}>
          {count(Math.round(value))}
        </span>
        <span className="block text-xs leading-4 text-muted">
          {lower === upper ? "" : `${count(Math.round(lower))} to ${count(Math.round(upper))} `}
          {note}
        </span>
      </dd>
    </div>
  );
}

function Journeys({ ids }: { ids: string[] }) {
  const known = useJourneys([], undefined, ids.length > 0);
  if (ids.length === 0) return null;
  return (
    <section aria-labelledby="journeys-hurt" className="px-3 pt-3 text-xs">
      <h3 id="journeys-hurt" className="mb-1 font-semibold">
        Journeys that walk through it
      </h3>
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {ids.map((id) => {
          const summary = known.data?.items.find((item) => item.journey.id === id);
          return (
            <li key={id} className="flex min-w-0 items-center gap-1.5">
              <Route size={12} className="shrink-0 text-muted" aria-hidden />
              <JourneyLink id={id} className="min-w-0 truncate text-accent underline">
                {summary?.journey.name ?? id}
              </JourneyLink>
              {summary?.health.success != null && (
                <span className="whitespace-nowrap text-muted">{share(summary.health.success)} could finish</span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Consumers({ impact: { consumers, consumers_most } }: { impact: Impact }) {
  const most = Math.max(0, ...consumers_most.map((item) => item.requests_hurt));
  return (
    <section aria-labelledby="consumers-hurt" className="px-3 pt-3 pb-3 text-xs">
      <h3 id="consumers-hurt" className="mb-1 font-semibold">
        Consumers hurt most
        <span className="ml-2 font-normal text-muted">
          {consumers === null ? "" : `of ${plural(consumers, "consumer")} with a failed or slow request`}
        </span>
      </h3>
      {consumers_most.length === 0 ? (
        <p className="text-muted">{consumers === null ? "Requests name no consumer." : "None was hurt."}</p>
      ) : (
        <ul>
          {consumers_most.map((item) => (
            <li key={item.consumer} className="flex h-6 items-center gap-2">
              <span className="w-36 shrink-0 truncate font-mono max-sm:w-24" title={item.consumer}>
                {item.consumer}
              </span>
              <span className="h-2 min-w-8 flex-1 overflow-hidden rounded-sm bg-bg" aria-hidden>
                <span
                  className="block h-full rounded-sm"
                  style={{
                    width: `${most > 0 ? (item.requests_hurt / most) * 100 : 0}%`,
                    background: "var(--series-2)",
                  }}
                />
              </span>
              <span className="shrink-0 whitespace-nowrap">
                {count(item.requests_hurt)} <span className="text-muted">of {count(item.requests)} hurt</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
