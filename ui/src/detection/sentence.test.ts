import { describe, expect, test } from "vitest";
import { anomaly } from "../testing/anomaly";
import { bodyInZone, bodyOf, sentenceInZone, timelessSentence } from "./sentence";

const LATER = Date.UTC(2026, 10, 22);
const SLOW = anomaly({
  onset_ms: Date.UTC(2026, 10, 20, 12, 38),
  sentence:
    "POST /orders of orders on aws/production/eu-west-1 is slow: p95 471 ms since 12:38 UTC, usually 144 to 220 ms (2.6x); 310 of 1,200 requests slower than usual. Version 2.14 appeared a minute before.",
});

describe("the sentence", () => {
  test("of a row says what its columns do not", () => {
    expect(bodyOf(SLOW)).toBe(
      "is slow: p95 471 ms, usually 144 to 220 ms (2.6x); 310 of 1,200 requests slower than usual",
    );
  });
  test("on its page has the clock of the screen", () => {
    expect(bodyInZone(SLOW, "Asia/Kolkata", LATER)).toContain("p95 471 ms since Nov 20, 18:08 UTC+5:30, usually");
    expect(sentenceInZone(SLOW, "UTC", LATER)).toContain("since Nov 20, 12:38 UTC, usually");
    expect(sentenceInZone(SLOW, "UTC", SLOW.onset_ms)).toContain("since 12:38 UTC, usually");
  });
  test("without a zone has no clock at all", () => expect(timelessSentence(SLOW)).not.toMatch(/\d\d:\d\d/));
  test("in other words is left alone", () => {
    const strange = anomaly({ sentence: "Something odd <b>here</b>" });
    expect([bodyOf(strange), bodyInZone(strange, "UTC", LATER), sentenceInZone(strange, "UTC", LATER)]).toEqual(
      Array.from({ length: 3 }, () => strange.sentence),
    );
  });
});
