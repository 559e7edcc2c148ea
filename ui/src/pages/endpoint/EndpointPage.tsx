// What is normal at this endpoint, and what changed? Owns the header and the tabs.
import { Tabs } from "@base-ui/react/tabs";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { lazy, Suspense } from "react";
import { ApiError } from "../../api/client";
import { ANY_ANOMALY, useAnomalies } from "../../api/detectionQueries";
import { useEndpoint } from "../../api/queries";
import { environmentName, environmentTag } from "../../parts/environment";
import { SampleTables } from "../../parts/SampleTables";
import { Failure, Skeleton } from "../../parts/states";
import { travelling, type Scope, type Search } from "../../scope/codec";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { AnomaliesTab } from "./AnomaliesTab";
import { BaselineTab } from "./BaselineTab";
import { CompareTab } from "./CompareTab";
import { OpenAlerts } from "./OpenAlerts";
import { OpenAnomalies } from "./OpenAnomalies";
import { SummaryTab } from "./SummaryTab";

const ForecastTab = lazy(() => import("./ForecastTab"));

const TABS: [string, string][] = [
  ["summary", "Summary"],
  ["forecast", "Forecast"],
  ["compare", "Compare"],
  ["samples", "Samples"],
  ["anomalies", "Anomalies"],
  ["baseline", "Baseline"],
];

export default function EndpointPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const scope = useScope();
  const setScope = useSetScope();
  const detail = useEndpoint(id, scope);
  const endpoint = detail.data?.endpoint;
  const name = endpoint ? `${endpoint.method} ${endpoint.route}` : "Endpoint";
  const tab = TABS.some(([value]) => value === scope.tab) ? scope.tab : "summary";
  const inner: Scope = { ...scope, ep: [id], q: "" };
  // What is open matters now, whatever range is shown.
  const present: Scope = { ...inner, from: "now-1h", to: "now" };
  const open = useAnomalies(present, { ...ANY_ANOMALY, state: ["open", "acknowledged"] }, "-severity", 10);
  const openCount = open.data?.total ?? 0;

  return (
    <>
      <PageHeader title={<span className="font-mono text-[15px]">{name}</span>} documentTitle={name} hideEndpoints />
      <div className="flex flex-col gap-3 p-4">
        <div className="flex flex-wrap items-center gap-2 text-xs">
          <Link
            to="/endpoints"
            search={((previous: Search) => travelling(previous)) as never}
            className="inline-flex h-6 items-center gap-1 text-accent hover:underline"
          >
            <ArrowLeft size={13} aria-hidden /> Endpoints
          </Link>
          {endpoint && <span className="text-muted">service {endpoint.service}</span>}
          {detail.data?.environments.map(({ environment }) => (
            <span
              key={environment.id}
              title={environment.id}
              className="inline-flex h-6 items-center gap-1.5 rounded-full border border-line px-2.5"
            >
              <span className="font-mono text-[10px] text-muted" aria-hidden>
                {environmentTag(environment.id)}
              </span>
              {environmentName(environment)}
            </span>
          ))}
        </div>
        <OpenAnomalies anomalies={open.data?.items ?? []} total={openCount} />
        <OpenAlerts id={id} route={endpoint?.route} anomalies={open.data?.items.map((item) => item.id) ?? []} />
        {detail.error && !detail.data ? (
          <div className="panel">
            {detail.error instanceof ApiError && detail.error.status === 404 ? (
              <div className="flex flex-col items-center gap-2 p-8 text-center text-muted">
                <p>No endpoint has this address. Its data may have been removed.</p>
                <Link to="/endpoints" className="text-accent underline">
                  All endpoints
                </Link>
              </div>
            ) : (
              <Failure what="The endpoint" error={detail.error} retry={() => void detail.refetch()} />
            )}
          </div>
        ) : !detail.data ? (
          <Skeleton height={600} />
        ) : (
          <Tabs.Root value={tab} onValueChange={(value) => setScope({ tab: value === "summary" ? "" : String(value) })}>
            <Tabs.List
              aria-label="Endpoint views"
              className="mb-3 flex gap-1 overflow-x-auto overflow-y-clip border-b border-line"
            >
              {TABS.map(([value, label]) => (
                <Tabs.Tab
                  key={value}
                  value={value}
                  className="-mb-px h-9 shrink-0 border-b-2 border-transparent whitespace-nowrap px-3 text-muted hover:text-text data-active:border-accent data-active:font-medium data-active:text-text"
                >
                  {label}
                  {value === "anomalies" && openCount > 0 && (
                    <span className="ml-1.5 rounded bg-warn-tint px-1.5 text-[11px] leading-4 text-warn">
                      {openCount}
                      <span className="sr-only"> open</span>
                    </span>
                  )}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="summary">
              <SummaryTab detail={detail.data} scope={inner} />
            </Tabs.Panel>
            <Tabs.Panel value="forecast">
              <Suspense fallback={<Skeleton height={600} />}>
                <ForecastTab scope={inner} />
              </Suspense>
            </Tabs.Panel>
            <Tabs.Panel value="compare">
              <CompareTab scope={inner} environments={detail.data.environments.map((item) => item.environment.id)} />
            </Tabs.Panel>
            <Tabs.Panel value="samples">
              <SampleTables scope={inner} />
            </Tabs.Panel>
            <Tabs.Panel value="anomalies">
              <AnomaliesTab scope={inner} />
            </Tabs.Panel>
            <Tabs.Panel value="baseline">
              <BaselineTab
                id={id}
                scope={inner}
                environments={detail.data.environments.map((item) => item.environment.id)}
              />
            </Tabs.Panel>
          </Tabs.Root>
        )}
      </div>
    </>
  );
}
