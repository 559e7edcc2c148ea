import { describe, expect, test } from "vitest";
import { randomFrom } from "./testing/random";
import {
  bytes,
  count,
  duration,
  latency,
  NO_VALUE,
  perSecond,
  relativeChange,
  share,
  shareChange,
  threeDigits,
} from "./units";

function check<Value>(format: (value: Value) => string | null, cases: [Value, string | null][]) {
  for (const [value, text] of cases) expect(format(value), String(value)).toBe(text);
}

describe("numbers as people read them", () => {
  test("latency", () =>
    check(latency, [
      [0, "0 ms"],
      [0.25, "250 µs"],
      [0.9996, "1 ms"],
      [12.34, "12.3 ms"],
      [471.4, "471 ms"],
      [999.6, "1 s"],
      [1500, "1.5 s"],
      [59_960, "60 s"],
      [90_000, "1.5 min"],
      [null, NO_VALUE],
      [Number.NaN, NO_VALUE],
    ]));
  test("count", () =>
    check(count, [
      [0, "0"],
      [7, "7"],
      [999.6, "1k"],
      [1840, "1.84k"],
      [2_500_000, "2.5M"],
      [3.2e9, "3.2G"],
      [null, NO_VALUE],
    ]));
  test("rate", () =>
    check(perSecond, [
      [0, "0/s"],
      [0.458, "0.458/s"],
      [1840, "1.84k/s"],
    ]));
  test("share", () =>
    check(share, [
      [0, "0 %"],
      [0.031, "3.1 %"],
      [0.00004, "< 0.01 %"],
      [0.0039, "0.39 %"],
      [1, "100 %"],
      [null, NO_VALUE],
    ]));
  test("bytes", () =>
    check(bytes, [
      [0, "0 B"],
      [1023, "1023 B"],
      [1024, "1 KiB"],
      [5201, "5.08 KiB"],
      [81_234_567, "77.5 MiB"],
    ]));
  test("duration", () =>
    check(duration, [
      [0, "0 s"],
      [59_999, "59 s"],
      [725_000, "12 min"],
      [7_200_000, "2 h"],
      [259_200_000, "3 d"],
    ]));
});

test("changes", () => {
  expect(relativeChange(471, 182)).toBe("+159 %");
  expect(relativeChange(90, 100)).toBe("−10 %");
  expect(relativeChange(100, 100.1)).toBe("±0 %");
  expect(relativeChange(1200, 100)).toBe("12×");
  expect(relativeChange(null, 100)).toBeNull();
  expect(relativeChange(100, 0)).toBeNull();
  expect(shareChange(0.031, 0.004)).toBe("+2.7 pp");
  expect(shareChange(0.004, 0.004)).toBe("±0 pp");
  expect(shareChange(null, 0.004)).toBeNull();
});

test("three digits lie within half a percent of the value and never use an exponent", () => {
  const random = randomFrom(11);
  for (let round = 0; round < 5000; round += 1) {
    const value = 10 ** (random() * 7 - 4) * (random() < 0.5 ? 1 : -1);
    const text = threeDigits(value);
    expect(text).not.toMatch(/e/);
    expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.abs(value) * 0.0051);
  }
});

test("a longer latency never reads shorter", () => {
  const unit: Record<string, number> = { µs: 0.001, ms: 1, s: 1000, min: 60_000 };
  const read = (text: string) => Number(text.split(" ")[0]) * unit[text.split(" ")[1]!]!;
  let before = 0;
  for (let exponent = -3; exponent < 6; exponent += 0.003) {
    const shown = read(latency(10 ** exponent));
    expect(shown).toBeGreaterThanOrEqual(before * 0.9999);
    before = shown;
  }
});
