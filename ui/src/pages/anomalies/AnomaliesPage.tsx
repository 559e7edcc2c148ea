// What happened, is it real, have we dealt with it? Owns the tool bar and puts filters beside the list.
import { Download, ListFilter } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useAnomalyPages } from "../../api/detectionQueries";
import { CatchingUp } from "../../detection/CatchingUp";
import { useStreamListener } from "../../live/useLive";
import { RefreshBar } from "../../parts/Panel";
import { SearchField } from "../../parts/SearchField";
import { Failure, Skeleton } from "../../parts/states";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { plural } from "../../units";
import { AnomalyFacets } from "./AnomalyFacets";
import { AnomalyTable } from "./AnomalyTable";
import { CalmState } from "./CalmState";
import { exportAnomalies } from "./exportAnomalies";
import { filtersOf, sortOf, stateTab, SORTS } from "./filters";
import { rememberList } from "./lastList";
import { StateTabs } from "./StateTabs";

export default function AnomaliesPage() {
  const scope = useScope();
  const setScope = useSetScope();
  const [facetsOpen, setFacetsOpen] = useState(false);
  const [exportError, setExportError] = useState<string | null>(null);
  const filters = useMemo(() => filtersOf(scope), [scope]);
  const sort = sortOf(scope);
  const pages = useAnomalyPages(scope, filters, sort);
  const anomalies = useMemo(() => {
    // Pages are fetched at different moments, so one that moved may come twice.
    const byId = new Map(pages.data?.pages.flatMap((page) => page.items).map((item) => [item.id, item]));
    return [...byId.values()];
  }, [pages.data]);
  const first = pages.data?.pages[0];
  useEffect(() => rememberList(anomalies), [anomalies, scope]);
  // The list follows the present also where its range ended in the past: what is listed may still change.
  useStreamListener({ topics: ["anomalies"], parameters: { group_by: "none" }, always: true }, scope.live);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = pages;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  async function save() {
    setExportError(null);
    try {
      await exportAnomalies(scope, filters, sort);
    } catch (error) {
      setExportError(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <div className="flex h-dvh flex-col">
      <PageHeader title="Anomalies" documentTitle="Anomalies" hideCompare />
      <div className="flex min-h-0 flex-1 gap-4 p-4 max-md:p-3">
        <aside
          aria-label="Filters"
          className={`w-44 shrink-0 overflow-y-auto pr-1 ${facetsOpen ? "max-md:w-full" : "max-rail:hidden"}`}
        >
          <AnomalyFacets scope={scope} list={first} onClose={() => setFacetsOpen(false)} />
        </aside>
        <div className={`flex min-w-0 flex-1 flex-col gap-3 ${facetsOpen ? "max-md:hidden" : ""}`}>
          <div className="flex flex-wrap items-center gap-2">
            <button
              type="button"
              className="control rail:hidden max-md:order-1"
              aria-expanded={facetsOpen}
              onClick={() => setFacetsOpen(!facetsOpen)}
            >
              <ListFilter size={14} aria-hidden /> Filters
            </button>
            <StateTabs
              value={stateTab(scope)}
              counts={first?.counts}
              onChange={(state) => setScope({ state, sel: "" })}
            />
            <SearchField
              label="Search anomalies"
              value={scope.q}
              onChange={(q) => setScope({ q }, true)}
              className="w-50 max-md:order-3 max-md:w-full"
            />
            <p className="sr-only" role="status">
              {first ? plural(first.total, "anomaly", "anomalies") : ""}
            </p>
            <div className="ml-auto flex gap-2 max-md:order-1">
              <label className="control pr-1">
                <span className="text-muted max-md:sr-only">Sort</span>
                <select
                  className="h-7 rounded bg-surface outline-offset-2"
                  value={sort}
                  onChange={(event) => setScope({ sort: event.target.value })}
                >
                  {SORTS.map(([value, name]) => (
                    <option key={value} value={value}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
              <button type="button" className="control" onClick={() => void save()} disabled={anomalies.length === 0}>
                <Download size={14} aria-hidden /> CSV
              </button>
            </div>
          </div>
          <CatchingUp />
          {exportError && (
            <p role="alert" className="text-critical">
              The export failed: {exportError}
            </p>
          )}
          <div className="relative flex min-h-0 flex-1 flex-col">
            {pages.isPlaceholderData && <RefreshBar />}
            {pages.error && !pages.data ? (
              <div className="panel">
                <Failure what="The list of anomalies" error={pages.error} retry={() => void pages.refetch()} />
              </div>
            ) : !first ? (
              <Skeleton height={520} />
            ) : anomalies.length === 0 ? (
              <CalmState scope={scope} />
            ) : (
              <AnomalyTable anomalies={anomalies} total={first.total} sort={sort} onEnd={onEnd} />
            )}
          </div>
        </div>
      </div>
    </div>
  );
}
