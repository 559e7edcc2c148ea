import { describe, expect, test } from "vitest";
import { comparison, subject } from "../testing/incident";
import {
  chanceText,
  deploymentVerdictName,
  differenceText,
  estimateText,
  evidenceOf,
  namedText,
  rawText,
  sampledText,
  subjectText,
} from "./words";

describe("a subject", () => {
  test("is written as far as it is known", () => {
    expect(subjectText(null)).toBe("");
    expect(subjectText(subject())).toBe("");
    expect(subjectText(subject({ environment: "aws/production/eu-west-1" }))).toBe("AWS eu-west-1");
    const whole = { service: "orders", method: "POST", route: "/orders", version: "2.14.0" };
    expect(subjectText(subject({ ...whole, environment: "gcp/staging/europe-west4" }))).toBe(
      "orders POST /orders 2.14.0 on GCP staging europe-west4",
    );
    expect(subjectText(subject({ dependency: "db.internal" }))).toBe("db.internal");
  });
});

describe("a difference", () => {
  test("has its unit once", () => {
    expect(differenceText(comparison())).toBe("+5.7 pp (4.9 to 6.5)");
    expect(differenceText({ difference: -0.004, lower: -0.013, upper: 0.005 })).toBe("−0.4 pp (−1.3 to 0.5)");
    expect(differenceText({ difference: 0, lower: 0, upper: 0 })).toBe("±0 pp (0 to 0)");
  });

  test("says the raw one only where the mix matters", () => {
    expect(rawText(comparison())).toBeNull();
    expect(rawText(comparison({ difference_raw: 0.058 }))).toBeNull();
    expect(rawText(comparison({ difference: 0.041, difference_raw: 0.056 }))).toBe(
      "+5.6 pp before adjusting for the mix",
    );
    expect(rawText(comparison({ difference: 0.0001, difference_raw: 0.0009 }))).toBeNull();
  });
});

test("evident is what is beyond chance and worth mentioning", () => {
  expect(evidenceOf(comparison())).toBe("evident");
  expect(evidenceOf(comparison({ lower: 0.001, is_evident: false }))).toBe("small");
  expect(evidenceOf(comparison({ lower: -0.001, is_evident: false }))).toBe("chance");
  expect(evidenceOf(comparison({ lower: -0.03, upper: -0.01, is_evident: false }))).toBe("better");
});

test("an estimate has its interval, unless there is none", () => {
  expect(estimateText({ value: 1240.4, lower: 1060, upper: 1420 })).toBe("1.24k (1.06k to 1.42k)");
  expect(estimateText({ value: 0, lower: 0, upper: 0 })).toBe("0");
});

test("chance is said as people grasp it", () => {
  expect(chanceText(1e-12)).toBe("by chance less than once in a million");
  expect(chanceText(0.002)).toBe("by chance less than once in 100");
  expect(chanceText(0)).toBe("by chance less than once in a million");
  expect(chanceText(0.2)).toBe("by chance 20 %");
});

test("a deployment without a verdict is early, or was not judged", () => {
  expect(deploymentVerdictName({ verdict: null, at_ms: 0 }, 60_000)).toBe("Too early");
  expect(deploymentVerdictName({ verdict: null, at_ms: 0 }, 3_600_000)).toBe("Not judged");
});

test("many names are counted", () => {
  expect(namedText([])).toBe("");
  expect(namedText(["a", "b"])).toBe("a and b");
  expect(namedText(["a", "b", "c", "d"])).toBe("a, b and 2 more");
});

test("a sample says so", () => {
  expect(sampledText(1)).toBeNull();
  expect(sampledText(0.25)).toContain("25 % of all requests");
});
