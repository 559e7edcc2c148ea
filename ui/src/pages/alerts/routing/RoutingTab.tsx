// Who is told about what, and when. Owns the order of the document's parts; the draft is saved as one.
import { useMemo } from "react";
import { AlertBacktestPanel } from "../../../alerting/AlertBacktestPanel";
import { CheckField } from "../../../alerting/fields";
import { Panel } from "../../../parts/Panel";
import { Failure, Skeleton } from "../../../parts/states";
import { useRoutingDraft } from "./draft";
import { InhibitionsPanel } from "./InhibitionsPanel";
import { IntervalsPanel } from "./IntervalsPanel";
import { MaintenancesPanel } from "./MaintenancesPanel";
import { ReceiversPanel } from "./ReceiversPanel";
import { RouteCard } from "./RouteCard";
import { UnsavedBar } from "./UnsavedBar";
import { WhoIsTold } from "./WhoIsTold";

export default function RoutingTab() {
  const { routing, error, refetch, edit, changed } = useRoutingDraft();
  const tried = useMemo(() => ({ routing }), [routing]);
  if (!routing) {
    return error ? (
      <div className="panel">
        <Failure what="The routing" error={error} retry={refetch} />
      </div>
    ) : (
      <Skeleton height={520} />
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-5 items-start gap-3 max-rail:grid-cols-1">
        <div className="col-span-3 flex min-w-0 flex-col gap-3 max-rail:col-span-1">
          <Panel title="Routes" note="the first route that matches takes the alert, from the top down">
            <div className="px-3 pb-3">
              <RouteCard route={routing.route} path={[]} siblings={1} inherited={routing.route} />
              <div className="mt-2 border-t border-line pt-1">
                <CheckField
                  checked={routing.tell_demo}
                  onChange={(tell_demo) => edit((before) => ({ ...before, tell_demo }))}
                >
                  Also tell about alerts of the demo data
                </CheckField>
              </div>
            </div>
          </Panel>
          <ReceiversPanel />
        </div>
        <div className="col-span-2 flex min-w-0 flex-col gap-3 max-rail:col-span-1">
          <WhoIsTold />
          <IntervalsPanel />
          <MaintenancesPanel />
          <InhibitionsPanel />
        </div>
      </div>
      <AlertBacktestPanel tried={tried} missing={changed ? null : "Change something to try it on the past."} />
      <UnsavedBar />
    </div>
  );
}
