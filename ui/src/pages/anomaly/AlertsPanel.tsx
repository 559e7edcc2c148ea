// Whether anybody was told about the anomaly: the alerts that it raised.
import { AlertItems } from "../../alerting/AlertItems";
import { useAlerts } from "../../api/alertQueries";
import type { Anomaly } from "../../api/detectionTypes";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";

const SHOWN_MAX = 20;

export function AlertsPanel({ anomaly }: { anomaly: Anomaly }) {
  const alerts = useAlerts({ anomaly_id: anomaly.id, limit: SHOWN_MAX });
  const items = alerts.data?.items;
  return (
    <Panel title="Alerts" note="that it raised">
      {!items && alerts.error ? (
        <Failure what="The alerts" error={alerts.error} retry={() => void alerts.refetch()} />
      ) : !items ? (
        <div className="px-3 pb-3">
          <Skeleton height={44} />
        </div>
      ) : items.length === 0 ? (
        <Empty reason="No rule raised an alert about it." />
      ) : (
        <div className="border-t border-line">
          <AlertItems alerts={items} />
        </div>
      )}
    </Panel>
  );
}
