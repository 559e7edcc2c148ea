// The filters of the anomaly list in the URL. Owns which words they may hold and what the server is asked.
import type { AnomalyFilters } from "../../api/detectionQueries";
import { KINDS, SEVERITIES, SIGNALS } from "../../detection/words";
import type { Scope } from "../../scope/codec";

export type StateTab = "" | "acknowledged" | "closed" | "false_positive" | "all";

export const STATE_TABS: [StateTab, string][] = [
  ["", "Open"],
  ["acknowledged", "Acknowledged"],
  ["closed", "Closed"],
  ["false_positive", "False positive"],
  ["all", "All"],
];

export const SORTS: [string, string][] = [
  ["-onset", "Newest"],
  ["-severity", "Most severe"],
  ["-requests_hurt", "Most requests hurt"],
];
export const SORT_DEFAULT = "-onset";

export function stateTab(scope: Pick<Scope, "state">): StateTab {
  return STATE_TABS.find(([tab]) => tab === scope.state)?.[0] ?? "";
}

/** Words that mean nothing are dropped, so that an old link shows more rather than an error. */
export function filtersOf(scope: Pick<Scope, "state" | "severity" | "signal" | "kind">): AnomalyFilters {
  return {
    ...stateFilter(stateTab(scope)),
    severity: known(scope.severity, SEVERITIES),
    signal: known(scope.signal, SIGNALS),
    kind: known(scope.kind, KINDS),
  };
}

function stateFilter(tab: StateTab): Pick<AnomalyFilters, "state" | "verdict"> {
  switch (tab) {
    case "":
      return { state: ["open", "acknowledged"], verdict: [] }; // Somebody is on it, but it is not over.
    case "false_positive":
      return { state: [], verdict: ["false_positive"] };
    case "all":
      return { state: [], verdict: [] };
    default:
      return { state: [tab], verdict: [] };
  }
}

export function sortOf(scope: Pick<Scope, "sort">): string {
  return SORTS.some(([sort]) => sort === scope.sort) ? scope.sort : SORT_DEFAULT;
}

export function selectedIds(scope: Pick<Scope, "sel">): string[] {
  return [...new Set(scope.sel.split(",").filter((id) => /^[0-9a-f]{16}$/.test(id)))];
}

export function isFiltered(scope: Scope): boolean {
  const { env, ep, service, method, status, version, severity, signal, kind, q } = scope;
  return (
    [env, ep, service, method, status, version, severity, signal, kind].some((list) => list.length > 0) || q !== ""
  );
}

export const NO_FILTERS: Partial<Scope> = {
  env: [],
  ep: [],
  service: [],
  method: [],
  status: [],
  version: [],
  severity: [],
  signal: [],
  kind: [],
  q: "",
};

function known(values: string[], words: readonly string[]): string[] {
  return values.filter((value) => words.includes(value));
}
