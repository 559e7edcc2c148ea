// Who would be told? For an alert that there is or for typed labels, now or at another time, with what is not saved.
import { BellOff } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { Field, MomentField, TextField } from "../../../alerting/fields";
import { parseLabels } from "../../../alerting/matcher";
import { RouteView } from "../../../alerting/RouteView";
import { muteText } from "../../../alerting/words";
import { useAlerts, useRoutingPreview } from "../../../api/alertQueries";
import type { RoutingQuestion } from "../../../api/alertTypes";
import { Panel } from "../../../parts/Panel";
import { Skeleton } from "../../../parts/states";
import { useDebounced } from "../../../parts/useDebounced";
import { useZone } from "../../../scope/useScope";
import { useRoutingDraft } from "./draft";

const ALERTS_MAX = 50;

export function WhoIsTold() {
  const id = useId();
  const zone = useZone();
  const { routing, changed } = useRoutingDraft();
  const alerts = useAlerts({ state: "firing,acknowledged,snoozed,muted", limit: ALERTS_MAX }).data?.items ?? [];
  const [alertId, setAlertId] = useState("");
  const [typed, setTyped] = useState("severity=critical, service=orders");
  const [at_ms, setAt] = useState<number | null>(null);
  const labels = useDebounced(alertId === "" ? typed : "");
  const draft = useDebounced(routing);
  const read = parseLabels(labels);
  const question = useMemo<RoutingQuestion>(() => {
    const about = alertId !== "" ? { alert_id: alertId } : { labels: parseLabels(labels) ?? {} };
    return { ...about, ...(at_ms !== null && { at_ms }), ...(changed && { routing: draft }) };
  }, [alertId, labels, at_ms, changed, draft]);
  const preview = useRoutingPreview(question, alertId !== "" || read !== null);
  return (
    <Panel
      title="Who would be told?"
      note={changed ? "with what is not saved yet" : undefined}
      refreshing={preview.isPlaceholderData}
    >
      <div className="flex flex-col gap-2 px-3 pb-3">
        <Field name="An alert that fires, or labels">
          <select
            id={id}
            className="control w-full min-w-0 bg-bg"
            value={alertId}
            onChange={(event) => setAlertId(event.target.value)}
          >
            <option value="">labels that I type</option>
            {alerts.map((alert) => (
              <option key={alert.id} value={alert.id}>
                {alert.name}: {alert.labels.endpoint ?? alert.labels.service ?? ""} {alert.environment ?? ""}
              </option>
            ))}
          </select>
        </Field>
        {alertId === "" && (
          <TextField
            name="Labels"
            value={typed}
            placeholder="severity=critical, service=orders"
            onChange={setTyped}
            error={parseLabels(typed) === null ? "Write label=value, with commas between." : undefined}
          />
        )}
        <MomentField
          name={`At, in ${zone}`}
          zone={zone}
          value_ms={at_ms}
          onChange={setAt}
          hint={at_ms === null ? "Empty: now." : undefined}
        />
      </div>
      <div className="border-t border-line" aria-live="polite" data-who>
        {preview.error && !preview.isFetching ? (
          <p className="px-3 py-2.5 text-xs break-words text-warn">{preview.error.message}</p>
        ) : !preview.data ? (
          <div className="p-3">
            <Skeleton height={80} />
          </div>
        ) : (
          <div className="divide-y divide-line">
            {preview.data.muted_by.length > 0 && (
              <p className="flex items-center gap-1.5 px-3 py-2 text-xs text-warn">
                <BellOff size={13} className="shrink-0" aria-hidden />
                Told to nobody: muted by {preview.data.muted_by.map(muteText).join(", ")}
              </p>
            )}
            {preview.data.routes.map((item, index) => (
              <RouteView key={index} route={item} />
            ))}
          </div>
        )}
      </div>
    </Panel>
  );
}
