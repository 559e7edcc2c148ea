import { expect, test } from "vitest";
import { exceedsText, growthText, isSoon } from "./capacity";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 24);
const in_days = (days: number) => NOW_MS + days * DAY_MS;

test("a date has an early and a late end", () => {
  const check = (exceeds: number | null, early: number | null, late: number | null, expected: string) =>
    expect(
      exceedsText(
        {
          exceeds_ms: exceeds === null ? null : in_days(exceeds),
          exceeds_early_ms: early === null ? null : in_days(early),
          exceeds_late_ms: late === null ? null : in_days(late),
        },
        NOW_MS,
        "UTC",
      ),
    ).toBe(expected);
  check(9, 5, 18, "Dec 3 (Nov 29 to Dec 12)");
  check(9, 5, null, "Dec 3 (Nov 29 to later)");
  check(9, null, null, "Dec 3");
  check(null, 20, null, "Dec 14 at the earliest");
  check(null, null, null, "not foreseen");
  check(0, 0, 3, "now (now to Nov 27)");
});

test("two weeks are soon", () => {
  expect(isSoon({ exceeds_ms: in_days(9) }, NOW_MS)).toBe(true);
  expect(isSoon({ exceeds_ms: in_days(30) }, NOW_MS)).toBe(false);
  expect(isSoon({ exceeds_ms: null }, NOW_MS)).toBe(false);
});

test("growth has a sign", () =>
  expect([0.05, -0.012, 0, null].map(growthText)).toEqual(["+5 %", "−1.2 %", "±0 %", "–"]));
