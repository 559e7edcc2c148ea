// Incidents in the cache of queries. Owns that one incident is the same wherever it is shown.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Incident, IncidentDetail, IncidentList } from "../api/incidentTypes";

type Pages = InfiniteData<IncidentList>;

/** Lists keep their order and their members until they are asked again; only what a row says changes. An older message
 * never paints over a newer one. */
export function replaceIncidents(queries: QueryClient, incidents: Incident[]): void {
  const fresh = new Map(incidents.map((incident) => [incident.id, incident]));
  queries.setQueriesData<Pages | IncidentList>({ queryKey: ["incidents"] }, (data) => {
    if (!data) return data;
    if (!("pages" in data)) return replacedIn(data, fresh);
    const pages = data.pages.map((page) => replacedIn(page, fresh));
    return pages.some((page, index) => page !== data.pages[index]) ? { ...data, pages } : data;
  });
  queries.setQueriesData<IncidentDetail>({ queryKey: ["incident"] }, (detail) => {
    if (!detail) return detail;
    const incident = newer(detail.incident, fresh);
    const similar = replaced(detail.similar, fresh);
    return incident === detail.incident && similar === detail.similar ? detail : { ...detail, incident, similar };
  });
}

function replacedIn(page: IncidentList, fresh: Map<string, Incident>): IncidentList {
  const items = replaced(page.items, fresh);
  return items === page.items ? page : { ...page, items };
}

function replaced(list: Incident[], fresh: Map<string, Incident>): Incident[] {
  return list.some((item) => newer(item, fresh) !== item) ? list.map((item) => newer(item, fresh)) : list;
}

function newer(known: Incident, fresh: Map<string, Incident>): Incident {
  const news = fresh.get(known.id);
  return news && news.updated_ms >= known.updated_ms ? news : known;
}
