import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { IncidentDetail, IncidentList } from "../api/incidentTypes";
import { replaceAnomalies } from "../detection/cache";
import { anomaly } from "../testing/anomaly";
import { incident } from "../testing/incident";
import { replaceIncidents } from "./cache";

const [ONE, TWO, THREE] = ["1", "2", "3"].map((id) => incident({ id }));
const list = (...items: IncidentList["items"]): IncidentList => ({
  items,
  total: items.length,
  next_cursor: null,
  open: items.length,
  closed: 0,
});

function filled(): QueryClient {
  const queries = new QueryClient();
  queries.setQueryData(["incidents", "pages", {}], { pages: [list(ONE!, TWO!), list(THREE!)], pageParams: ["", "2"] });
  queries.setQueryData(["incidents", "some", {}], list(TWO!));
  queries.setQueryData<IncidentDetail>(["incident", "2"], {
    incident: TWO!,
    diagnosis: null,
    anomalies: [anomaly({ id: "a" })],
    events: [],
    deployments: [],
    similar: [ONE!],
  });
  return queries;
}

const everything = (queries: QueryClient) =>
  JSON.stringify(
    queries
      .getQueryCache()
      .getAll()
      .map((query) => query.state.data),
  );

test("an incident changes wherever it is shown", () => {
  const queries = filled();
  replaceIncidents(queries, [incident({ id: "2", title: "worse", updated_ms: 61_000 })]);
  expect(everything(queries).match(/"title":"worse"/g)).toHaveLength(3);
  replaceIncidents(queries, [incident({ id: "1", title: "over" })]);
  expect(everything(queries).match(/"title":"over"/g)).toHaveLength(2);
});

test("an older message does not paint over a newer one", () => {
  const queries = filled();
  const before = everything(queries);
  replaceIncidents(queries, [incident({ id: "2", title: "old", updated_ms: 59_000 })]);
  expect(everything(queries)).toBe(before);
});

test("pages without it stay the same objects, and unknown ones change nothing", () => {
  const queries = filled();
  const pages = () => queries.getQueryData<{ pages: IncidentList[] }>(["incidents", "pages", {}])!;
  const before = pages();
  replaceIncidents(queries, [incident({ id: "9" })]);
  expect(pages()).toBe(before);
  replaceIncidents(queries, [incident({ id: "2", state: "closed" })]);
  expect(pages().pages[0]).not.toBe(before.pages[0]);
  expect(pages().pages[1]).toBe(before.pages[1]);
});

test("its anomalies change with those of the lists", () => {
  const queries = filled();
  replaceAnomalies(queries, [anomaly({ id: "a", state: "acknowledged" })]);
  expect(queries.getQueryData<IncidentDetail>(["incident", "2"])!.anomalies[0]!.state).toBe("acknowledged");
});
