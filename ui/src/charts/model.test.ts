import { describe, expect, test } from "vitest";
import { firstIncomplete, isolatedPoints, pushApart, splitAtPresent, summarize, type ChartModel } from "./model";

function model(n: number, to_ms: number, values: (number | null)[]): ChartModel {
  const line = { key: "p95", label: "p95", color: "--series-1", values };
  return { t0_ms: 0, step_ms: 10, n, range: { from_ms: 0, to_ms }, lines: [line] };
}

describe("the present", () => {
  test("all complete", () => expect(firstIncomplete(model(3, 30, []))).toBe(3));
  test("the last bucket has begun", () => expect(firstIncomplete(model(3, 25, []))).toBe(2));
  test("two buckets are open", () => expect(firstIncomplete(model(3, 15, []))).toBe(1));
  test("nothing is complete", () => expect(firstIncomplete(model(1, 5, []))).toBe(0));
  test("the current bucket joins the last complete one", () => {
    expect(splitAtPresent([1, 2, 3], 2)).toEqual([
      [1, 2, null],
      [null, 2, 3],
    ]);
    expect(splitAtPresent([1, 2, 3], 3)).toEqual([
      [1, 2, 3],
      [null, null, null],
    ]);
  });
});

test("points that no line reaches", () => expect(isolatedPoints([1, null, 2, 3, null, null, 4])).toEqual([0, 6]));

describe("summary", () => {
  const format = (value: number) => `${value} ms`;
  test("says the span and the last value", () =>
    expect(summarize(model(3, 30, [5, 9, 7]), format)).toBe("p95 from 5 ms to 9 ms, last 7 ms."));
  test("leaves the open bucket out", () =>
    expect(summarize(model(3, 25, [5, 9, 1]), format)).toBe("p95 from 5 ms to 9 ms, last 9 ms."));
  test("says when there is nothing", () =>
    expect(summarize(model(3, 30, [null, null, null]), format)).toBe("p95 has no data."));
});

describe("direct labels", () => {
  test("far ones stay", () => expect(pushApart([10, 50], 15, 0, 100)).toEqual([10, 50]));
  test("near ones part and keep their order", () => expect(pushApart([52, 50], 15, 0, 100)).toEqual([65, 50]));
  test("none leaves the plot at the bottom", () => expect(pushApart([98, 99], 10, 0, 100)).toEqual([85, 95]));
});
