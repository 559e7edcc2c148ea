// Cached reads of detection. Owns keys and refresh rhythm; the stream changes the same entries (detection/cache.ts).
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { isLive, type Scope } from "../scope/codec";
import { readParameters } from "../scope/filters";
import * as client from "./detectionClient";

const REFRESH_MS = 15_000; // The stream tells at once; this catches what a lost connection missed.
const REFRESH_LONG_MS = 60_000; // A refresh fetches every loaded page again.
const LATE_S = 120;
const REFRESH_RARE_MS = 300_000;
const PAGES_SHORT_MAX = 3;
const PAGES_LONG_MAX = 10;
const PAGE_ROWS = 100;

export interface AnomalyFilters {
  state: string[];
  severity: string[];
  signal: string[];
  kind: string[];
  verdict: string[];
}

export const ANY_ANOMALY: AnomalyFilters = { state: [], severity: [], signal: [], kind: [], verdict: [] };

function joined(values: string[]): string | undefined {
  return values.length > 0 ? values.join(",") : undefined;
}

export function anomalyParameters(scope: Scope, filters: AnomalyFilters, sort: string) {
  return {
    ...readParameters(scope),
    state: joined(filters.state),
    severity: joined(filters.severity),
    signal: joined(filters.signal),
    kind: joined(filters.kind),
    verdict: joined(filters.verdict),
    sort,
  };
}

export function useAnomalyPages(scope: Scope, filters: AnomalyFilters, sort: string) {
  const parameters = { ...anomalyParameters(scope, filters, sort), limit: PAGE_ROWS };
  return useInfiniteQuery({
    queryKey: ["anomalies", "pages", parameters],
    queryFn: ({ signal, pageParam }) =>
      client.fetchAnomalies({ ...parameters, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => {
      if (!isLive(scope)) return false;
      const pages = query.state.data?.pages.length ?? 0;
      return pages > PAGES_LONG_MAX ? REFRESH_RARE_MS : pages > PAGES_SHORT_MAX ? REFRESH_LONG_MS : REFRESH_MS;
    },
  });
}

/** The first of a kind, for panels beside other things. */
export function useAnomalies(scope: Scope, filters: AnomalyFilters, sort: string, limit: number, enabled = true) {
  const parameters = { ...anomalyParameters(scope, filters, sort), limit };
  return useQuery({
    queryKey: ["anomalies", "some", parameters],
    queryFn: ({ signal }) => client.fetchAnomalies(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: isLive(scope) ? REFRESH_MS : false,
    enabled,
  });
}

/** How many are not closed anywhere, whatever page and scope are shown, and the worst that nobody has seen. */
export function useOpenAnomalies() {
  const parameters = { from: "now-1h", state: "open", sort: "-severity", limit: 1 };
  return useQuery({
    queryKey: ["anomalies", "open", parameters],
    queryFn: ({ signal }) => client.fetchAnomalies(parameters, signal),
    refetchInterval: REFRESH_MS,
  });
}

export function useAnomaly(id: string) {
  return useQuery({
    queryKey: ["anomaly", id],
    queryFn: ({ signal }) => client.fetchAnomaly(id, signal),
    refetchInterval: (query) => (query.state.data?.anomaly.closed_ms === null ? REFRESH_MS : false),
  });
}

export function useExpectations(scope: Scope, enabled = true) {
  const parameters = { ...readParameters(scope), step: "auto", max_points: 300 };
  return useQuery({
    queryKey: ["expectations", parameters],
    queryFn: ({ signal }) => client.fetchExpectations(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: isLive(scope) ? REFRESH_MS : false,
    enabled,
  });
}

export function useDetection() {
  return useQuery({
    queryKey: ["detection"],
    queryFn: ({ signal }) => client.fetchDetection(signal),
    // Soon again while it catches up, for example after demo data was generated.
    refetchInterval: (query) => ((query.state.data?.lag_s ?? 0) > LATE_S ? REFRESH_MS / 3 : REFRESH_LONG_MS),
  });
}

export function useDetectionSettings() {
  return useQuery({
    queryKey: ["detection-settings"],
    queryFn: ({ signal }) => client.fetchDetectionSettings(signal),
    refetchOnWindowFocus: false, // What is being typed must not be replaced.
  });
}

export function useAdjustments() {
  return useQuery({ queryKey: ["adjustments"], queryFn: ({ signal }) => client.fetchAdjustments(signal) });
}

export function useExplanation(endpoint: string, env: string, at_ms: number | null) {
  const parameters = { endpoint, env, at: at_ms === null ? undefined : String(at_ms) };
  return useQuery({
    queryKey: ["explanation", parameters],
    queryFn: ({ signal }) => client.fetchExplanation(parameters, signal),
    enabled: at_ms !== null && env !== "",
  });
}
