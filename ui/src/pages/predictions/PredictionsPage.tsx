// What will break, when, and how sure is that? Owns the tabs; all but the first load when they are first opened.
import { Tabs } from "@base-ui/react/tabs";
import { lazy, Suspense, type ComponentType } from "react";
import { PanelBoundary, Skeleton } from "../../parts/states";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { BreaksTab } from "./BreaksTab";

const TABS: [string, string, ComponentType][] = [
  ["breaks", "What may break", BreaksTab],
  ["reliability", "How good were forecasts?", lazy(() => import("./ReliabilityTab"))],
  ["capacity", "Capacity", lazy(() => import("./CapacityTab"))],
  ["limits", "Limits", lazy(() => import("./LimitsTab"))],
];

export default function PredictionsPage() {
  const scope = useScope();
  const setScope = useSetScope();
  const tab = TABS.some(([value]) => value === scope.tab) ? scope.tab : "breaks";
  return (
    <>
      <PageHeader
        title="Predictions"
        documentTitle="Predictions"
        hideTime={tab !== "reliability"}
        hideCompare
        hideEndpoints={tab === "limits"}
        hideEnvironments={tab === "limits"}
      />
      <Tabs.Root
        className="p-4 max-md:p-3"
        value={tab}
        onValueChange={(value) =>
          setScope({ tab: value === "breaks" ? "" : String(value), sel: "", horizon: "", measure: [] })
        }
      >
        <Tabs.List
          aria-label="Predictions"
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
        {TABS.map(([value, label, Content]) => (
          <Tabs.Panel key={value} value={value} className="outline-offset-2">
            <PanelBoundary what={label}>
              <Suspense fallback={<Skeleton height={520} />}>
                <Content />
              </Suspense>
            </PanelBoundary>
          </Tabs.Panel>
        ))}
      </Tabs.Root>
    </>
  );
}
