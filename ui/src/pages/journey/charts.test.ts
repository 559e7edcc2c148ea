import { expect, test } from "vitest";
import type { JourneyDetail } from "../../api/forecastTypes";
import { journey, journeySummary, T0_MS } from "../../testing/forecast";
import { latencyChart, startsChart, successChart } from "./charts";

const STEP_MS = 600_000;

function detail(target: number | null): JourneyDetail {
  const outlook = {
    horizon_s: 1800,
    t0_ms: T0_MS,
    step_ms: 900_000,
    sentence: "",
    success: [0.98, 0.97],
    success_lower: [0.97, 0.95],
    success_upper: [0.99, 0.98],
    latency_ms: [300, 310],
    latency_ms_lower: [280, 280],
    latency_ms_upper: [340, 360],
    all_ok: 0.6,
    blame: [0, 1],
  };
  return {
    summary: journeySummary({ journey: journey({ success_target: target }), outlook }),
    history: {
      range: { from_ms: T0_MS - 2 * STEP_MS, to_ms: T0_MS },
      t0_ms: T0_MS - 2 * STEP_MS,
      step_ms: STEP_MS,
      success: [0.99, null],
      success_lower: [0.98, null],
      success_upper: [1, null],
      latency_ms_p50: [300, null],
      latency_ms_p95: [500, null],
      starts: [40, 0],
    },
    failed_sessions: [],
  };
}

test("success goes on beyond now, below its target", () => {
  const { model, marks } = successChart(detail(0.99), true);
  expect(model.n).toBe(2);
  expect(marks.forecast?.expected).toEqual([0.98, 0.97]);
  expect(marks.bandName).toBe("95 % interval");
  expect(marks.limit).toMatchObject({ value: 0.99, label: "target 99 %", to_ms: T0_MS + 1_800_000 });
});

test("a range that ended has no outlook", () => {
  expect(successChart(detail(null), false).marks).toMatchObject({ forecast: undefined });
  expect(successChart(detail(null), false).marks.limit).toBeUndefined();
  expect(latencyChart(detail(null), false).marks.forecast).toBeUndefined();
});

test("latency and starts have their lines", () => {
  expect(latencyChart(detail(null), true).marks.forecast?.bands[0]?.upper).toEqual([340, 360]);
  expect(startsChart(detail(null)).lines[0]!.values).toEqual([40, 0]);
});
