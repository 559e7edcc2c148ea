// Cached reads for pages. Owns keys, refresh rhythm and the merge of live buckets into series.
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { mergeRollup } from "../live/merge";
import { useStreamListener } from "../live/useLive";
import { isLive, type Scope } from "../scope/codec";
import { filterParameters, readParameters } from "../scope/filters";
import * as client from "./client";
import type { Series } from "./types";

// How often a page that follows the present asks again for what the stream does not carry.
const REFRESH_FAST_MS = 5_000;
const REFRESH_SLOW_MS = 15_000;
const REFRESH_SERIES_MS = 60_000; // Late requests change old buckets; the stream only sends the newest.
const REFRESH_DEMO_MS = 30_000;
const POLL_DEMO_MS = 700;

function refresh(scope: Scope, every_ms: number): number | false {
  return isLive(scope) ? every_ms : false;
}

export function useOverview(scope: Scope, compare: string) {
  const parameters = { ...readParameters(scope), compare };
  return useQuery({
    queryKey: ["overview", parameters],
    queryFn: ({ signal }) => client.fetchOverview(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refresh(scope, REFRESH_FAST_MS),
  });
}

export interface SeriesOptions {
  groupBy?: string;
  limit?: number;
  maxPoints?: number;
  compare?: string;
  /** Only one series per page can follow the stream, because a tab has one connection. */
  follow?: boolean;
  enabled?: boolean;
}

export function useSeries(scope: Scope, options: SeriesOptions = {}) {
  const queries = useQueryClient();
  const parameters = {
    ...readParameters(scope),
    step: "auto",
    max_points: options.maxPoints ?? 300,
    group_by: options.groupBy ?? "none",
    limit: options.limit ?? 5,
    compare: options.compare,
  };
  const key = ["series", parameters];
  const follow = (options.follow ?? false) && isLive(scope);
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.fetchSeries(parameters, signal),
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    refetchInterval: refresh(scope, follow ? REFRESH_SERIES_MS : REFRESH_SLOW_MS),
  });
  const step_ms = query.isPlaceholderData ? undefined : query.data?.step_ms;
  useStreamListener(
    {
      topics: ["rollups"],
      parameters: {
        ...filterParameters(scope),
        step: step_ms === undefined ? undefined : `${step_ms / 1000}s`,
        group_by: options.groupBy ?? "none",
        limit: options.limit ?? 5,
      },
      onRollup: (event) => {
        queries.setQueryData<Series>(key, (series) => (series ? mergeRollup(series, event) : series));
      },
    },
    follow && step_ms !== undefined,
  );
  return query;
}

export function useHeatmap(scope: Scope, enabled = true) {
  const parameters = { ...readParameters(scope), step: "auto", max_points: 120, rows: 40 };
  return useQuery({
    queryKey: ["heatmap", parameters],
    queryFn: ({ signal }) => client.fetchHeatmap(parameters, signal),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: refresh(scope, REFRESH_SLOW_MS),
  });
}

