// Anomalies in the cache of queries. Owns that one anomaly is the same wherever it is shown.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Anomaly, AnomalyDetail, AnomalyList, Expectations } from "../api/detectionTypes";
import type { IncidentDetail } from "../api/incidentTypes";

type Pages = InfiniteData<AnomalyList>;

/** Lists keep their order and their members until they are asked again; only what a row says changes. */
export function replaceAnomalies(queries: QueryClient, anomalies: Anomaly[]): void {
  const fresh = new Map(anomalies.map((anomaly) => [anomaly.id, anomaly]));
  queries.setQueriesData<Pages | AnomalyList>({ queryKey: ["anomalies"] }, (data) => {
    if (!data) return data;
    if (!("pages" in data)) return replacedIn(data, fresh);
    const pages = data.pages.map((page) => replacedIn(page, fresh));
    return pages.some((page, index) => page !== data.pages[index]) ? { ...data, pages } : data;
  });
  queries.setQueriesData<AnomalyDetail>({ queryKey: ["anomaly"] }, (detail) => {
    if (!detail) return detail;
    const anomaly = fresh.get(detail.anomaly.id) ?? detail.anomaly;
    const nearby = replaced(detail.nearby, fresh);
    const similar = replaced(detail.similar, fresh);
    const same = anomaly === detail.anomaly && nearby === detail.nearby && similar === detail.similar;
    return same ? detail : { ...detail, anomaly, nearby, similar };
  });
  queries.setQueriesData<Expectations>({ queryKey: ["expectations"] }, (data) => {
    if (!data) return data;
    const list = replaced(data.anomalies, fresh);
    return list === data.anomalies ? data : { ...data, anomalies: list };
  });
  replaceOfIncidents(queries, fresh);
}

function replaceOfIncidents(queries: QueryClient, fresh: Map<string, Anomaly>): void {
  queries.setQueriesData<IncidentDetail>({ queryKey: ["incident"] }, (detail) => {
    if (!detail) return detail;
    const anomalies = replaced(detail.anomalies, fresh);
    return anomalies === detail.anomalies ? detail : { ...detail, anomalies };
  });
}

function replacedIn(page: AnomalyList, fresh: Map<string, Anomaly>): AnomalyList {
  const items = replaced(page.items, fresh);
  return items === page.items ? page : { ...page, items };
}

/** The same array when none of its members is among the fresh ones. */
export function replaced(list: Anomaly[], fresh: Map<string, Anomaly>): Anomaly[] {
  return list.some((item) => fresh.has(item.id)) ? list.map((item) => fresh.get(item.id) ?? item) : list;
}

const PAGES_SHORT_MAX = 3;

/** Asks again for what follows from a change. A list that was scrolled far would ask for all of its pages, so it waits
 * for its own rhythm; its rows have changed already. */
export function refreshAfterChange(queries: QueryClient, keys: string[]): void {
  for (const key of keys) {
    void queries.invalidateQueries({
      queryKey: [key],
      predicate: ({ state }) => ((state.data as Partial<Pages> | undefined)?.pages?.length ?? 0) <= PAGES_SHORT_MAX,
    });
  }
}

/** The cached anomalies with these ids, as they are now. */
export function cachedAnomalies(queries: QueryClient, ids: string[]): Anomaly[] {
  const found = new Map<string, Anomaly>();
  const keep = (list: Anomaly[]) => list.forEach((item) => found.set(item.id, item));
  for (const [, data] of queries.getQueriesData<Pages | AnomalyList>({ queryKey: ["anomalies"] })) {
    if (data) ("pages" in data ? data.pages : [data]).forEach((page) => keep(page.items));
  }
  for (const [, detail] of queries.getQueriesData<AnomalyDetail>({ queryKey: ["anomaly"] })) {
    if (detail) keep([detail.anomaly]);
  }
  for (const [, detail] of queries.getQueriesData<IncidentDetail>({ queryKey: ["incident"] })) {
    if (detail) keep(detail.anomalies);
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}
