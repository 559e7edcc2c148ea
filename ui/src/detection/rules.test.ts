import { describe, expect, test } from "vitest";
import type { DetectionSettings } from "../api/detectionTypes";
import {
  endpointOverride,
  EVERYTHING,
  missingIn,
  targetText,
  trimmed,
  withEndpointBudget,
  withSensitivity,
} from "./rules";

const SETTINGS: DetectionSettings = {
  sensitivity: "medium",
  false_alarms_per_week: 1,
  min_change: { latency_ms: 5, latency_ratio: 0.2, error_requests: 5, error_share: 0.005, traffic_ratio: 0.5 },
  overrides: [
    {
      ...EVERYTHING,
      id: "1",
      scope: "endpoint",
      endpoint_id: "a",
      signal: "traffic",
      false_alarms_per_week: null,
      note: "",
    },
  ],
  maintenance: [],
};

describe("sensitivity", () => {
  test("a preset sets its number", () => expect(withSensitivity(SETTINGS, "high").false_alarms_per_week).toBe(5));
  test("custom keeps the number there is", () =>
    expect(withSensitivity(SETTINGS, "custom").false_alarms_per_week).toBe(1));
});

describe("what a rule is about", () => {
  const name = () => "GET /quotes";
  test("is said with every part that narrows it", () => {
    expect(targetText(EVERYTHING, name)).toBe("everything");
    expect(targetText({ ...EVERYTHING, scope: "service", service: "orders", environment: "aws" }, name)).toBe(
      "service orders on AWS",
    );
    expect(
      targetText(
        { scope: "series", service: null, endpoint_id: "a", environment: "gcp/production/x", signal: "traffic" },
        name,
      ),
    ).toBe("traffic of GET /quotes on GCP x");
  });
  test("is asked for until it is complete", () => {
    expect(missingIn({ ...EVERYTHING, scope: "service" })).toMatch(/service/);
    expect(missingIn({ ...EVERYTHING, scope: "series", endpoint_id: "a" })).toMatch(/environment/);
    expect(missingIn({ ...EVERYTHING, scope: "series", endpoint_id: "a", environment: "aws" })).toBeNull();
  });
  test("has no field that its scope has no use for", () => {
    expect(trimmed({ scope: "all", service: "orders", endpoint_id: "a", environment: "", signal: null })).toEqual(
      EVERYTHING,
    );
  });
});

describe("the budget of an endpoint", () => {
  test("is added beside overrides of its signals", () => {
    const next = withEndpointBudget(SETTINGS, "a", 3, "busy");
    expect(next.overrides).toHaveLength(2);
    expect(endpointOverride(next, "a")).toMatchObject({ false_alarms_per_week: 3, note: "busy", id: "" });
  });
  test("is replaced in its place and keeps its id", () => {
    const first = { ...SETTINGS, overrides: [{ ...withEndpointBudget(SETTINGS, "a", 3, "").overrides[1]!, id: "9" }] };
    expect(withEndpointBudget(first, "a", null, "").overrides).toEqual([
      { ...first.overrides[0]!, false_alarms_per_week: null },
    ]);
  });
  test("goes away, and nothing else does", () => {
    expect(withEndpointBudget(withEndpointBudget(SETTINGS, "a", 3, ""), "a", undefined, "")).toEqual(SETTINGS);
  });
});
