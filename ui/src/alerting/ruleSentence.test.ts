import { describe, expect, test } from "vitest";
import type { AlertRule, Condition } from "../api/alertTypes";
import { freeSlug, ruleSentence, slug } from "./ruleSentence";
import { EMPTY_RULE } from "./rules";

function check(condition: Condition, expected: string, fields: Partial<AlertRule> = {}) {
  expect(ruleSentence({ ...EMPTY_RULE, condition, ...fields })).toBe(expected);
}

const slow: Condition = {
  type: "threshold",
  measure: "latency_ms_p95",
  is: "above",
  value: 800,
  window_s: 300,
  requests_min: 0,
  per: "endpoint",
};

describe("a rule is a sentence", () => {
  test("about a threshold", () => {
    check(slow, "When p95 of POST /orders in any environment is above 800 ms over 5 minutes, for 3 minutes", {
      scope: { services: [], endpoints: ["POST /orders"], environments: [], matchers: [] },
      for_s: 180,
    });
    check(
      { ...slow, measure: "error_rate", value: 0.05, requests_min: 20, per: "service" },
      "When server error rate of orders or payments in AWS is above 5 % over 5 minutes with 20 requests or more",
      { scope: { services: ["orders", "payments"], endpoints: [], environments: ["aws"], matchers: [] } },
    );
  });
  test("about anomalies", () => {
    check(
      { type: "anomaly", kinds: [], severity_min: "medium" },
      "When there is an anomaly of medium severity or worse at any endpoint in any environment",
    );
    check(
      { type: "anomaly", kinds: ["silence", "traffic_drop"], severity_min: "high" },
      "When there is a silence or traffic drop of high severity or worse at any endpoint in any environment",
    );
  });
  test("about incidents", () => {
    check(
      { type: "incident", verdicts: [], severity_min: "medium" },
      "When there is an incident of medium severity or worse at any endpoint in any environment",
    );
    check(
      { type: "incident", verdicts: ["version_fault", "instance_fault"], severity_min: "high" },
      "When there is an incident of high severity or worse at any endpoint in any environment, diagnosed as version fault or instance fault",
    );
  });
  test("about what is predicted and about journeys", () => {
    check(
      { type: "predicted_breach", measure: null, probability_min: 0.3, within_s: 21_600, per: "endpoint" },
      "When a measure of any endpoint in any environment will cross its limit within 6 hours with 30 % or more",
    );
    check(
      { type: "predicted_breach", measure: "latency_ms_p95", probability_min: 0.75, within_s: 3600, per: "service" },
      "When p95 of any service in any environment will cross its limit within 1 hour with 75 % or more",
    );
    check(
      { type: "journey_health", journeys: ["checkout"], state_min: "failing", is_predicted: false },
      "When checkout is failing",
    );
    check(
      { type: "journey_health", journeys: [], state_min: "degraded", is_predicted: true },
      "When any journey is degraded or failing, or is predicted to be within an hour",
    );
  });
  test("about silence and about a budget", () => {
    check(
      { type: "absence", window_s: 900, requests_min: 100, per: "service" },
      "When any service in any environment has had no request for 15 minutes after 100 or more in the day before",
    );
    check(
      { type: "burn_rate", objective: { type: "availability" }, target: 0.9995, per: "service", bad_requests_min: 5 },
      "When any service in any environment burns its error budget too fast: 99.95 % of requests without a server error",
    );
  });
  test("names what narrows it", () =>
    check(
      slow,
      "When p95 of any endpoint of orders in any environment where region matches eu-.* is above 800 ms over 5 minutes",
      {
        scope: { services: ["orders"], endpoints: [], environments: [], matchers: ['region=~"eu-.*"'] },
      },
    ));
});

test("an id comes from the name and is not taken", () => {
  expect(slug("Slow: POST /orders!")).toBe("slow-post-orders");
  expect(freeSlug("Slow", ["slow", "slow-2"], "rule")).toBe("slow-3");
  expect(freeSlug("!!!", [], "rule")).toBe("rule");
});
