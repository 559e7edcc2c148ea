// Can a customer finish? Owns the list, the window of health, and whether a journey is being written.
import { Plus, Route } from "lucide-react";
import { lazy, Suspense } from "react";
import { JOURNEY_VIEW, useJourneys } from "../../api/forecastQueries";
import { horizonOf } from "../../forecasting/chart";
import { RefreshBar } from "../../parts/Panel";
import { Segmented } from "../../parts/Segmented";
import { Failure, Skeleton } from "../../parts/states";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { plural } from "../../units";
import { JourneyCard } from "./JourneyCard";

const Editor = lazy(() => import("./Editor"));
const ProposalsPanel = lazy(() => import("./ProposalsPanel"));

const WINDOWS: [string, string][] = [
  ["15m", "15 min"],
  ["1h", "1 h"],
  ["6h", "6 h"],
  ["24h", "24 h"],
];

export default function JourneysPage() {
  const { sel } = useScope();
  return (
    <>
      <PageHeader title="Journeys" documentTitle="Journeys" hideTime hideEndpoints hideCompare />
      <div className="flex flex-col gap-3 p-4 max-md:p-3">
        {sel ? (
          <Suspense fallback={<Skeleton height={520} />}>
            <Editor sel={sel} />
          </Suspense>
        ) : (
          <List />
        )}
      </div>
    </>
  );
}

function List() {
  const scope = useScope();
  const setScope = useSetScope();
  const window = horizonOf(scope.window, JOURNEY_VIEW.window, WINDOWS);
  const query = useJourneys(scope.env, { ...JOURNEY_VIEW, window });
  const { data } = query;
  const add = (
    <button type="button" className="control" onClick={() => setScope({ sel: "new" })}>
      <Plus size={14} aria-hidden /> New journey
    </button>
  );
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <Segmented
          labelled
          label="Health of the last"
          options={WINDOWS}
          value={window}
          onChange={(value) => setScope({ window: value === JOURNEY_VIEW.window ? "" : value })}
        />
        <p className="sr-only" role="status">
          {data ? plural(data.items.length, "journey") : ""}
        </p>
        <div className="ml-auto">{add}</div>
      </div>
      <div className="relative flex flex-col gap-3">
        {query.isPlaceholderData && <RefreshBar />}
        {!data && query.error ? (
          <div className="panel">
            <Failure what="The journeys" error={query.error} retry={() => void query.refetch()} />
          </div>
        ) : !data ? (
          <Skeleton height={420} />
        ) : data.items.length === 0 ? (
          <div className="panel flex flex-col items-center gap-2 px-4 py-10 text-center">
            <Route size={22} className="text-muted" aria-hidden />
            <h2 className="text-[15px] font-semibold">No journey yet</h2>
            <p className="max-w-xl text-muted">
              A journey is a path through endpoints that people walk in order, such as cart, order, payment. Hawkeye says
              how many can finish, where they are lost, and how that will go on.
              {data.proposals > 0 && " Below are paths that people already walk."}
            </p>
            {add}
          </div>
        ) : (
          <ul className="flex flex-col gap-3" aria-label="Journeys">
            {data.items.map((summary) => (
              <JourneyCard key={summary.journey.id} summary={summary} />
            ))}
          </ul>
        )}
      </div>
      <Suspense fallback={<Skeleton height={120} />}>
        <ProposalsPanel />
      </Suspense>
    </>
  );
}
