// If the weakest step stays as it is: what that does to journeys in the next hour.
import { useImpacts } from "../../api/forecastQueries";
import type { StepHealth } from "../../api/forecastTypes";
import { JourneyLink } from "../../forecasting/JourneyLink";
import { stepName } from "../../forecasting/journeyWords";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { count } from "../../units";

export function ImpactPanel({ step, env }: { step: StepHealth; env: string[] }) {
  const query = useImpacts(step.endpoint.id, env);
  const { data } = query;
  return (
    <Panel title="If it stays like this" note={stepName(step)} refreshing={query.isPlaceholderData}>
      {!data && query.error ? (
        <Failure what="The impact" error={query.error} retry={() => void query.refetch()} />
      ) : !data ? (
        <div className="px-3 pb-3">
          <Skeleton height={60} />
        </div>
      ) : data.items.length === 0 ? (
        <Empty reason="No journey loses more than usual." />
      ) : (
        <ul className="divide-y divide-line border-t border-line" data-impact>
          {data.items.map((impact) => (
            <li key={impact.journey.id} className="px-3 py-2">
              <p className="first-letter:uppercase">{impact.sentence}.</p>
              <p className="text-xs text-muted">
                <JourneyLink id={impact.journey.id} className="text-accent underline">
                  {impact.journey.name}
                </JourneyLink>
                : between {count(impact.failing_lower)} and {count(impact.failing_upper)} beyond the usual (95 %), of{" "}
                {count(impact.expected)} that come to this step
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
