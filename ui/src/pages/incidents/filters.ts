// The filters of the list of incidents in the URL. Owns which words they may hold and what the server is asked.
import type { IncidentFilters } from "../../api/incidentQueries";
import { SEVERITIES } from "../../detection/words";
import { VERDICTS } from "../../incidents/words";
import type { Scope } from "../../scope/codec";

export type StateTab = "" | "acknowledged" | "closed" | "all";

export const STATE_TABS: [StateTab, string][] = [
  ["", "Open"],
  ["acknowledged", "Acknowledged"],
  ["closed", "Closed"],
  ["all", "All"],
];

export function stateTab(scope: Pick<Scope, "state">): StateTab {
  return STATE_TABS.find(([tab]) => tab === scope.state)?.[0] ?? "";
}

/** Words that mean nothing are dropped, so that an old link shows more rather than an error. */
export function filtersOf(scope: Pick<Scope, "state" | "severity" | "verdict">): IncidentFilters {
  return {
    state: STATES[stateTab(scope)],
    severity: known(scope.severity, SEVERITIES),
    verdict: known(scope.verdict, VERDICTS),
  };
}

// Somebody is on what is acknowledged, but it is not over.
const STATES: Record<StateTab, string[]> = {
  "": ["open", "acknowledged"],
  acknowledged: ["acknowledged"],
  closed: ["closed"],
  all: [],
};

export function isFiltered(scope: Scope): boolean {
  const { env, ep, service, method, severity, verdict, q } = scope;
  return [env, ep, service, method, severity, verdict].some((list) => list.length > 0) || q !== "";
}

export const NO_FILTERS: Partial<Scope> = {
  env: [],
  ep: [],
  service: [],
  method: [],
  status: [],
  version: [],
  severity: [],
  verdict: [],
  q: "",
};

function known(values: string[], words: readonly string[]): string[] {
  return values.filter((value) => words.includes(value));
}
