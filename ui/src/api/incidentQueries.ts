// Cached reads of incidents, deployments and comparisons. Owns keys and refresh rhythm; the stream changes the same
// entries (incidents/cache.ts).
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { isLive, type Scope } from "../scope/codec";
import { readParameters } from "../scope/filters";
import { absoluteTime } from "../time/expression";
import * as client from "./incidentClient";

const REFRESH_MS = 15_000; // The stream tells at once; this catches what a lost connection missed.
const REFRESH_LONG_MS = 60_000;
const REFRESH_DIAGNOSIS_MS = 3_000; // The first diagnosis takes some seconds.
const PAGES_SHORT_MAX = 3;
const PAGE_ROWS = 50;
const OPEN_SHOWN_MAX = 5;
const LATENCY_MAX_MS = 3_600_000; // A box without an upper edge.

export interface IncidentFilters {
  state: string[];
  severity: string[];
  verdict: string[];
}

export const ANY_INCIDENT: IncidentFilters = { state: [], severity: [], verdict: [] };

const joined = (values: string[]) => (values.length > 0 ? values.join(",") : undefined);

export function useIncidentPages(scope: Scope, filters: IncidentFilters) {
  const parameters = {
    ...readParameters(scope),
    state: joined(filters.state),
    severity: joined(filters.severity),
    verdict: joined(filters.verdict),
    limit: PAGE_ROWS,
  };
  return useInfiniteQuery({
    queryKey: ["incidents", "pages", parameters],
    queryFn: ({ signal, pageParam }) =>
      client.fetchIncidents({ ...parameters, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => {
      if (!isLive(scope)) return false;
      return (query.state.data?.pages.length ?? 0) > PAGES_SHORT_MAX ? REFRESH_LONG_MS : REFRESH_MS;
    },
  });
}

/** Those that are not over, whatever page and scope are shown. */
export function useOpenIncidents() {
  const parameters = { from: "now-1h", state: "open,acknowledged", limit: OPEN_SHOWN_MAX };
  return useQuery({
    queryKey: ["incidents", "some", parameters],
    queryFn: ({ signal }) => client.fetchIncidents(parameters, signal),
    refetchInterval: REFRESH_MS,
  });
}

/** The newest that words and scope fit. */
export function useSomeIncidents(scope: Scope, filters: IncidentFilters, limit: number, enabled = true) {
  const parameters = { ...readParameters(scope), state: joined(filters.state), limit };
  return useQuery({
    queryKey: ["incidents", "some", parameters],
    queryFn: ({ signal }) => client.fetchIncidents(parameters, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useIncident(id: string) {
  return useQuery({
    queryKey: ["incident", id],
    queryFn: ({ signal }) => client.fetchIncident(id, signal),
    refetchInterval: ({ state: { data } }) => {
      if (data?.diagnosis === null) return REFRESH_DIAGNOSIS_MS;
      return data?.incident.closed_ms === null ? REFRESH_MS : false;
    },
  });
}

export function useDeployments(scope: Scope, verdict: string[]) {
  const { from, to, env, service } = readParameters(scope);
  const parameters = { from, to, env, service, verdict: joined(verdict) };
  return useQuery({
    queryKey: ["deployments", parameters],
    queryFn: ({ signal }) => client.fetchDeployments(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: isLive(scope) ? REFRESH_MS : false,
  });
}

export function useAnomalyDifferences(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["differences", "anomaly", id],
    queryFn: ({ signal }) => client.fetchAnomalyDifferences(id, signal),
    staleTime: REFRESH_LONG_MS,
    enabled,
  });
}

/** A part of a latency heat map, and what is around it. */
export interface HeatBox {
  from_ms: number;
  to_ms: number;
  low_ms: number;
  high_ms: number;
  baseline_from_ms: number;
  baseline_to_ms: number;
}

const exact = (value_ms: number) => Math.round(value_ms * 1000) / 1000;

export function useBoxDifferences(scope: Scope, box: HeatBox | null) {
  const parameters = {
    ...readParameters(scope),
    from: absoluteTime(box?.from_ms ?? 0),
    to: absoluteTime(box?.to_ms ?? 0),
    latency_ms_min: box && box.low_ms > 0 ? exact(box.low_ms) : undefined,
    latency_ms_max: box && box.high_ms < LATENCY_MAX_MS ? exact(box.high_ms) : undefined,
    baseline_from: absoluteTime(box?.baseline_from_ms ?? 0),
    baseline_to: absoluteTime(box?.baseline_to_ms ?? 0),
  };
  return useQuery({
    queryKey: ["differences", "box", parameters],
    queryFn: ({ signal }) => client.fetchBoxDifferences(parameters, signal),
    staleTime: REFRESH_LONG_MS,
    enabled: box !== null,
  });
}

export function useEnvironmentComparison(scope: Scope) {
  const parameters = readParameters(scope);
  return useQuery({
    queryKey: ["environment-comparison", parameters],
    queryFn: ({ signal }) => client.fetchEnvironmentComparison({ ...parameters }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: isLive(scope) ? REFRESH_LONG_MS : false,
  });
}
