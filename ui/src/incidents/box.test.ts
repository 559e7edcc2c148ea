import { expect, test } from "vitest";
import { readBox, typedLatency } from "./box";

const NOW_MS = Date.UTC(2026, 10, 20, 14, 30);
const typed = (fields = {}) => ({ from: "14:05", to: "14:25", low: "250 ms", high: "1.5 s", ...fields });

test("a latency has a unit, or is in milliseconds", () => {
  expect(typedLatency("250")).toBe(250);
  expect(typedLatency("1.5s")).toBe(1500);
  expect(typedLatency("1,5 s")).toBe(1500);
  expect(typedLatency("400 µs")).toBeCloseTo(0.4);
  for (const text of ["", "fast", "-3", "1e9 ms", "5 h"]) expect(typedLatency(text)).toBeNull();
});

test("a box is read from words", () => {
  expect(readBox(typed(), NOW_MS, "UTC")).toEqual({
    problems: {},
    box: {
      from_ms: Date.UTC(2026, 10, 20, 14, 5),
      to_ms: Date.UTC(2026, 10, 20, 14, 25),
      low_ms: 250,
      high_ms: 1500,
    },
  });
  expect(readBox(typed({ to: "now", high: "" }), NOW_MS, "UTC").box?.to_ms).toBe(NOW_MS);
});

test("what is wrong is said at its field", () => {
  expect(Object.keys(readBox(typed({ from: "soon" }), NOW_MS, "UTC").problems)).toEqual(["from"]);
  expect(Object.keys(readBox(typed({ to: "14:01" }), NOW_MS, "UTC").problems)).toEqual(["to"]);
  expect(Object.keys(readBox(typed({ low: "2 s" }), NOW_MS, "UTC").problems)).toEqual(["high"]);
  expect(readBox(typed({ low: "x", high: "y" }), NOW_MS, "UTC").box).toBeNull();
});
