import { expect, test } from "vitest";
import { breachText, leadName, levelsOf, levelVerdict, overallText } from "./reliability";

const RECORD = {
  values: 1672,
  coverage_50: 0.51,
  coverage_80: 0.79,
  coverage_95: 0.94,
  error_ratio: null,
  loss_ratio: null,
};

test("bands are judged against what they promise", () => {
  expect(levelsOf(RECORD).map((level) => levelVerdict(level).words)).toEqual([
    "as promised",
    "as promised",
    "as promised",
  ]);
  expect(overallText(RECORD)).toBe(
    "Bands hold what they promise: 94 % of 1,672 values were inside the 95 % band.",
  );
  expect(overallText({ ...RECORD, coverage_95: 0.8 })).toContain("promise more than they hold");
  expect(overallText({ ...RECORD, coverage_50: 0.7 })).toContain("wider than they need");
});

test("probabilities of breaches are judged in words", () => {
  const breaches = { predictions: 40, breaches: 12, brier: 0.1, calibration_error: 0.04, bins: [] };
  expect(breachText(breaches)).toBe(
    "12 of 40 came true; probabilities were off by 4 % on average: they can be taken at their word.",
  );
  expect(breachText({ ...breaches, predictions: 0 })).toBe("No predicted breach has come due yet.");
  expect(breachText({ ...breaches, brier: null })).toBe("12 of 40 came true.");
});

test("leads are limits", () =>
  expect([900, 3600, 21_600, 86_400, 604_800].map(leadName)).toEqual([
    "up to 15 min",
    "up to 1 h",
    "up to 6 h",
    "up to 1 d",
    "up to 7 d",
  ]));
