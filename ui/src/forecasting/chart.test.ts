import { expect, test } from "vitest";
import { aheadTimes, axisEnd, forecastAt, forecastSummary } from "../charts/forecast";
import { forecast } from "../testing/forecast";
import { latency } from "../units";
import { chartForecast, forecastMarks, forecastModel, horizonOf, overlayHorizon } from "./chart";

test("a forecast continues its history", () => {
  const found = forecast();
  const model = forecastModel(found);
  const marks = forecastMarks(found);
  expect(model.range.to_ms).toBe(found.t0_ms);
  expect(axisEnd(model, marks.forecast)).toBe(found.t0_ms + 4 * found.step_ms);
  expect(aheadTimes(model, marks.forecast)).toHaveLength(3); // The first is where the cursor of the past ends.
  expect(marks.limit).toMatchObject({ value: 270, label: "usual limit 270 ms" });
});

test("what has a poor record is not drawn", () => {
  expect(chartForecast(forecast({ trust: "poor" }), 0)).toBeUndefined();
  expect(chartForecast(forecast({ trust: "none", expected: [] }), 0)).toBeUndefined();
});

test("a point of the future has its bands, in the unit of the chart", () => {
  const found = forecast();
  const drawn = chartForecast(found, found.t0_ms, 2);
  expect(forecastAt(drawn, found.t0_ms + found.step_ms)).toMatchObject({ expected: 420 });
  expect(forecastAt(drawn, found.t0_ms - 1)).toBeNull();
  expect(forecastAt(drawn, found.t0_ms + 9 * found.step_ms)).toBeNull();
});

test("it is said in one sentence", () =>
  expect(forecastSummary(forecastMarks(forecast()).forecast, latency)).toBe(
    " From now on p95 is expected from 200 ms to 230 ms, with 95 % certainty between 150 ms and 320 ms.",
  ));

test("charts look as far ahead as back", () => {
  const hour_ms = 3_600_000;
  expect([1, 6, 24, 168].map((hours) => overlayHorizon(hours * hour_ms))).toEqual(["1h", "6h", "24h", "7d"]);
  expect(horizonOf("9y", "24h")).toBe("24h");
});
