// Acting on alerts: the screen changes at once, the server confirms or the change is taken back. Owns the messages
// and the way back.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { actOnAlerts } from "../api/alertClient";
import type { Alert, AlertAction } from "../api/alertTypes";
import { refreshAfterChange } from "../detection/cache";
import { actorName } from "../parts/actor";
import { showToast } from "../parts/toast";
import { plural } from "../units";
import { applied, inverse } from "./actions";
import { cachedAlerts, replaceAlerts } from "./cache";
import { doneText } from "./words";

export type ActOnAlerts = (action: AlertAction) => Promise<boolean>;

/** What follows from a change of alerts. */
export const AFFECTED_BY_ALERTS = ["alerts", "alert", "alerting-status"];

export function useAlertActions(): ActOnAlerts {
  const queries = useQueryClient();
  return useCallback((action) => act(queries, { actor: actorName(), ...action }), [queries]);
}

/** False when the server refused; the screen is then as before. */
async function act(queries: QueryClient, action: AlertAction): Promise<boolean> {
  const before = cachedAlerts(queries, action.ids);
  await queries.cancelQueries({ queryKey: ["alerts"] }); // An older answer must not paint over the new state.
  const now_ms = Date.now();
  replaceAlerts(
    queries,
    before.map((item) => applied(item, action, now_ms)),
  );
  try {
    const result = await actOnAlerts(action);
    replaceAlerts(queries, result.alerts);
    refreshAround(queries, action);
    const steps = inverse(action, before);
    const undo = steps === null ? undefined : () => void takeBack(queries, steps, before);
    showToast({ text: `${doneText(action.action)}: ${namesOf(before, action.ids)}.`, tone: "done", undo });
    return true;
  } catch (error) {
    replaceAlerts(queries, before);
    const reason = error instanceof Error ? error.message : String(error);
    showToast({ text: `Not done: ${reason}`, tone: "failed", retry: () => void act(queries, action) });
    return false;
  }
}

async function takeBack(queries: QueryClient, steps: AlertAction[], before: Alert[]): Promise<void> {
  replaceAlerts(queries, before);
  try {
    for (const step of steps) {
      replaceAlerts(queries, (await actOnAlerts({ actor: actorName(), ...step })).alerts);
    }
    showToast({ text: "Taken back", tone: "done" });
  } catch (error) {
    showToast({ text: `Not taken back: ${error instanceof Error ? error.message : String(error)}`, tone: "failed" });
  }
  refreshAfterChange(queries, AFFECTED_BY_ALERTS);
}

function refreshAround(queries: QueryClient, { action }: AlertAction): void {
  const judged = action === "false_positive" ? ["anomalies", "anomaly", "adjustments", "overview"] : [];
  refreshAfterChange(queries, [...AFFECTED_BY_ALERTS, ...judged]);
}

function namesOf(alerts: Alert[], ids: string[]): string {
  return alerts.length === 1 && ids.length === 1 ? alerts[0]!.name : plural(ids.length, "alert");
}
