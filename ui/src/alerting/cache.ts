// Alerts in the cache of queries. Owns that one alert is the same wherever it is shown.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Alert, AlertDetail, AlertList } from "../api/alertTypes";

type Pages = InfiniteData<AlertList>;

/** Lists keep their order and their members until they are asked again; only what a row says changes. */
export function replaceAlerts(queries: QueryClient, alerts: Alert[]): void {
  const fresh = new Map(alerts.map((alert) => [alert.id, alert]));
  queries.setQueriesData<Pages | AlertList>({ queryKey: ["alerts"] }, (data) => {
    if (!data) return data;
    if (!("pages" in data)) return replacedIn(data, fresh);
    const pages = data.pages.map((page) => replacedIn(page, fresh));
    return pages.some((page, index) => page !== data.pages[index]) ? { ...data, pages } : data;
  });
  queries.setQueriesData<AlertDetail>({ queryKey: ["alert"] }, (detail) => {
    const next = detail && fresh.get(detail.alert.id);
    return next ? { ...detail, alert: next } : detail;
  });
}

function replacedIn(page: AlertList, fresh: Map<string, Alert>): AlertList {
  if (!page.items.some((item) => fresh.has(item.id))) return page;
  return { ...page, items: page.items.map((item) => fresh.get(item.id) ?? item) };
}

/** The cached alerts with these ids, as they are now. */
export function cachedAlerts(queries: QueryClient, ids: string[]): Alert[] {
  const found = new Map<string, Alert>();
  for (const [, data] of queries.getQueriesData<Pages | AlertList>({ queryKey: ["alerts"] })) {
    const pages = !data ? [] : "pages" in data ? data.pages : [data];
    for (const page of pages) for (const item of page.items) found.set(item.id, item);
  }
  for (const [, detail] of queries.getQueriesData<AlertDetail>({ queryKey: ["alert"] })) {
    if (detail) found.set(detail.alert.id, detail.alert);
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}
