// Which endpoints are slow, failing, busy, silent? Owns the tool bar and puts facets beside the table.
import { Download, ListFilter } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useEndpointPages } from "../../api/queries";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { RefreshBar } from "../../parts/Panel";
import { SearchField } from "../../parts/SearchField";
import { Segmented } from "../../parts/Segmented";
import { DEFAULT_SCOPE } from "../../scope/codec";
import { useScope, useSetScope, useZone } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { plural } from "../../units";
import { ColumnChooser } from "./ColumnChooser";
import { COLUMNS } from "./columns";
import { EndpointTable } from "./EndpointTable";
import { exportEndpoints } from "./exportEndpoints";
import { FacetList } from "./FacetList";
import { useHiddenColumns } from "./useHiddenColumns";

const STATES: [string, string][] = [
  ["", "All"],
  ["active", "Active"],
  ["silent", "Silent"],
];
const DEFAULT_SORT = "-requests";

export default function EndpointsPage() {
  const scope = useScope();
  const setScope = useSetScope();
  const zone = useZone();
  const [facetsOpen, setFacetsOpen] = useState(false);
  const [hidden, toggleHidden] = useHiddenColumns();
  const [exportError, setExportError] = useState<string | null>(null);
  const sort = scope.sort || DEFAULT_SORT;
  const state = STATES.some(([value]) => value === scope.tab) ? scope.tab || "all" : "all";
  const pages = useEndpointPages(scope, sort, state);
  const rows = useMemo(() => {
    // Pages are fetched at different moments, so a row that moved may come twice.
    const byId = new Map(pages.data?.pages.flatMap((page) => page.items).map((row) => [row.id, row]));
    return [...byId.values()];
  }, [pages.data]);
  const total = pages.data?.pages[0]?.total ?? 0;
  const columns = COLUMNS.filter((column) => !hidden.includes(column.id));
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = pages;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  async function save() {
    setExportError(null);
    try {
      await exportEndpoints(scope, sort, state, zone);
    } catch (error) {
      setExportError(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <div className="flex h-dvh flex-col">
      <PageHeader title="Endpoints" documentTitle="Endpoints" />
      <div className="flex min-h-0 flex-1 gap-4 p-4">
        <aside
          aria-label="Filters"
          className={`w-44 shrink-0 overflow-y-auto pr-1 ${facetsOpen ? "" : "max-rail:hidden"}`}
        >
          <FacetList scope={scope} />
        </aside>
        <div className="flex min-w-0 flex-1 flex-col gap-3">
          <div className="flex flex-wrap items-center gap-2">
            <button
              type="button"
              className="control rail:hidden"
              aria-expanded={facetsOpen}
              onClick={() => setFacetsOpen(!facetsOpen)}
            >
              <ListFilter size={14} aria-hidden /> Filters
            </button>
            <SearchField label="Search endpoints" value={scope.q} onChange={(q) => setScope({ q }, true)} />
            <Segmented
              label="State"
              options={STATES}
              value={state === "all" ? "" : state}
              onChange={(tab) => setScope({ tab })}
            />
            <p className="text-xs text-muted" role="status">
              {pages.data ? plural(total, "endpoint") : ""}
            </p>
            <div className="ml-auto flex gap-2">
              <ColumnChooser hidden={hidden} toggle={toggleHidden} />
              <button type="button" className="control" onClick={() => void save()} disabled={rows.length === 0}>
                <Download size={14} aria-hidden /> CSV
              </button>
            </div>
          </div>
          {exportError && (
            <p role="alert" className="text-critical">
              The export failed: {exportError}
            </p>
          )}
          <div className="relative flex min-h-0 flex-1 flex-col">
            {pages.isPlaceholderData && <RefreshBar />}
            {pages.error && !pages.data ? (
              <div className="panel">
                <Failure what="The endpoint list" error={pages.error} retry={() => void pages.refetch()} />
              </div>
            ) : !pages.data ? (
              <Skeleton height={480} />
            ) : rows.length === 0 ? (
              <div className="panel">
                <Empty
                  reason="No endpoint matches these filters in this range."
                  action={
                    <button
                      type="button"
                      className="control"
                      onClick={() => setScope({ ...DEFAULT_SCOPE, from: scope.from, to: scope.to, tz: scope.tz })}
                    >
                      Clear all filters
                    </button>
                  }
                />
              </div>
            ) : (
              <EndpointTable
                rows={rows}
                total={total}
                columns={columns}
                sort={sort}
                onSort={(next) => setScope({ sort: next })}
                onEnd={onEnd}
              />
            )}
          </div>
        </div>
      </div>
    </div>
  );
}
