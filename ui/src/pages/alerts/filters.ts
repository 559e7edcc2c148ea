// The filters of the alert list in the URL. Owns which words they may hold and what the server is asked.
import type { AlertFilters } from "../../api/alertQueries";
import type { AlertCounts, AlertState } from "../../api/alertTypes";
import { SEVERITIES } from "../../detection/words";
import type { Scope } from "../../scope/codec";

export type AlertStateTab = "" | AlertState;

export const STATE_TABS: [AlertStateTab, string][] = [
  ["", "Active"],
  ["firing", "Firing"],
  ["acknowledged", "Acknowledged"],
  ["snoozed", "Snoozed"],
  ["muted", "Muted"],
  ["pending", "Pending"],
  ["resolved", "Resolved"],
];

/** What goes on, whatever was done about it. */
const ACTIVE: AlertState[] = ["firing", "acknowledged", "snoozed", "muted"];

export function alertStateTab(scope: Pick<Scope, "state">): AlertStateTab {
  return STATE_TABS.find(([tab]) => tab === scope.state)?.[0] ?? "";
}

/** What goes on is shown whenever it began; only what is over belongs to a range. */
export function alertFiltersOf(scope: Pick<Scope, "state" | "severity" | "rule" | "q" | "from" | "to">): AlertFilters {
  const tab = alertStateTab(scope);
  return {
    state: tab === "" ? ACTIVE : [tab],
    severity: scope.severity.filter((value) => (SEVERITIES as string[]).includes(value)),
    rule: scope.rule,
    q: scope.q,
    ...(tab === "resolved" && { from: scope.from, to: scope.to }),
  };
}

export function countOf(tab: AlertStateTab, counts: AlertCounts): number {
  return tab === "" ? ACTIVE.reduce((sum, state) => sum + counts[state], 0) : counts[tab];
}

export function totalOf(filters: AlertFilters, counts: AlertCounts): number {
  return filters.state.reduce((sum, state) => sum + (counts[state as AlertState] ?? 0), 0);
}

export function selectedAlertIds(scope: Pick<Scope, "sel">): string[] {
  return [...new Set(scope.sel.split(",").filter((id) => /^[0-9A-Za-z_-]{1,40}$/.test(id)))];
}

export function isFiltered({ severity, rule, q }: Pick<Scope, "severity" | "rule" | "q">): boolean {
  return severity.length > 0 || rule.length > 0 || q !== "";
}
