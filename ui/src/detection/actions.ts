// What an action does to an anomaly, as the server will say. Owns the optimistic state and what takes it back.
import type { Anomaly, AnomalyAction } from "../api/detectionTypes";

export const ACTOR_DEFAULT = "somebody"; // There is no log-in yet; the server uses the same word.

/** The anomaly after the action; the same object when nothing changes. */
export function applied(anomaly: Anomaly, action: AnomalyAction, now_ms: number): Anomaly {
  if (!action.ids.includes(anomaly.id)) return anomaly;
  switch (action.action) {
    case "acknowledge":
      if (anomaly.state !== "open") return anomaly;
      return {
        ...anomaly,
        state: "acknowledged",
        acknowledged_by: action.actor ?? ACTOR_DEFAULT,
        acknowledged_ms: now_ms,
      };
    case "unacknowledge":
      if (anomaly.state !== "acknowledged") return anomaly;
      return { ...anomaly, state: "open", acknowledged_by: null, acknowledged_ms: null };
    case "assign":
      return { ...anomaly, assignee: action.assignee ?? null };
    case "judge":
      return {
        ...anomaly,
        ...endedBy(action, anomaly, now_ms),
        verdict: action.verdict ?? null,
        verdict_reason: action.reason ?? null,
      };
    case "clear_verdict":
      return { ...anomaly, verdict: null, verdict_reason: null };
    case "close":
      if (anomaly.closed_ms !== null) return anomaly;
      return { ...anomaly, state: "closed", closed_ms: now_ms, close_reason: "by_hand" };
    case "note":
      return anomaly;
  }
}

/** What is expected from now on is no anomaly any more. */
function endedBy(action: AnomalyAction, anomaly: Anomaly, now_ms: number): Partial<Anomaly> {
  if (action.verdict !== "expected_change" || anomaly.closed_ms !== null) return {};
  return { state: "closed", closed_ms: now_ms, close_reason: "new_normal" };
}

/** The actions that lead back to `before`, or null when there is no way back. */
export function inverse(action: AnomalyAction, before: Anomaly[]): AnomalyAction[] | null {
  const touched = before.filter((anomaly) => applied(anomaly, action, 0) !== anomaly);
  const ids = touched.map((anomaly) => anomaly.id);
  switch (action.action) {
    case "acknowledge":
      return ids.length > 0 ? [{ ids, action: "unacknowledge" }] : null;
    case "unacknowledge":
      return ids.length > 0 ? [{ ids, action: "acknowledge" }] : null;
    case "judge":
      // What was ended stays ended, so there is no promise of a way back.
      if (touched.some((anomaly) => anomaly.closed_ms !== applied(anomaly, action, 0).closed_ms)) return null;
      return verdictsAsBefore(touched);
    case "clear_verdict":
      return verdictsAsBefore(touched);
    case "assign":
      return touched.map((anomaly) => ({ ids: [anomaly.id], action: "assign", assignee: anomaly.assignee }));
    default:
      return null;
  }
}

function verdictsAsBefore(before: Anomaly[]): AnomalyAction[] {
  const unjudged = before.filter((anomaly) => anomaly.verdict === null).map((anomaly) => anomaly.id);
  const actions: AnomalyAction[] = unjudged.length > 0 ? [{ ids: unjudged, action: "clear_verdict" }] : [];
  for (const { id, verdict, verdict_reason } of before) {
    if (verdict === null) continue;
    actions.push({ ids: [id], action: "judge", verdict, reason: verdict_reason as AnomalyAction["reason"] });
  }
  return actions;
}
