import { expect, test } from "vitest";
import { deploymentKey, safeLink, verdictsOf } from "./filters";

test("only links that a browser may follow are links", () => {
  expect(safeLink("https://ci.example.com/run/7")).toBe("https://ci.example.com/run/7");
  expect(safeLink("http://ci.example.com/")).toBe("http://ci.example.com/");
  for (const link of ["javascript:alert(1)", "data:text/html,x", "/run/7", "", null, "https://"]) {
    expect(safeLink(link)).toBeNull();
  }
});

test("words that mean nothing are dropped", () => {
  expect(verdictsOf({ verdict: ["degraded", "none", "cursed"] })).toEqual(["degraded", "none"]);
});

test("the same version in two places has two names", () => {
  const one = { at_ms: 5, service: "orders", environment: "aws/production/eu-west-1" };
  expect(deploymentKey(one)).not.toBe(deploymentKey({ ...one, environment: "gcp/production/europe-west4" }));
  expect(deploymentKey(one)).not.toBe(deploymentKey({ ...one, at_ms: 6 }));
});
