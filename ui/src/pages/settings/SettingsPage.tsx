// How Hawkeye decides, and what it has learnt. Owns the tabs; what else can be set comes as further tabs.
import { Tabs } from "@base-ui/react/tabs";
import { useDetectionSettings } from "../../api/detectionQueries";
import { Failure, Skeleton } from "../../parts/states";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { AdaptationTab } from "./AdaptationTab";
import { DetectionTab } from "./DetectionTab";

const TABS: [string, string][] = [
  ["detection", "Detection"],
  ["adaptation", "Adaptation"],
];

export default function SettingsPage() {
  const scope = useScope();
  const setScope = useSetScope();
  const settings = useDetectionSettings();
  const tab = TABS.some(([value]) => value === scope.tab) ? scope.tab : "detection";
  return (
    <>
      <PageHeader title="Settings" documentTitle="Settings" hideTime hideEndpoints hideEnvironments />
      <div className="p-4 max-md:p-3">
        <Tabs.Root value={tab} onValueChange={(value) => setScope({ tab: value === "detection" ? "" : String(value) })}>
          <Tabs.List aria-label="Settings" className="mb-4 flex gap-1 border-b border-line">
            {TABS.map(([value, label]) => (
              <Tabs.Tab
                key={value}
                value={value}
                className="-mb-px h-9 border-b-2 border-transparent px-3 text-muted hover:text-text data-active:border-accent data-active:font-medium data-active:text-text"
              >
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="detection">
            {settings.data ? (
              <DetectionTab saved={settings.data} />
            ) : settings.error ? (
              <div className="panel">
                <Failure what="The settings" error={settings.error} retry={() => void settings.refetch()} />
              </div>
            ) : (
              <Skeleton height={600} />
            )}
          </Tabs.Panel>
          <Tabs.Panel value="adaptation">
            <AdaptationTab />
          </Tabs.Panel>
        </Tabs.Root>
      </div>
    </>
  );
}
