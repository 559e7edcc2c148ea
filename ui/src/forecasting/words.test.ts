import { describe, expect, test } from "vitest";
import { leadText, momentText, probabilityText, recordText, timesInZone, whenOf } from "./words";

const NOW_MS = Date.UTC(2026, 10, 24, 13, 0);
const MINUTE_MS = 60_000;
const RECORD = {
  values: 672,
  coverage_50: 0.51,
  coverage_80: 0.79,
  coverage_95: 0.94,
  error_ratio: 0.8,
  loss_ratio: 0.7,
};

test("a probability is never certain", () => {
  expect([0, 0.002, 0.815, 0.999, 1].map(probabilityText)).toEqual(["0 %", "< 1 %", "82 %", "> 99 %", "> 99 %"]);
});

test("how long it takes is said as exactly as it matters", () => {
  const check = (minutes: number, expected: string) => expect(leadText(minutes * MINUTE_MS)).toBe(expected);
  check(0.2, "less than a minute");
  check(9, "9 min");
  check(120, "2 h");
  check(130, "2 h 10 min");
  check(500, "8 h");
  check(3 * 1440, "3 d");
});

describe("when", () => {
  const parts = { is_beyond: false, crossing_ms: NOW_MS + 9 * MINUTE_MS, crossing_early_ms: null, horizon_s: 3600 };
  test("is a moment and how long until then", () =>
    expect(whenOf(parts, NOW_MS, "Europe/Berlin").likely).toBe("most likely 14:09, in 9 min"));
  test("has an early end", () => {
    expect(whenOf({ ...parts, crossing_early_ms: NOW_MS + 2 * MINUTE_MS }, NOW_MS, "UTC").early).toBe(
      "one in ten by 13:02",
    );
    expect(whenOf({ ...parts, crossing_early_ms: NOW_MS - 1 }, NOW_MS, "UTC").early).toBe("one in ten at once");
  });
  test("may be now, or not known", () => {
    expect(whenOf({ ...parts, is_beyond: true }, NOW_MS, "UTC").likely).toBe("beyond it now");
    expect(whenOf({ ...parts, crossing_ms: null }, NOW_MS, "UTC").likely).toBe("within 1 hour");
  });
  test("names another day", () => expect(momentText(NOW_MS + 86_400_000, NOW_MS, "UTC")).toBe("Nov 25, 13:00"));
});

test("a record is that of published forecasts, or a test on the past", () => {
  expect(recordText(RECORD, null)).toBe("95 % band held 94 % of 672 values, last 7 days.");
  expect(recordText({ ...RECORD, values: 0 }, RECORD)).toBe("95 % band held 94 % of 672 values, tested on the past.");
  expect(recordText(null, null)).toBe("No record yet.");
});

test("times of a sentence follow the screen", () => {
  const said = "crosses 270 ms most likely at 13:09 UTC, at 18:00 UTC at the latest";
  expect(timesInZone(said, [NOW_MS + 9 * MINUTE_MS, null], "Europe/Berlin", NOW_MS)).toBe(
    "crosses 270 ms most likely at 14:09, at 18:00 UTC at the latest",
  );
});
