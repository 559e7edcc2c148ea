import { expect, test } from "vitest";
import { DEFAULT_SCOPE } from "../../scope/codec";
import { filtersOf, isFiltered, stateTab } from "./filters";

test("what is acknowledged is not over", () => {
  expect(filtersOf(DEFAULT_SCOPE).state).toEqual(["open", "acknowledged"]);
  expect(filtersOf({ ...DEFAULT_SCOPE, state: "closed" }).state).toEqual(["closed"]);
  expect(filtersOf({ ...DEFAULT_SCOPE, state: "all" }).state).toEqual([]);
});

test("words that mean nothing are dropped", () => {
  expect(stateTab({ state: "burning" })).toBe("");
  expect(filtersOf({ ...DEFAULT_SCOPE, severity: ["high", "odd"], verdict: ["version_fault", "fate"] })).toEqual({
    state: ["open", "acknowledged"],
    severity: ["high"],
    verdict: ["version_fault"],
  });
});

test("the state alone is no filter", () => {
  expect(isFiltered({ ...DEFAULT_SCOPE, state: "closed" })).toBe(false);
  expect(isFiltered({ ...DEFAULT_SCOPE, verdict: ["traffic_mix"] })).toBe(true);
});
