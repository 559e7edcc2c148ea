import { describe, expect, test } from "vitest";
import type { Schedule } from "../api/alertTypes";
import { daysFrom, EMPTY_SPAN, isClock, spanSentence, turnsBetween } from "./calendar";

describe("recurring times are said", () => {
  for (const [span, expected] of [
    [{}, "every day, all day"],
    [{ from: "22:00", to: "06:00" }, "every day, 22:00 to 06:00 the next day"],
    [{ weekdays: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00" }, "Mon to Fri, 09:00 to 17:00"],
    [{ weekdays: ["sun", "wed"], from: "20:00" }, "Wed and Sun, 20:00 to 24:00"],
    [{ days_of_month: [1, -1], months: [12] }, "every day on the 1. and last day in Dec, all day"],
  ] as const) {
    test(expected, () =>
      expect(
        spanSentence({
          ...EMPTY_SPAN,
          ...span,
          weekdays: [...("weekdays" in span ? span.weekdays : [])],
          days_of_month: [...("days_of_month" in span ? span.days_of_month : [])],
          months: [...("months" in span ? span.months : [])],
        }),
      ).toBe(expected),
    );
  }
  test("clocks", () =>
    expect(["", "9:00", "24:00", "25:00", "9"].map(isClock)).toEqual([true, true, true, false, false]));
});

const schedule: Schedule = {
  name: "primary",
  time_zone: "Europe/Berlin",
  starts: "2026-10-19T09:00",
  shift_days: 7,
  people: ["Ada", "Grace"],
  overrides: [],
};
const at = (text: string) => Date.parse(text);

describe("turns", () => {
  test("change at the same local time although the clocks change between", () => {
    const turns = turnsBetween(schedule, at("2026-10-19T00:00Z"), at("2026-11-02T00:00Z"));
    expect(turns.map(({ person, from_ms }) => [person, new Date(from_ms).toISOString()])).toEqual([
      ["Ada", "2026-10-19T07:00:00.000Z"],
      ["Grace", "2026-10-26T08:00:00.000Z"],
    ]);
  });
  test("give way to somebody else for a while", () => {
    const covered = {
      ...schedule,
      overrides: [{ person: "Linus", from_ms: at("2026-10-20T12:00Z"), to_ms: at("2026-10-21T12:00Z") }],
    };
    const turns = turnsBetween(covered, at("2026-10-19T07:00Z"), at("2026-10-23T00:00Z"));
    expect(turns.map(({ person, is_override }) => [person, is_override])).toEqual([
      ["Ada", false],
      ["Linus", true],
      ["Ada", false],
    ]);
  });
  test("are none before the first and without people", () => {
    expect(turnsBetween(schedule, at("2026-10-01T00:00Z"), at("2026-10-02T00:00Z"))).toEqual([]);
    expect(turnsBetween({ ...schedule, people: [] }, at("2026-10-19T00:00Z"), at("2026-10-22T00:00Z"))).toEqual([]);
  });
  test("of long ago are found at once", () => {
    const turns = turnsBetween({ ...schedule, shift_days: 1 }, at("2030-01-01T00:00Z"), at("2030-01-03T00:00Z"));
    expect(turns).toHaveLength(3);
    expect(turns[0]!.from_ms).toBe(at("2030-01-01T00:00Z"));
  });
});

test("a day has its own length", () => {
  const days = daysFrom(at("2026-10-24T12:00Z"), "Europe/Berlin", 2);
  expect(days.map((day) => new Date(day).toISOString())).toEqual([
    "2026-10-23T22:00:00.000Z",
    "2026-10-24T22:00:00.000Z",
    "2026-10-25T23:00:00.000Z",
  ]);
});
