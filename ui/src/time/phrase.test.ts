import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing/random";
import { resolveRange } from "./expression";
import { parsePhrase } from "./phrase";

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

function check(text: string, expected: [string, string] | null, zone = "UTC") {
  const parsed = parsePhrase(text, NOW, zone);
  expect(parsed === null ? null : [parsed.from, parsed.to]).toEqual(expected);
}

describe("relative", () => {
  test("last 45m", () => check("last 45m", ["now-45m", "now"]));
  test("Last 2 Hours", () => check("Last 2 Hours", ["now-2h", "now"]));
  test("last day", () => check("last day", ["now-1d", "now"]));
  test("90m", () => check("90m", ["now-90m", "now"]));
  test("60 min is an hour", () => check("60 min", ["now-1h", "now"]));
  test("-6h", () => check("-6h", ["now-6h", "now"]));
  test("-2d to -1d", () => check("-2d to -1d", ["now-2d", "now-1d"]));
  test("now-3h to now", () => check("now-3h to now", ["now-3h", "now"]));
  test("3h ago to 1h ago", () => check("3h ago to 1h ago", ["now-3h", "now-1h"]));
});

describe("absolute", () => {
  test("date and clock", () => check("2026-11-20 14:00 to 15:30", ["2026-11-20T14:00:00Z", "2026-11-20T15:30:00Z"]));
  test("in a zone", () =>
    check("2026-11-20 14:00 to 15:30", ["2026-11-20T13:00:00Z", "2026-11-20T14:30:00Z"], "Europe/Berlin"));
  test("two days", () => check("2026-11-20 to 2026-11-21", ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"]));
  test("clocks of today", () => check("08:00 to 09:30", ["2026-11-22T08:00:00Z", "2026-11-22T09:30:00Z"]));
  test("to now", () => check("2026-11-22 08:00 to now", ["2026-11-22T08:00:00Z", "now"]));
  test("one day", () => check("2026-11-20", ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"]));
  test("a day of 25 hours", () =>
    check("2026-10-25", ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"], "Europe/Berlin"));
  test("yesterday", () => check("yesterday", ["2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"]));
  test("today", () => check("today", ["2026-11-22T00:00:00Z", "now"]));
  test("RFC 3339", () =>
    check("2026-11-20T14:00:00Z to 2026-11-20T15:00:00Z", ["2026-11-20T14:00:00Z", "2026-11-20T15:00:00Z"]));
});

describe("nonsense", () => {
  for (const text of [
    "",
    "soon",
    "last",
    "last 0m",
    "15:30 to 14:00",
    "2026-13-01 to 2026-13-02",
    "2026-02-30",
    "to",
    "25:00 to 26:00",
    "1h to",
    "<b>",
  ]) {
    test(JSON.stringify(text), () => check(text, null));
  }
});

test("whatever is typed gives no range or a valid one", () => {
  const random = randomFrom(99);
  const pieces = [
    "last ",
    "-",
    "2026-11-20",
    " ",
    "14:00",
    "to",
    "now",
    "45",
    "m",
    "d",
    "h",
    ":",
    "yesterday",
    "ago",
    "Z",
    "T",
    "99999999",
  ];
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from(
      { length: 1 + Math.floor(random() * 6) },
      () => pieces[Math.floor(random() * pieces.length)],
    ).join("");
    const parsed = parsePhrase(text, NOW, "Europe/Berlin");
    if (parsed) expect(resolveRange(parsed.from, parsed.to, NOW), text).not.toBeNull();
  }
});
