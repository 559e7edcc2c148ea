import { expect, test } from "vitest";
import { anomaly } from "../testing/anomaly";
import { anomalyLanes, placeIn, spanOf } from "./lanes";

const MINUTE_MS = 60_000;

test("anomalies of one series share a lane, in the order in which they began", () => {
  const other = { id: "00000000000000bb", service: "a", method: "GET", route: "/" };
  const lanes = anomalyLanes([
    anomaly({ id: "3", onset_ms: 300 }),
    anomaly({ id: "1", onset_ms: 100, endpoint: other }),
    anomaly({ id: "2", onset_ms: 200 }),
  ]);
  expect(lanes.map((lane) => lane.anomalies.map((item) => item.id))).toEqual([["1"], ["2", "3"]]);
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
