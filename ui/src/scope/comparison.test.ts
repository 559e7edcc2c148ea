import { expect, test } from "vitest";
import type { Stats } from "../api/types";
import { comparable } from "./comparison";

const HOUR_MS = 3_600_000;
const range = { from_ms: 100 * HOUR_MS, to_ms: 101 * HOUR_MS };
const stats = { requests: 1 } as Stats;

test("a period is compared only if stored data covers it", () => {
  expect(comparable(stats, range, "prev", 99 * HOUR_MS)).toBe(stats);
  expect(comparable(stats, range, "prev", 99.5 * HOUR_MS)).toBeNull();
  expect(comparable(stats, range, "1d", 77 * HOUR_MS)).toBeNull();
  expect(comparable(stats, range, "1d", 70 * HOUR_MS)).toBe(stats);
  expect(comparable(null, range, "prev", 0)).toBeNull();
  expect(comparable(stats, range, "prev", null)).toBeNull();
});
