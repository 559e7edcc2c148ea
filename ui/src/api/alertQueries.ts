// Cached reads of alerting. Owns keys and refresh rhythm; the stream changes the same entries (alerting/cache.ts).
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import * as client from "./alertClient";
import type { AlertRule, RoutingQuestion, SilenceDraft } from "./alertTypes";

const REFRESH_MS = 15_000; // The stream tells at once; this catches what a lost connection missed.
const REFRESH_LONG_MS = 60_000; // A refresh fetches every loaded page again.
const PAGES_SHORT_MAX = 3;
const PAGE_ROWS = 100;

export interface AlertFilters {
  state: string[];
  severity: string[];
  rule: string[];
  q: string;
  /** Only what overlaps the range; both or none. */
  from?: string;
  to?: string;
}

function joined(values: string[]): string | undefined {
  return values.length > 0 ? values.join(",") : undefined;
}

export function alertParameters({ state, severity, rule, q, from, to }: AlertFilters) {
  return { state: joined(state), severity: joined(severity), rule: joined(rule), q: q || undefined, from, to };
}

export function useAlertPages(filters: AlertFilters, live: boolean, enabled = true) {
  const parameters = { ...alertParameters(filters), limit: PAGE_ROWS };
  return useInfiniteQuery({
    queryKey: ["alerts", "pages", parameters],
    queryFn: ({ signal, pageParam }) => client.fetchAlerts({ ...parameters, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => {
      if (!live) return false;
      return (query.state.data?.pages.length ?? 0) > PAGES_SHORT_MAX ? REFRESH_LONG_MS : REFRESH_MS;
    },
    enabled,
  });
}

/** The newest of a kind, for panels beside other things. */
export function useAlerts(parameters: Record<string, string | number | undefined>, enabled = true) {
  return useQuery({
    queryKey: ["alerts", "some", parameters],
    queryFn: ({ signal }) => client.fetchAlerts(parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
    enabled,
  });
}

/** How many fire that nobody has taken and nothing keeps quiet. */
export function useFiringCount(): number | undefined {
  return useAlerts({ state: "firing", limit: 1 }).data?.counts.firing;
}

export function useAlert(id: string) {
  return useQuery({
    queryKey: ["alert", id],
    queryFn: ({ signal }) => client.fetchAlert(id, signal),
    refetchInterval: (query) => (query.state.data?.alert.resolved_ms === null ? REFRESH_MS : false),
  });
}

export function useAlertingStatus() {
  return useQuery({
    queryKey: ["alerting-status"],
    queryFn: ({ signal }) => client.fetchAlertingStatus(signal),
    refetchInterval: REFRESH_MS,
  });
}

export function useAlertRules() {
  return useQuery({
    queryKey: ["alert-rules"],
    queryFn: ({ signal }) => client.fetchAlertRules(signal),
    refetchInterval: REFRESH_MS,
  });
}

export function useRulePreview(rule: AlertRule, enabled: boolean) {
  return useQuery({
    queryKey: ["alert-rule-preview", rule],
    queryFn: ({ signal }) => client.previewAlertRule(rule, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_LONG_MS,
    retry: false,
    enabled,
  });
}

export function useRouting() {
  return useQuery({
    queryKey: ["alert-routing"],
    queryFn: ({ signal }) => client.fetchRouting(signal),
    refetchOnWindowFocus: false, // What is being changed must not be replaced.
  });
}

export function useRoutingPreview(question: RoutingQuestion, enabled: boolean) {
  return useQuery({
    queryKey: ["alert-routing-preview", question],
    queryFn: ({ signal }) => client.previewRouting(question, signal),
    placeholderData: keepPreviousData,
    retry: false,
    enabled,
  });
}

export function useSilences() {
  return useQuery({
    queryKey: ["silences"],
    queryFn: ({ signal }) => client.fetchSilences(signal),
    refetchInterval: REFRESH_MS,
  });
}

export function useSilence(id: string) {
  return useQuery({ queryKey: ["silences", id], queryFn: ({ signal }) => client.fetchSilence(id, signal) });
}

export function useSilencePreview(draft: SilenceDraft, enabled: boolean) {
  return useQuery({
    // The words of the comment change nothing.
    queryKey: ["silence-preview", draft.matchers, draft.starts_ms],
    queryFn: ({ signal }) => client.previewSilence(draft, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
    retry: false,
    enabled,
  });
}

export function useChannels() {
  return useQuery({
    queryKey: ["channels"],
    queryFn: ({ signal }) => client.fetchChannels(signal),
    refetchInterval: REFRESH_MS,
  });
}

export function useNotificationPages(state: string, channel: string) {
  const parameters = { state: state || undefined, channel: channel || undefined, limit: PAGE_ROWS };
  return useInfiniteQuery({
    queryKey: ["notifications", parameters],
    queryFn: ({ signal, pageParam }) =>
      client.fetchNotifications({ ...parameters, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
}

export function useOnCall() {
  return useQuery({
    queryKey: ["on-call"],
    queryFn: ({ signal }) => client.fetchOnCall(signal),
    refetchInterval: REFRESH_LONG_MS,
  });
}
