import { expect, test } from "vitest";
import { EMPTY_OBJECTIVE, missingInObjective, objectiveId, objectiveSentence, startValue } from "./objectives";

test("a limit is a sentence", () => {
  expect(objectiveSentence(EMPTY_OBJECTIVE)).toBe("p95 of any endpoint must not be above 500 ms for 10 minutes");
  expect(
    objectiveSentence({
      ...EMPTY_OBJECTIVE,
      measure: "error_rate",
      value: 0.01,
      endpoints: ["POST /orders"],
      services: ["orders"],
      environments: ["aws"],
    }),
  ).toBe("Error rate of POST /orders of orders in AWS must not be above 1 % for 10 minutes");
});

test("its id says what it is about", () => {
  expect(objectiveId(EMPTY_OBJECTIVE, [])).toBe("all-p95");
  expect(objectiveId({ ...EMPTY_OBJECTIVE, endpoints: ["POST /orders"] }, ["post-orders-p95"])).toBe(
    "post-orders-p95-2",
  );
});

test("a value keeps its unit or starts anew", () => {
  expect(startValue("latency_ms_p50", EMPTY_OBJECTIVE)).toBe(500);
  expect(startValue("error_rate", EMPTY_OBJECTIVE)).toBe(0.01);
});

test("what is missing is said", () => {
  expect(missingInObjective(EMPTY_OBJECTIVE)).toBeNull();
  expect(missingInObjective({ ...EMPTY_OBJECTIVE, for_s: 5 })).toBe("It must last from a minute to a day.");
  expect(missingInObjective({ ...EMPTY_OBJECTIVE, value: -1 })).toBe("The value must not be negative.");
});
