import { expect, test } from "vitest";
import { alert } from "../testing/alert";
import { rowSentence, summaryInZone } from "./sentence";

const odd = alert({
  name: "Anomaly",
  anomaly_id: "0123456789abcdef",
  summary:
    "POST /orders of orders on aws/production/eu-west-1 is slow: p95 66 ms since 17:37 UTC, usually 14 ms to 26 ms. Version v3.3.0 appeared 5 minutes before.",
  started_ms: Date.UTC(2026, 10, 22, 17, 51),
});

test("a row about an anomaly names the endpoint once", () => {
  expect(rowSentence(odd)).toEqual({
    heading: "POST /orders",
    isPlace: true,
    body: "is slow: p95 66 ms, usually 14 ms to 26 ms",
  });
});

test("other rows are headed by their rule", () => {
  expect(rowSentence(alert())).toMatchObject({ heading: "Slow orders", body: alert().summary });
  const long = "P95 of POST /orders of orders in aws/production/eu-west-1 is 812 ms, above 500 ms";
  expect(rowSentence(alert({ summary: long })).body).toBe("P95 of POST /orders is 812 ms, above 500 ms");
  expect(rowSentence({ ...odd, summary: "Something else." })).toMatchObject({ heading: "Anomaly", isPlace: false });
});

test("the page says the time in its zone", () => {
  const now_ms = Date.UTC(2026, 10, 24);
  expect(summaryInZone(odd, "Europe/Berlin", now_ms)).toContain("since Nov 22, 18:37 UTC+1, usually");
  const night = { ...odd, started_ms: Date.UTC(2026, 10, 23, 0, 10) };
  expect(summaryInZone(night, "UTC", now_ms)).toContain("since Nov 22, 17:37 UTC, usually");
  expect(summaryInZone(alert(), "UTC", now_ms)).toBe(alert().summary);
});
