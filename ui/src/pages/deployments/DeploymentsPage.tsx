// Did the last deployments do harm? Owns the filters and the example for pipelines; a row is DeploymentRow.
import { useDeployments } from "../../api/incidentQueries";
import { useStreamListener } from "../../live/useLive";
import { RefreshBar } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useScope, useSetScope } from "../../scope/useScope";
import { PageHeader } from "../../shell/PageHeader";
import { plural } from "../../units";
import { DeploymentRow } from "./DeploymentRow";
import { deploymentKey, VERDICT_CHOICES, verdictsOf } from "./filters";
import { ServiceField } from "./ServiceField";
import { TellPanel } from "./TellPanel";

export default function DeploymentsPage() {
  const scope = useScope();
  const setScope = useSetScope();
  const verdicts = verdictsOf(scope);
  const list = useDeployments(scope, verdicts);
  const items = list.data?.items;
  // A verdict comes with the incident that it opens or joins.
  useStreamListener({ topics: ["incidents"], parameters: { group_by: "none" }, always: true }, scope.live);
  const toggle = (value: string) =>
    setScope({ verdict: verdicts.includes(value) ? verdicts.filter((item) => item !== value) : [...verdicts, value] });

  return (
    <>
      <PageHeader title="Deployments" documentTitle="Deployments" hideCompare hideEndpoints />
      <div className="flex flex-col gap-3 p-4 max-md:p-3">
        <div className="flex flex-wrap items-center gap-2">
          <div role="group" aria-label="Verdict" className="flex max-w-full flex-wrap gap-1.5">
            {VERDICT_CHOICES.map(([value, name]) => (
              <button
                key={value}
                type="button"
                aria-pressed={verdicts.includes(value)}
                className={`control ${verdicts.includes(value) ? "border-accent bg-selected font-medium" : ""}`}
                onClick={() => toggle(value)}
              >
                {name}
              </button>
            ))}
          </div>
          <ServiceField chosen={scope.service} onChange={(service) => setScope({ service })} />
          <p className="ml-auto text-xs text-muted" role="status">
            {items ? `${plural(items.length, "deployment")}${list.data?.is_cut ? ", the newest of more" : ""}` : ""}
          </p>
        </div>
        <div className="panel relative overflow-clip">
          {list.isPlaceholderData && <RefreshBar />}
          {!items && list.error ? (
            <Failure what="The list of deployments" error={list.error} retry={() => void list.refetch()} />
          ) : !items ? (
            <div className="p-3">
              <Skeleton height={320} />
            </div>
          ) : items.length === 0 ? (
            <Empty
              reason={
                verdicts.length + scope.env.length + scope.service.length > 0
                  ? "No deployment in this range matches."
                  : "No deployment in this range. Hawkeye notices one when a version is first seen in an environment, and compares it with the version before: after 5, 15 and 30 minutes it says whether it is healthy."
              }
              action={
                verdicts.length + scope.service.length > 0 ? (
                  <button type="button" className="control" onClick={() => setScope({ verdict: [], service: [] })}>
                    Clear filters
                  </button>
                ) : undefined
              }
            />
          ) : (
            <ul className="@container divide-y divide-line" aria-label="Deployments, newest first">
              {items.map((item) => {
                const key = deploymentKey(item);
                const open = scope.sel === key;
                return (
                  <DeploymentRow
                    key={`${key} ${item.version}`}
                    item={item}
                    open={open}
                    onToggle={() => setScope({ sel: open ? "" : key }, true)}
                  />
                );
              })}
            </ul>
          )}
        </div>
        <TellPanel />
      </div>
    </>
  );
}