export function useAttention(scope: Scope, limit: number) {
  const parameters = {
    ...readParameters(scope),
    sort: "-attention",
    limit,
    compare: scope.cmp === "off" ? "prev" : scope.cmp,
    spark_points: 40,
  };
  return useQuery({
    queryKey: ["endpoints", "attention", parameters],
    queryFn: ({ signal }) => client.fetchEndpoints(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refresh(scope, REFRESH_SLOW_MS),
  });
}

/** The rows of these endpoints, with the same figures as in the ranking. */
export function useEndpointRows(scope: Scope, ids: string[]) {
  const parameters = { ...readParameters(scope), endpoint: ids.join(","), state: "all", limit: 50, spark_points: 40 };
  return useQuery({
    queryKey: ["endpoints", "rows", parameters],
    queryFn: ({ signal }) => client.fetchEndpoints(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refresh(scope, REFRESH_SLOW_MS),
    enabled: ids.length > 0,
  });
}

const ENDPOINT_PAGE_ROWS = 100;
const PAGES_SLOW_MAX = 3;

export function useEndpointPages(scope: Scope, sort: string, state: string) {
  const parameters = { ...readParameters(scope), sort, state, limit: ENDPOINT_PAGE_ROWS, spark_points: 30 };
  return useInfiniteQuery({
    queryKey: ["endpoints", "list", parameters],
    queryFn: ({ signal, pageParam }) => client.fetchEndpoints({ ...parameters, offset: pageParam }, signal),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.items.length, 0);
      return last.items.length > 0 && loaded < last.total ? loaded : undefined;
    },
    placeholderData: keepPreviousData,
    // A refresh fetches every loaded page again, so a long list refreshes less often.
    refetchInterval: (query) => {
      const loaded = query.state.data?.pages.length ?? 0;
      return refresh(scope, loaded > PAGES_SLOW_MAX ? REFRESH_SERIES_MS : REFRESH_SLOW_MS);
    },
  });
}

export function useEndpointSearch(q: string, enabled: boolean, ids: string[] = []) {
  const parameters = { from: "now-7d", q: q || undefined, state: "all", limit: 200, spark_points: 2 };
  const wanted = ids.length > 0 ? { ...parameters, endpoint: ids.join(",") } : parameters;
  return useQuery({
    queryKey: ["endpoints", "search", wanted],
    queryFn: ({ signal }) => client.fetchEndpoints(wanted, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    enabled,
  });
}

export function useEndpoint(id: string, scope: Scope) {
  const compare = scope.cmp === "off" ? "prev" : scope.cmp;
  const parameters = { ...readParameters({ ...scope, ep: [], q: "" }), compare };
  return useQuery({
    queryKey: ["endpoint", id, parameters],
    queryFn: ({ signal }) => client.fetchEndpoint(id, parameters, signal),
    placeholderData: (previous, query) => (query?.queryKey[1] === id ? previous : undefined),
    refetchInterval: refresh(scope, REFRESH_FAST_MS),
  });
}

export function useRequests(scope: Scope, extra: { sort: string; limit: number; outcome?: string }) {
  const parameters = { ...readParameters(scope), ...extra };
  return useQuery({
    queryKey: ["requests", parameters],
    queryFn: ({ signal }) => client.fetchRequests(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refresh(scope, REFRESH_SLOW_MS),
  });
}

export function useEnvironments(scope: Scope) {
  const compare = scope.cmp === "off" ? "prev" : scope.cmp;
  const parameters = { ...readParameters(scope), compare, spark_points: 40 };
  return useQuery({
    queryKey: ["environments", parameters],
    queryFn: ({ signal }) => client.fetchEnvironments(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refresh(scope, REFRESH_SLOW_MS),
  });
}

export function useMatrix(scope: Scope, limit: number) {
  const parameters = { ...readParameters(scope), limit };
  return useQuery({
    queryKey: ["matrix", parameters],
    queryFn: ({ signal }) => client.fetchMatrix(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refresh(scope, REFRESH_SLOW_MS),
  });
}

export function useFacets(scope: Scope, fields: string[], enabled = true) {
  const parameters = { ...readParameters(scope), fields: fields.join(","), limit: 100 };
  return useQuery({
    queryKey: ["facets", parameters],
    queryFn: ({ signal }) => client.fetchFacets(parameters, signal),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    enabled,
  });
}

export function useServerStatus(enabled = true) {
  return useQuery({ queryKey: ["status"], queryFn: ({ signal }) => client.fetchStatus(signal), enabled });
}

export function useDemo() {
  return useQuery({
    queryKey: ["demo"],
    queryFn: ({ signal }) => client.fetchDemo(signal),
    refetchInterval: (query) => {
      const state = query.state.data?.state;
      return state === "generating" || state === "removing" ? POLL_DEMO_MS : REFRESH_DEMO_MS;
    },
  });
}
