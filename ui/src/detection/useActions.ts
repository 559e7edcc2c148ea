// Acting on anomalies: the screen changes at once, the server confirms or the change is taken back. Owns the
// messages and the way back.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { actOnAnomalies } from "../api/detectionClient";
import type { Adjustment, Anomaly, AnomalyAction } from "../api/detectionTypes";
import { actorName } from "../parts/actor";
import { showToast } from "../parts/toast";
import { plural } from "../units";
import { applied, inverse } from "./actions";
import { cachedAnomalies, refreshAfterChange, replaceAnomalies } from "./cache";
import { doneText } from "./words";

export type Act = (action: AnomalyAction) => Promise<boolean>;

export function useActions(): Act {
  const queries = useQueryClient();
  return useCallback((action) => act(queries, { actor: actorName(), ...action }), [queries]);
}

/** False when the server refused; the screen is then as before. */
async function act(queries: QueryClient, action: AnomalyAction): Promise<boolean> {
  const before = cachedAnomalies(queries, action.ids);
  await queries.cancelQueries({ queryKey: ["anomalies"] }); // An older answer must not paint over the new state.
  replaceAnomalies(
    queries,
    before.map((item) => applied(item, action, Date.now())),
  );
  try {
    const result = await actOnAnomalies(action);
    replaceAnomalies(queries, result.anomalies);
    refreshAround(queries);
    const undo = wayBack(queries, action, before);
    showToast({ text: doneSentence(action, before, result.adjustments), tone: "done", undo });
    return true;
  } catch (error) {
    replaceAnomalies(queries, before);
    const reason = error instanceof Error ? error.message : String(error);
    showToast({ text: `Not done: ${reason}`, tone: "failed", retry: () => void act(queries, action) });
    return false;
  }
}

/** Taking a verdict back also takes back what was learnt from it: the server does both at once. */
function wayBack(queries: QueryClient, action: AnomalyAction, before: Anomaly[]): (() => void) | undefined {
  const steps = inverse(action, before);
  return steps === null ? undefined : () => void takeBack(queries, steps, before);
}

async function takeBack(queries: QueryClient, steps: AnomalyAction[], before: Anomaly[]): Promise<void> {
  replaceAnomalies(queries, before);
  try {
    for (const step of steps) replaceAnomalies(queries, (await actOnAnomalies(step)).anomalies);
    showToast({ text: "Taken back", tone: "done" });
  } catch (error) {
    showToast({ text: `Not taken back: ${error instanceof Error ? error.message : String(error)}`, tone: "failed" });
  }
  refreshAround(queries);
}

/** Counts, activity and thresholds follow from what was done. */
export function refreshAround(queries: QueryClient): void {
  refreshAfterChange(queries, ["anomalies", "anomaly", "incidents", "incident", "adjustments", "detection", "overview"]);
}

function doneSentence(action: AnomalyAction, before: Anomaly[], adjustments: Adjustment[]): string {
  const only = before.length === 1 ? before[0]! : null;
  const what = only
    ? `${only.endpoint.method} ${only.endpoint.route}`
    : plural(action.ids.length, "anomaly", "anomalies");
  const done = `${doneText(action.action, action.verdict)}: ${what}.`;
  return [
    done,
    adjustments[0]?.sentence,
    adjustments.length > 1 ? `And ${plural(adjustments.length - 1, "relative")}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}
