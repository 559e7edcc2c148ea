import { describe, expect, test } from "vitest";
import type { RollupEvent, Series, SeriesGroup } from "../api/types";
import { randomFrom } from "../testing/random";
import { mergeRollup } from "./merge";

const STEP = 10_000;
const T0 = 1_700_000_000_000;

function group(key: string, requests: number[]): SeriesGroup {
  return {
    key,
    label: key,
    requests,
    client_errors: requests.map(() => 0),
    server_errors: requests.map(() => 0),
    requests_per_second: requests.map((value) => value / 10),
    error_rate: requests.map((value) => (value > 0 ? 0 : null)),
    p50_ms: requests.map((value) => (value > 0 ? 5 : null)),
    p95_ms: requests.map((value) => (value > 0 ? 9 : null)),
    p99_ms: requests.map((value) => (value > 0 ? 12 : null)),
  };
}

function series(buckets: number[], key = "all"): Series {
  const range = { from_ms: T0, to_ms: T0 + buckets.length * STEP };
  return {
    range,
    t0_ms: T0,
    step_ms: STEP,
    n: buckets.length,
    source: "rollup_10s",
    group_by: "none",
    groups: [group(key, buckets)],
    previous: null,
  };
}

function rollup(bucket: number, values: number[], key = "all"): RollupEvent {
  const t0_ms = T0 + bucket * STEP;
  const now_ms = t0_ms + values.length * STEP - 1;
  return { ...series(values, key), t0_ms, now_ms, requests_per_second: 1, range: { from_ms: t0_ms, to_ms: now_ms } };
}

describe("mergeRollup", () => {
  test("replaces buckets of the same time", () => {
    expect(mergeRollup(series([1, 2, 3]), rollup(1, [20, 30])).groups[0]!.requests).toEqual([1, 20, 30]);
  });
  test("appends newer ones and forgets the oldest", () => {
    const merged = mergeRollup(series([1, 2, 3]), rollup(2, [30, 40]));
    expect(merged.groups[0]!.requests).toEqual([1, 2, 30, 40]);
    expect(mergeRollup(merged, rollup(4, [50])).groups[0]!.requests).toEqual([2, 30, 40, 50]);
  });
  test("leaves a hole where nothing came: zero requests, no latency", () => {
    const merged = mergeRollup(series([1, 2, 3]), rollup(4, [50]));
    expect(merged.groups[0]!.requests).toEqual([2, 3, 0, 50]);
    expect(merged.groups[0]!.p95_ms).toEqual([9, 9, null, 9]);
  });
  test("adds a group that appears later", () => {
    const merged = mergeRollup(series([1, 2]), rollup(1, [7], "new"));
    expect(merged.groups.map((item) => [item.key, item.requests])).toEqual([
      ["all", [1, 2]],
      ["new", [0, 7]],
    ]);
  });
  test("ignores another step or grouping", () => {
    const before = series([1, 2]);
    expect(mergeRollup(before, { ...rollup(1, [7]), step_ms: 15_000 })).toBe(before);
    expect(mergeRollup(before, { ...rollup(1, [7]), group_by: "service" })).toBe(before);
    expect(mergeRollup(before, { ...rollup(1, [7]), t0_ms: T0 + 3 })).toBe(before);
  });
  test("shifts the previous period along and knows nothing new of it", () => {
    const before = { ...series([1, 2, 3]), previous: [group("all", [4, 5, 6])] };
    const merged = mergeRollup(before, rollup(3, [9, 9]));
    expect(merged.n).toBe(4);
    expect(merged.previous![0]!.requests).toEqual([5, 6]);
    expect(mergeRollup(merged, rollup(5, [9])).previous![0]!.requests).toEqual([6]);
  });
  test("refuses a jump of the clock", () => {
    const before = series([1, 2]);
    expect(mergeRollup(before, rollup(100_000, [1]))).toBe(before);
  });
});

test("messages may repeat, and every order of late ones ends the same", () => {
  const random = randomFrom(5);
  for (let round = 0; round < 300; round += 1) {
    const start = series([1, 2, 3, 4, 5, 6]);
    const events = Array.from({ length: 4 }, (_, index) => rollup(3 + index, [10 + index, 20 + index]));
    let current: Series = start;
    for (const event of events) {
      current = mergeRollup(current, event);
      if (random() < 0.5) current = mergeRollup(current, event);
    }
    const last = events[events.length - 1]!;
    expect(mergeRollup(current, last)).toEqual(current);
    for (const item of current.groups) {
      for (const column of ["requests", "p95_ms", "error_rate", "requests_per_second"] as const)
        expect(item[column]).toHaveLength(current.n);
    }
    expect(current.groups[0]!.requests.slice(-5)).toEqual([10, 11, 12, 13, 23]);
    expect(current.t0_ms + current.n * STEP).toBeGreaterThan(current.range.to_ms);
  }
});
