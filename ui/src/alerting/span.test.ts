import { expect, test } from "vitest";
import { countdown, parseSpan, spanText, spanWords } from "./span";

test("lengths are written and read again", () => {
  for (const [seconds, text] of [
    [0, "0 s"],
    [45, "45 s"],
    [300, "5 min"],
    [5400, "1 h 30 min"],
    [90_061, "1 d 1 h 1 min 1 s"],
  ] as const) {
    expect(spanText(seconds)).toBe(text);
    expect(parseSpan(text)).toBe(seconds);
  }
});

test("people write them in their own way", () => {
  for (const [text, seconds] of [
    ["5", 300],
    ["90s", 90],
    ["1h30m", 5400],
    ["2 hours", 7200],
    ["1.5 h", 5400],
    ["1 week", 604_800],
  ] as const)
    expect(parseSpan(text)).toBe(seconds);
  for (const text of ["", "soon", "5 parsecs", "-5 min", "5 min ago"]) expect(parseSpan(text)).toBeNull();
});

test("sentences have one unit where that is exact", () => {
  expect(spanWords(180)).toBe("3 minutes");
  expect(spanWords(3600)).toBe("1 hour");
  expect(spanWords(90)).toBe("90 seconds");
});

test("a countdown has two units and never ends early", () => {
  expect(countdown(7_800_000)).toBe("2 h 10 min");
  expect(countdown(7_800_001)).toBe("2 h 11 min");
  expect(countdown(59_400)).toBe("1 min");
  expect(countdown(1)).toBe("1 s");
  expect(countdown(-5)).toBe("0 s");
  expect(countdown(3 * 86_400_000 + 1)).toBe("3 d 1 h");
});
