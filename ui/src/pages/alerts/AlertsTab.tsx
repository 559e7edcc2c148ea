// Which alerts there are and who has taken them. Owns the tool bar and puts filters beside the list.
import { ListFilter } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useAlertPages, useAlertRules } from "../../api/alertQueries";
import { useStreamListener } from "../../live/useLive";
import { FacetGroup } from "../../parts/FacetGroup";
import { RefreshBar } from "../../parts/Panel";
import { SearchField } from "../../parts/SearchField";
import { Failure, Skeleton } from "../../parts/states";
import { SEVERITIES, SEVERITY_NAMES } from "../../detection/words";
import { useScope, useSetScope } from "../../scope/useScope";
import { plural } from "../../units";
import { AlertTable } from "./AlertTable";
import { alertFiltersOf, alertStateTab, countOf, STATE_TABS, totalOf } from "./filters";
import { NobodyIsTold } from "./NobodyIsTold";
import { QuietState } from "./QuietState";

export function AlertsTab() {
  const scope = useScope();
  const setScope = useSetScope();
  const [facetsOpen, setFacetsOpen] = useState(false);
  const filters = useMemo(() => alertFiltersOf(scope), [scope]);
  const pages = useAlertPages(filters, scope.live);
  const alerts = useMemo(() => {
    // Pages are fetched at different moments, so one that moved may come twice.
    const byId = new Map(pages.data?.pages.flatMap((page) => page.items).map((item) => [item.id, item]));
    return [...byId.values()];
  }, [pages.data]);
  const first = pages.data?.pages[0];
  useStreamListener({ topics: ["alerts"], parameters: { group_by: "none" }, always: true }, scope.live);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = pages;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const tab = alertStateTab(scope);

  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      <NobodyIsTold />
      <div className="flex min-h-0 flex-1 gap-4">
        <aside
          aria-label="Filters"
          className={`w-44 shrink-0 overflow-y-auto pr-1 ${facetsOpen ? "max-md:w-full" : "max-rail:hidden"}`}
        >
          <div className="flex flex-col gap-4">
            <FacetGroup
              name="Severity"
              rows={SEVERITIES.map((value) => ({ value, label: SEVERITY_NAMES[value] }))}
              chosen={scope.severity}
              onChange={(severity) => setScope({ severity, sel: "" })}
            />
            <RuleFacet />
            <button type="button" className="control justify-center md:hidden" onClick={() => setFacetsOpen(false)}>
              Show the list
            </button>
          </div>
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
              {STATE_TABS.map(([value, name]) => (
                <button
                  key={value}
                  type="button"
                  aria-pressed={value === tab}
                  className={`control -ml-px shrink-0 rounded-none first-of-type:ml-0 first-of-type:rounded-l-md last:rounded-r-md ${
                    value === tab ? "bg-selected font-medium" : ""
                  }`}
                  onClick={() => setScope({ state: value, sel: "" })}
                >
                  {name}
                  <span className="min-w-3 text-right text-xs font-normal text-muted">
                    {first ? countOf(value, first.counts).toLocaleString("en") : ""}
                  </span>
                </button>
              ))}
            </div>
            <SearchField
              label="Search alerts"
              placeholder="Name, service or route"
              value={scope.q}
              onChange={(q) => setScope({ q, sel: "" }, true)}
              className="w-50 max-md:w-full"
            />
            <p className="sr-only" role="status">
              {first ? plural(totalOf(filters, first.counts), "alert") : ""}
            </p>
          </div>
          <div className="relative flex min-h-0 flex-1 flex-col">
            {pages.isPlaceholderData && <RefreshBar />}
            {pages.error && !pages.data ? (
              <div className="panel">
                <Failure what="The list of alerts" error={pages.error} retry={() => void pages.refetch()} />
              </div>
            ) : !first ? (
              <Skeleton height={420} />
            ) : alerts.length === 0 ? (
              <QuietState />
            ) : (
              <AlertTable alerts={alerts} total={totalOf(filters, first.counts)} onEnd={onEnd} />
            )}
          </div>
        </div>
      </div>
    </div>
  );
}

function RuleFacet() {
  const scope = useScope();
  const setScope = useSetScope();
  const { data } = useAlertRules();
  if (!data || data.items.length === 0) return null;
  return (
    <FacetGroup
      name="Rule"
      rows={data.items.map(({ rule, firing }) => ({
        value: rule.id,
        label: rule.name,
        count: firing > 0 ? firing : undefined,
      }))}
      chosen={scope.rule}
      onChange={(rule) => setScope({ rule, sel: "" })}
    />
  );
}
