// What fires, who is told, and what keeps it quiet. Owns the tabs; each loads when it is first opened.
import { Tabs } from "@base-ui/react/tabs";
import { lazy, Suspense, type ComponentType } from "react";
import { useAlertingStatus, useFiringCount } from "../../api/alertQueries";
import { PanelBoundary, Skeleton } from "../../parts/states";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { AlertsTab } from "./AlertsTab";
import { alertStateTab } from "./filters";
import { RoutingDraftProvider } from "./routing/draft";

const TABS: [string, string, ComponentType][] = [
  ["alerts", "Alerts", AlertsTab],
  ["rules", "Rules", lazy(() => import("./rules/RulesTab"))],
  ["routing", "Routing", lazy(() => import("./routing/RoutingTab"))],
  ["silences", "Silences", lazy(() => import("./silences/SilencesTab"))],
  ["channels", "Channels", lazy(() => import("./channels/ChannelsTab"))],
  ["oncall", "On call", lazy(() => import("./oncall/OnCallTab"))],
  ["notifications", "Notifications", lazy(() => import("./notifications/NotificationsTab"))],
];

export default function AlertsPage() {
  const scope = useScope();
  const setScope = useSetScope();
  const status = useAlertingStatus().data;
  const firing = useFiringCount();
  const tab = TABS.some(([value]) => value === scope.tab) ? scope.tab : "alerts";
  const isHistory = tab === "alerts" && alertStateTab(scope) === "resolved";
  return (
    <RoutingDraftProvider>
      <div className={tab === "alerts" ? "flex h-dvh flex-col" : ""}>
        <PageHeader
          title="Alerts"
          documentTitle="Alerts"
          hideTime={!isHistory}
          hideEndpoints
          hideEnvironments
          hideCompare
        />
        <Tabs.Root
          className={`p-4 max-md:p-3 ${tab === "alerts" ? "flex min-h-0 flex-1 flex-col" : ""}`}
          value={tab}
          onValueChange={(value) =>
            setScope({
              tab: value === "alerts" ? "" : String(value),
              sel: "",
              state: "",
              severity: [],
              rule: [],
              q: "",
            })
          }
        >
          <Tabs.List
            aria-label="Alerting"
            className="relative mb-4 flex shrink-0 gap-1 overflow-x-auto overflow-y-clip border-b border-line"
          >
            {TABS.map(([value, label]) => (
              <Tabs.Tab
                key={value}
                value={value}
                className="-mb-px h-9 shrink-0 border-b-2 border-transparent px-3 whitespace-nowrap text-muted hover:text-text data-active:border-accent data-active:font-medium data-active:text-text"
              >
                {label}
                {value === "alerts" && <TabCount amount={firing} what="firing" />}
                {value === "notifications" && <TabCount amount={status?.dead} what="dead" />}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {TABS.map(([value, label, Content]) => (
            <Tabs.Panel
              key={value}
              value={value}
              className={value === "alerts" ? "flex min-h-0 flex-1 flex-col outline-offset-2" : ""}
            >
              <PanelBoundary what={label}>
                <Suspense fallback={<Skeleton height={520} />}>
                  <Content />
                </Suspense>
              </PanelBoundary>
            </Tabs.Panel>
          ))}
        </Tabs.Root>
      </div>
    </RoutingDraftProvider>
  );
}

function TabCount({ amount, what }: { amount: number | undefined; what: string }) {
  if (!amount) return null;
  return (
    <span className="ml-1.5 rounded bg-critical-tint px-1.5 text-[11px] leading-4 font-medium text-critical">
      {amount > 99 ? "99+" : amount}
      <span className="sr-only"> {what}</span>
    </span>
  );
}
