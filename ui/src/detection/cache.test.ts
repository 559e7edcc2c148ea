import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { AnomalyList } from "../api/detectionTypes";
import { anomaly } from "../testing/anomaly";
import { randomFrom } from "../testing/random";
import { applied } from "./actions";
import { cachedAnomalies, replaceAnomalies } from "./cache";

const [ONE, TWO, THREE] = ["1", "2", "3"].map((id) => anomaly({ id }));
const COUNTS = { open: 3, acknowledged: 0, closed: 0, false_positive: 0 };
const list = (...items: AnomalyList["items"]): AnomalyList => ({
  items,
  total: items.length,
  next_cursor: null,
  counts: COUNTS,
  by_severity: { low: 0, medium: 0, high: 3, critical: 0 },
});

function filled(): QueryClient {
  const queries = new QueryClient();
  queries.setQueryData(["anomalies", "pages", {}], { pages: [list(ONE!, TWO!), list(THREE!)], pageParams: ["", "2"] });
  queries.setQueryData(["anomalies", "some", {}], list(TWO!));
  queries.setQueryData(["anomaly", "2"], {
    anomaly: TWO,
    nearby: [ONE],
    similar: [THREE],
    score: { t0_ms: 0, step_ms: 1, values: [], thresholds: [] },
  });
  queries.setQueryData(["expectations", {}], { anomalies: [TWO], measures: [] });
  return queries;
}

const everything = (queries: QueryClient) =>
  JSON.stringify(
    queries
      .getQueryCache()
      .getAll()
      .map((query) => query.state.data),
  );

test("an anomaly changes wherever it is shown", () => {
  const queries = filled();
  replaceAnomalies(queries, [{ ...TWO!, verdict: "confirmed" }]);
  expect(everything(queries).match(/"verdict":"confirmed"/g)).toHaveLength(4);
});

test("pages without it stay the same objects", () => {
  const queries = filled();
  const before = queries.getQueryData<{ pages: AnomalyList[] }>(["anomalies", "pages", {}])!;
  replaceAnomalies(queries, [{ ...TWO!, verdict: "confirmed" }]);
  const after = queries.getQueryData<{ pages: AnomalyList[] }>(["anomalies", "pages", {}])!;
  expect(after.pages[0]).not.toBe(before.pages[0]);
  expect(after.pages[1]).toBe(before.pages[1]);
});

test("a refused action leaves no trace, whatever it was", () => {
  const random = randomFrom(17);
  const actions = ["acknowledge", "judge", "close", "assign", "clear_verdict"] as const;
  for (let round = 0; round < 100; round += 1) {
    const queries = filled();
    const untouched = everything(queries);
    const ids = ["1", "2", "3", "9"].filter(() => random() < 0.5);
    const action = { ids, action: actions[Math.floor(random() * actions.length)]!, verdict: "false_positive" as const };
    const before = cachedAnomalies(queries, ids);
    replaceAnomalies(
      queries,
      before.map((item) => applied(item, action, 5)),
    );
    replaceAnomalies(queries, before);
    expect(everything(queries)).toBe(untouched);
  }
});
