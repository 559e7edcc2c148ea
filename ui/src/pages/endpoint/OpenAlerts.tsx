// The alerts of an endpoint that go on, above its tabs. Those about an anomaly that is listed there already are left out.
import { AlertItems } from "../../alerting/AlertItems";
import { useAlerts } from "../../api/alertQueries";
import { plural } from "../../units";

const SHOWN_MAX = 4;
const FOUND_MAX = 200; // The server searches words, so the answer also holds alerts of other endpoints.

interface OpenAlertsProps {
  id: string;
  route: string | undefined;
  /** Ids of anomalies that are shown beside it. */
  anomalies: string[];
}

export function OpenAlerts({ id, route, anomalies }: OpenAlertsProps) {
  const parameters = { state: "firing,acknowledged,snoozed,muted", q: route, limit: FOUND_MAX };
  const { data } = useAlerts(parameters, route !== undefined);
  const alerts = (data?.items ?? []).filter(
    (alert) => alert.endpoint?.id === id && !(alert.anomaly_id && anomalies.includes(alert.anomaly_id)),
  );
  if (alerts.length === 0) return null;
  return (
    <section aria-label="Open alerts" className="panel overflow-clip" data-open-alerts>
      <AlertItems alerts={alerts.slice(0, SHOWN_MAX)} />
      {alerts.length > SHOWN_MAX && (
        <p className="border-t border-line px-3 py-1.5 text-xs text-muted">
          and {plural(alerts.length - SHOWN_MAX, "more alert")}
        </p>
      )}
    </section>
  );
}
