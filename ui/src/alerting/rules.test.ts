import { expect, test } from "vitest";
import { anomaly } from "../testing/anomaly";
import { ruleSentence } from "./ruleSentence";
import { emptyCondition, EMPTY_RULE, missingInRule, ruleAbout } from "./rules";

test("what is missing is said one at a time", () => {
  expect(missingInRule(EMPTY_RULE)).toBe("Give it a name.");
  const named = { ...EMPTY_RULE, name: "Slow" };
  expect(missingInRule(named)).toBeNull();
  expect(missingInRule({ ...named, severity: null })).toBe("Choose a severity.");
  expect(missingInRule({ ...named, severity: null, condition: emptyCondition("anomaly") })).toBeNull();
  expect(missingInRule({ ...named, runbook_url: "javascript:alert(1)" })).toMatch(/runbook/);
  const odd = { ...named, condition: { ...emptyCondition("absence"), window_s: 90 } as typeof EMPTY_RULE.condition };
  expect(missingInRule(odd)).toMatch(/whole minutes/);
  const journey = { ...named, condition: emptyCondition("journey_health") };
  expect(missingInRule(journey)).toBeNull();
  expect(missingInRule({ ...journey, scope: { ...named.scope, services: ["orders"] } })).toMatch(/says itself/);
  const soon = { ...named, condition: { ...emptyCondition("predicted_breach"), within_s: 60 } as typeof EMPTY_RULE.condition };
  expect(missingInRule(soon)).toMatch(/ten minutes/);
});

test("a rule about an anomaly lies between normal and what was seen", () => {
  const rule = ruleAbout(anomaly());
  expect(ruleSentence(rule)).toBe(
    "When p95 of POST /orders of orders in AWS eu-west-1 is above 350 ms over 5 minutes with 20 requests or more",
  );
  expect(missingInRule(rule)).toBeNull();
  const drop = anomaly({
    measure: "requests_per_minute",
    kind: "traffic_drop",
    observed: 10,
    lower: 90,
    expected: 100,
  });
  expect(ruleAbout(drop).condition).toMatchObject({ is: "below", value: 50 });
  expect(ruleAbout(anomaly({ kind: "silence" })).condition.type).toBe("absence");
});
