import { expect, test } from "vitest";
import { journeySummary, stepHealth } from "../testing/forecast";
import {
  blamed,
  continuedShare,
  intervalText,
  outlookText,
  sessionsText,
  successText,
  trendText,
  weakestText,
} from "./journeyWords";

test("success near one keeps its digits and is never rounded up", () => {
  const check = (value: number | null, expected: string) => expect(successText(value)).toBe(expected);
  check(0.712, "71.2 %");
  check(0.9996, "99.96 %");
  check(0.99999, "99.999 %");
  check(0.9949, "99.4 %");
  check(1, "100 %");
  check(null, "–");
});

test("an interval and a trend stand beside it", () => {
  expect(intervalText(0.694, 0.729)).toBe("69.4 to 72.9 %");
  expect(trendText(journeySummary().health)).toBe("−1.9 pp against the usual 99 %");
  expect(trendText({ success: 0.99, success_usual: 0.99 })).toBe("as usual, 99 %");
  expect(trendText({ success: 0.99, success_usual: null })).toBe("");
});

test("who goes on is a share of who came", () => {
  expect(continuedShare(stepHealth())).toBe(0.75);
  expect(continuedShare(stepHealth({ sessions: 0 }))).toBeNull();
  expect(sessionsText(stepHealth(), false)).toBe("75 % go on");
  expect(sessionsText(stepHealth(), true)).toBe("75 % finish");
  expect(weakestText(stepHealth({ contribution: 0.98 }))).toBe("98 % of the loss");
});

test("an outlook is one sentence", () => {
  const outlook = {
    horizon_s: 21_600,
    t0_ms: 0,
    step_ms: 900_000,
    sentence: "",
    success: [0.98, 0.97],
    success_lower: [0.97, 0.95],
    success_upper: [0.99, 0.98],
    latency_ms: [],
    latency_ms_lower: [],
    latency_ms_upper: [],
    all_ok: 0.61,
    blame: [0.1, 0.9],
  };
  expect(outlookText(outlook)).toBe("In 6 h: 97 % (95 to 98 %); all steps stay within their limits with 61 %.");
  expect(blamed(outlook)).toBe(1);
  expect(blamed({ blame: [0.3, 0.3] })).toBeNull();
});
