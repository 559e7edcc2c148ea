// What an action does to an alert, as the server will say. Owns the optimistic state and what takes it back.
import type { Alert, AlertAction, AlertState } from "../api/alertTypes";

const ACTOR_DEFAULT = "somebody"; // There is no log-in yet; the server uses the same word.

/** Acknowledged before snoozed before muted. */
export function shownState(alert: Alert, now_ms: number): AlertState {
  if (alert.resolved_ms !== null) return "resolved";
  if (alert.state === "pending") return "pending";
  if (alert.acknowledged) return "acknowledged";
  if (alert.snoozed_until_ms !== null && alert.snoozed_until_ms > now_ms) return "snoozed";
  return alert.muted_by.length > 0 ? "muted" : "firing";
}

/** The alert after the action; the same object when nothing changes. */
export function applied(alert: Alert, action: AlertAction, now_ms: number): Alert {
  if (!action.ids.includes(alert.id)) return alert;
  const changed = changedBy(alert, action, now_ms);
  if (!changed) return alert;
  const next = { ...alert, ...changed };
  return { ...next, state: shownState(next, now_ms) };
}

function changedBy(alert: Alert, action: AlertAction, now_ms: number): Partial<Alert> | null {
  const isOver = alert.resolved_ms !== null;
  const { actor, note = null, until_ms = null, assignee = null } = action;
  switch (action.action) {
    case "acknowledge":
      if (isOver) return null;
      return { acknowledged: { by: actor ?? ACTOR_DEFAULT, at_ms: now_ms, until_ms, note } };
    case "unacknowledge":
      return alert.acknowledged ? { acknowledged: null } : null;
    case "snooze":
      return isOver ? null : { snoozed_until_ms: until_ms };
    case "unsnooze":
      return alert.snoozed_until_ms === null ? null : { snoozed_until_ms: null };
    case "assign":
      return { assignee };
    case "resolve":
      return isOver ? null : { resolved_ms: now_ms };
    default:
      return null;
  }
}

/** The actions that lead back to `before`, or null when there is no way back. */
export function inverse(action: AlertAction, before: Alert[]): AlertAction[] | null {
  const touched = before.filter((alert) => applied(alert, action, 0) !== alert);
  if (touched.length === 0) return null;
  switch (action.action) {
    case "acknowledge":
    case "unacknowledge":
      return touched.map(({ id, acknowledged }) =>
        acknowledged
          ? { ids: [id], action: "acknowledge", note: acknowledged.note, until_ms: acknowledged.until_ms }
          : { ids: [id], action: "unacknowledge" },
      );
    case "snooze":
    case "unsnooze":
      return touched.map(({ id, snoozed_until_ms }) =>
        snoozed_until_ms !== null
          ? { ids: [id], action: "snooze", until_ms: snoozed_until_ms }
          : { ids: [id], action: "unsnooze" },
      );
    case "assign":
      return touched.map(({ id, assignee }) => ({ ids: [id], action: "assign", assignee }));
    default:
      return null;
  }
}
