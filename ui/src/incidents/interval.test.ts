import { expect, test } from "vitest";
import { comparison } from "../testing/incident";
import { barLength, intervalAxis, placeOn } from "./interval";

test("the axis holds every interval and zero", () => {
  const items = [comparison(), comparison({ lower: -0.02, upper: 0.01, difference: 0 })];
  const axis = intervalAxis(items);
  for (const { lower, upper } of items) {
    expect(placeOn(axis, lower)).toBeGreaterThan(0);
    expect(placeOn(axis, upper)).toBeLessThan(1);
  }
  expect(placeOn(axis, 0)).toBeGreaterThan(0);
});

test("nothing, and noise, are not drawn large", () => {
  const axis = intervalAxis([comparison({ lower: 0, upper: 0, difference: 0 })]);
  expect(axis.high - axis.low).toBeGreaterThanOrEqual(0.01);
  expect(intervalAxis([])).toEqual(axis);
  expect(placeOn(axis, 5)).toBe(1);
});

test("values that are no numbers do not break the axis", () => {
  const axis = intervalAxis([comparison({ lower: Number.NaN, upper: Number.POSITIVE_INFINITY })]);
  expect(Number.isFinite(axis.low) && Number.isFinite(axis.high)).toBe(true);
});

test("the longest bar is full", () => {
  expect(barLength(0.06, 0.06)).toBe(1);
  expect(barLength(0.03, 0.06)).toBeCloseTo(0.5);
  expect(barLength(0, 0)).toBe(0);
});
