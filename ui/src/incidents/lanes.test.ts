import { expect, test } from "vitest";
import { anomaly } from "../testing/anomaly";
import { anomalyLanes, placeIn, spanOf } from "./lanes";

const MINUTE_MS = 60_000;
const ids = (lanes: ReturnType<typeof anomalyLanes>) => lanes.map((lane) => lane.anomalies.map((item) => item.id));

test("anomalies of one series share a lane, in the order in which they began", () => {
  const other = { id: "00000000000000bb", service: "a", method: "GET", route: "/" };
  const lanes = anomalyLanes(
    [
      anomaly({ id: "3", onset_ms: 300, closed_ms: 400 }),
      anomaly({ id: "1", onset_ms: 100, endpoint: other }),
      anomaly({ id: "2", onset_ms: 200, closed_ms: 250 }),
      anomaly({ id: "4", onset_ms: 500, signal: "traffic" }),
    ],
    20,
  );
  expect(ids(lanes)).toEqual([["1"], ["2", "3"], ["4"]]);
});

test("those that would touch one another do not", () => {
  const open = anomaly({ id: "1", onset_ms: 0 });
  const brief = anomaly({ id: "2", onset_ms: 100, closed_ms: 110 });
  const next = anomaly({ id: "3", onset_ms: 130, closed_ms: 140 });
  expect(ids(anomalyLanes([open, brief, next], 20))).toEqual([["1"], ["2", "3"]]);
  expect(ids(anomalyLanes([brief, next], 50))).toEqual([["2"], ["3"]]);
  expect(new Set(anomalyLanes([open, brief, next], 50).map((lane) => lane.key)).size).toBe(3);
});

test("the span holds what is open up to now, and deployments that are near", () => {
  const open = anomaly({ onset_ms: 100 * MINUTE_MS, closed_ms: null });
  const span = spanOf([open], [99 * MINUTE_MS, 0], 120 * MINUTE_MS);
  expect(placeIn(span, 120 * MINUTE_MS)).toBeLessThan(100);
  expect(placeIn(span, 99 * MINUTE_MS)).toBeGreaterThan(0);
  expect(placeIn(span, 0)).toBe(0);
  const empty = spanOf([], [], 5);
  expect(empty.to_ms).toBeGreaterThan(empty.from_ms);
});
