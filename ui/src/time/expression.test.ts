import { expect, test } from "vitest";
import { randomFrom } from "../testing/random";
import { absoluteTime, agoExpression, resolveRange, resolveTime } from "./expression";
import { shiftRange, zoomRange } from "./window";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

test("expressions", () => {
  expect(resolveTime("now", NOW)).toBe(NOW);
  expect(resolveTime("now-90m", NOW)).toBe(NOW - 5_400_000);
  expect(resolveTime("2026-11-22T11:00:00Z", NOW)).toBe(NOW - 3_600_000);
  expect(resolveTime("2026-11-22T12:00:00+01:00", NOW)).toBe(NOW - 3_600_000);
  expect(resolveTime(String(NOW), NOW)).toBe(NOW);
  for (const bad of ["", "now-", "now-1y", "yesterday", "2026-11-22", "12", "now-1h<script>"])
    expect(resolveTime(bad, NOW), bad).toBeNull();
});

test("a range must run forward", () => {
  expect(resolveRange("now", "now-1h", NOW)).toBeNull();
  expect(resolveRange("now-1h", "now", NOW)).toEqual({ from_ms: NOW - 3_600_000, to_ms: NOW });
});

test("writing a distance and reading it gives the distance", () => {
  const random = randomFrom(3);
  for (let round = 0; round < 1000; round += 1) {
    const distance = (1 + Math.floor(random() * 900_000)) * 1000;
    expect(NOW - resolveTime(agoExpression(distance), NOW)!).toBe(distance);
    expect(resolveTime(absoluteTime(NOW - distance), NOW)).toBe(NOW - distance);
  }
});

test("shifting back and forward", () => {
  const back = shiftRange("now-1h", "now", -1, NOW);
  expect(back).toEqual({ from: "2026-11-22T10:30:00Z", to: "2026-11-22T11:30:00Z" });
  expect(shiftRange(back.from, back.to, 1, NOW)).toEqual({ from: "now-1h", to: "now" });
});

test("zooming keeps following the present, or keeps the middle", () => {
  expect(zoomRange("now-1h", "now", 2, NOW)).toEqual({ from: "now-2h", to: "now" });
  expect(zoomRange("now-1h", "now", 0.5, NOW)).toEqual({ from: "now-30m", to: "now" });
  const inner = zoomRange("2026-11-22T08:00:00Z", "2026-11-22T10:00:00Z", 0.5, NOW);
  expect(inner).toEqual({ from: "2026-11-22T08:30:00Z", to: "2026-11-22T09:30:00Z" });
});
