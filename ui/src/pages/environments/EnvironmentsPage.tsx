// Is it us, or is it one cloud? Owns the two tabs, and the order of the first: statement, cards, overlay chart, matrix.
import { Tabs } from "@base-ui/react/tabs";
import { lazy, Suspense, useMemo, useState } from "react";
import { useExpectations } from "../../api/detectionQueries";
import { useEnvironments, useMatrix, useSeries } from "../../api/queries";
import type { Matrix } from "../../api/types";
import { ChartPanel } from "../../charts/ChartPanel";
import { groupedModel } from "../../charts/lines";
import { marksFor } from "../../charts/marks";
import { environmentColors, environmentNameOf } from "../../parts/environment";
import { Empty, Failure, PanelBoundary, Skeleton } from "../../parts/states";
import type { Scope } from "../../scope/codec";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { latency, plural, share, threeDigits } from "../../units";
import { EnvironmentCards } from "./EnvironmentCards";
import { MatrixPanel } from "./MatrixPanel";

const LINES_MAX = 6;
const MATRIX_ROWS = 50;

const CompareTab = lazy(() => import("./CompareTab"));

const TABS: [string, string][] = [
  ["all", "All of them"],
  ["compare", "Compare"],
];

export default function EnvironmentsPage() {
  const scope = useScope();
  const setScope = useSetScope();
  const tab = scope.tab === "compare" ? "compare" : "all";
  return (
    <>
      <PageHeader title="Environments" documentTitle="Environments" />
      <Tabs.Root
        className="p-4 max-md:p-3"
        value={tab}
        onValueChange={(value) => setScope({ tab: value === "all" ? "" : String(value) })}
      >
        <Tabs.List
          aria-label="Environments"
          className="relative mb-4 flex shrink-0 gap-1 overflow-x-auto overflow-y-clip border-b border-line"
        >
          {TABS.map(([value, label]) => (
            <Tabs.Tab
              key={value}
              value={value}
              className="-mb-px h-9 shrink-0 border-b-2 border-transparent px-3 whitespace-nowrap text-muted hover:text-text data-active:border-accent data-active:font-medium data-active:text-text"
            >
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="all" className="outline-offset-2">
          <AllTab scope={scope} />
        </Tabs.Panel>
        <Tabs.Panel value="compare" className="outline-offset-2">
          <PanelBoundary what="The comparison">
            <Suspense fallback={<Skeleton height={520} />}>
              <CompareTab scope={scope} />
            </Suspense>
          </PanelBoundary>
        </Tabs.Panel>
      </Tabs.Root>
    </>
  );
}

function AllTab({ scope }: { scope: Scope }) {
  const [rows, setRows] = useState(MATRIX_ROWS);
  const environments = useEnvironments(scope);
  const series = useSeries(scope, { groupBy: "environment", limit: LINES_MAX, follow: true });
  const expectations = useExpectations(scope);
  const matrix = useMatrix(scope, rows);
  const ids = useMemo(() => environments.data?.items.map((item) => item.environment.id) ?? [], [environments.data]);
  const colorOf = useMemo(() => environmentColors(ids), [ids]);
  const models = useMemo(() => {
    if (!series.data) return undefined;
    const named = (measure: "p95_ms" | "error_rate") => {
      const model = groupedModel(series.data, measure, colorOf);
      const rename = (key: string, label: string) => (key.includes("/") ? environmentNameOf(key) : label);
      return { ...model, lines: model.lines.map((line) => ({ ...line, label: rename(line.key, line.label) })) };
    };
    return { time: named("p95_ms"), errors: named("error_rate") };
  }, [series.data, colorOf]);
  const chart = {
    error: series.error,
    retry: () => void series.refetch(),
    refreshing: series.isPlaceholderData,
    directLabels: true,
  };

  return (
    <div className="flex flex-col gap-3">
      <Statements matrix={matrix.data} />
      {environments.error && !environments.data ? (
        <div className="panel">
          <Failure what="Environments" error={environments.error} retry={() => void environments.refetch()} />
        </div>
      ) : !environments.data ? (
        <Skeleton height={150} />
      ) : environments.data.items.length === 0 ? (
        <div className="panel">
          <Empty reason="No environment has requests that match these filters." />
        </div>
      ) : (
        <EnvironmentCards items={environments.data.items} colorOf={colorOf} />
      )}
      <div className="grid grid-cols-2 gap-3 max-rail:grid-cols-1">
        <ChartPanel
          title="Response time by environment"
          note="p95"
          model={models?.time}
          marks={marksFor(expectations.data, ["latency"]) ?? "coming"}
          format={latency}
          floor={10}
          height={200}
          {...chart}
        />
        <ChartPanel
          title="Errors by environment"
          note="5xx, % of requests"
          model={models?.errors}
          marks={marksFor(expectations.data, ["error_rate"]) ?? "coming"}
          format={share}
          floor={0.01}
          height={200}
          {...chart}
        />
      </div>
      <MatrixPanel
        matrix={matrix.data}
        error={matrix.error}
        retry={() => void matrix.refetch()}
        refreshing={matrix.isPlaceholderData}
        more={() => setRows(rows + MATRIX_ROWS)}
      />
    </div>
  );
}

const STATEMENT_SHARED_MIN = 5; // Fewer shared endpoints say little about an environment.
const STATEMENT_SHARE_MIN = 0.25; // On fewer of its endpoints than this it is these endpoints, not the environment.

function Statements({ matrix }: { matrix: Matrix | undefined }) {
  if (!matrix || matrix.environments.length < 2) return null;
  const slower = matrix.slower.filter(
    (item) => item.shared >= STATEMENT_SHARED_MIN && item.endpoints / item.shared >= STATEMENT_SHARE_MIN,
  );
  return (
    <ul className="panel flex flex-col gap-1 px-3 py-2.5" data-statements>
      {slower.map((item) => (
        <li key={item.environment}>
          <strong className="font-semibold">{environmentNameOf(item.environment)}</strong> is more than 10 % slower than
          the median of all environments on {item.endpoints} of {plural(item.shared, "shared endpoint")}. Over all of
          them, its p95 is typically {threeDigits(item.median_ratio)}× the median.
        </li>
      ))}
      {slower.length === 0 && (
        <li>No environment is more than 10 % slower than the others on a quarter or more of the shared endpoints.</li>
      )}
    </ul>
  );
}
