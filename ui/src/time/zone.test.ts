import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing/random";
import { dateInZone, isZone, wallTime, zonedToEpoch, zoneOffset, type WallTime } from "./zone";

const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Apia",
];

function wall(text: string): WallTime {
  const [year, month, day, hour, minute, second] = text.split(/[- :]/).map(Number);
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second ?? 0 };
}

function check(text: string, zone: string, expected: string) {
  expect(new Date(zonedToEpoch(wall(text), zone)).toISOString()).toBe(expected);
}

describe("zonedToEpoch", () => {
  test("UTC", () => check("2026-11-20 14:00", "UTC", "2026-11-20T14:00:00.000Z"));
  test("winter in Berlin", () => check("2026-11-20 14:00", "Europe/Berlin", "2026-11-20T13:00:00.000Z"));
  test("summer in Berlin", () => check("2026-07-20 14:00", "Europe/Berlin", "2026-07-20T12:00:00.000Z"));
  test("half hours", () => check("2026-11-20 14:00", "Asia/Kolkata", "2026-11-20T08:30:00.000Z"));
  test("skipped hour moves forward", () => check("2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"));
  test("repeated hour means the first", () => check("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"));
  test("skipped hour in New York", () => check("2026-03-08 02:30", "America/New_York", "2026-03-08T07:30:00.000Z"));
  test("repeated hour in New York", () => check("2026-11-01 01:30", "America/New_York", "2026-11-01T05:30:00.000Z"));
  test("half-hour change on Lord Howe", () =>
    check("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03T15:45:00.000Z"));

  test("reading an instant's clock and setting it again gives the instant, or the clock's other showing", () => {
    const random = randomFrom(20_261_120);
    for (let round = 0; round < 3000; round += 1) {
      const zone = ZONES[Math.floor(random() * ZONES.length)]!;
      const epoch = Math.floor((1.2e12 + random() * 8e11) / 1000) * 1000;
      const shown = wallTime(zone, epoch);
      const back = zonedToEpoch(shown, zone);
      expect(wallTime(zone, back), `${zone} ${epoch}`).toEqual(shown);
      expect(back, `${zone} ${epoch}`).toBeLessThanOrEqual(epoch);
      expect(epoch - back).toBeLessThanOrEqual(3_600_000);
    }
  });
});

test("the cached offset equals what Intl says", () => {
  const random = randomFrom(7);
  for (let round = 0; round < 500; round += 1) {
    const zone = ZONES[Math.floor(random() * ZONES.length)]!;
    const epoch = Math.floor(1.5e12 + random() * 4e11);
    const text = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(
      epoch,
    );
    expect(
      new Date(epoch + zoneOffset(zone, epoch)).toISOString().slice(0, 19).replace("T", " "),
      `${zone} ${epoch}`,
    ).toBe(text);
  }
});

test("dates for chart ticks show the zone's clock in their local fields", () => {
  const date = dateInZone("Asia/Tokyo", Date.UTC(2026, 10, 20, 20, 30));
  expect([date.getDate(), date.getHours(), date.getMinutes()]).toEqual([21, 5, 30]);
});

test("zone names", () => {
  expect(isZone("Europe/Berlin")).toBe(true);
  expect(isZone("Europe/Atlantis")).toBe(false);
  expect(isZone("")).toBe(false);
});
