import { expect, test } from "vitest";
import { nextMinute, tomorrowMorning } from "./until";

test("tomorrow morning is nine o'clock also where the clocks change", () => {
  const evening = Date.UTC(2026, 9, 24, 18, 30); // The night in which Berlin goes back an hour.
  expect(new Date(tomorrowMorning(evening, "Europe/Berlin")).toISOString()).toBe("2026-10-25T08:00:00.000Z");
  expect(new Date(tomorrowMorning(evening, "UTC")).toISOString()).toBe("2026-10-25T09:00:00.000Z");
});

test("moments are whole minutes", () => expect(nextMinute(60_001)).toBe(120_000));
