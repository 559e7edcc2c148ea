// What is broken, and why? Owns the tool bar and puts filters beside the list.
import { ListFilter } from "lucide-react";
import { useMemo, useState } from "react";
import { useIncidentPages } from "../../api/incidentQueries";
import { CatchingUp } from "../../detection/CatchingUp";
import { SEVERITIES, SEVERITY_NAMES } from "../../detection/words";
import { VERDICT_NAMES, VERDICTS } from "../../incidents/words";
import { useStreamListener } from "../../live/useLive";
import { FacetGroup } from "../../parts/FacetGroup";
import { RefreshBar } from "../../parts/Panel";
import { SearchField } from "../../parts/SearchField";
import { Failure, Skeleton } from "../../parts/states";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { plural } from "../../units";
import { AllWell } from "./AllWell";
import { filtersOf, STATE_TABS, stateTab, type StateTab } from "./filters";
import { IncidentRows } from "./IncidentRows";

export default function IncidentsPage() {
  const scope = useScope();
  const setScope = useSetScope();
  const [facetsOpen, setFacetsOpen] = useState(false);
  const filters = useMemo(() => filtersOf(scope), [scope]);
  const pages = useIncidentPages(scope, filters);
  const incidents = useMemo(() => {
    // Pages are fetched at different moments, so one that moved may come twice.
    const byId = new Map(pages.data?.pages.flatMap((page) => page.items).map((item) => [item.id, item]));
    return [...byId.values()];
  }, [pages.data]);
  const first = pages.data?.pages[0];
  // The list follows the present also where its range ended in the past: what is listed may still change.
  useStreamListener({ topics: ["incidents"], parameters: { group_by: "none" }, always: true }, scope.live);
  const counts: Partial<Record<StateTab, number>> = first
    ? { "": first.open, closed: first.closed, all: first.open + first.closed }
    : {};

  return (
    <>
      <PageHeader title="Incidents" documentTitle="Incidents" hideCompare />
      <div className="flex gap-4 p-4 max-md:p-3">
        <aside
          aria-label="Filters"
          className={`flex w-44 shrink-0 flex-col gap-4 ${facetsOpen ? "max-md:w-full" : "max-rail:hidden"}`}
        >
          <FacetGroup
            name="Severity"
            rows={SEVERITIES.map((value) => ({ value, label: SEVERITY_NAMES[value] }))}
            chosen={scope.severity}
            onChange={(severity) => setScope({ severity })}
          />
          <FacetGroup
            name="Verdict"
            rows={VERDICTS.map((value) => ({ value, label: VERDICT_NAMES[value] }))}
            chosen={scope.verdict}
            onChange={(verdict) => setScope({ verdict })}
          />
          <button type="button" className="control justify-center md:hidden" onClick={() => setFacetsOpen(false)}>
            Show the list
          </button>
        </aside>
        <div className={`flex min-w-0 flex-1 flex-col gap-3 ${facetsOpen ? "max-md:hidden" : ""}`}>
          <div className="flex flex-wrap items-center gap-2">
            <button
              type="button"
              className="control rail:hidden"
              aria-expanded={facetsOpen}
              onClick={() => setFacetsOpen(!facetsOpen)}
            >
              <ListFilter size={14} aria-hidden /> Filters
            </button>
            <div role="group" aria-label="State" className="flex max-w-full items-center overflow-x-auto">
              {STATE_TABS.map(([tab, name]) => (
                <button
                  key={tab}
                  type="button"
                  aria-pressed={tab === stateTab(scope)}
                  className={`control -ml-px rounded-none first-of-type:ml-0 first-of-type:rounded-l-md last:rounded-r-md ${
                    tab === stateTab(scope) ? "bg-selected font-medium" : ""
                  }`}
                  onClick={() => setScope({ state: tab })}
                >
                  {name}
                  {counts[tab] !== undefined && (
                    <span className="min-w-4 text-right text-xs font-normal text-muted">
                      {counts[tab].toLocaleString("en")}
                    </span>
                  )}
                </button>
              ))}
            </div>
            <SearchField
              label="Search incidents"
              placeholder="Title or service"
              value={scope.q}
              onChange={(q) => setScope({ q }, true)}
              className="w-50 max-md:w-full"
            />
            <p className="sr-only" role="status">
              {first ? plural(first.total, "incident") : ""}
            </p>
          </div>
          <CatchingUp />
          <div className="relative">
            {pages.isPlaceholderData && <RefreshBar />}
            {pages.error && !pages.data ? (
              <div className="panel">
                <Failure what="The list of incidents" error={pages.error} retry={() => void pages.refetch()} />
              </div>
            ) : !first ? (
              <Skeleton height={420} />
            ) : incidents.length === 0 ? (
              <AllWell scope={scope} />
            ) : (
              <IncidentRows
                incidents={incidents}
                total={first.total}
                more={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
                loading={pages.isFetchingNextPage}
              />
            )}
          </div>
        </div>
      </div>
    </>
  );
}
