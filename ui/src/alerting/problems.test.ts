import { expect, test } from "vitest";
import { problemAt, problemsBelow } from "./problems";

const problems = ["route.receiver", "route.routes[1].receiver", "route.routes[10]", "intervals[0].spans[0].from"].map(
  (path) => ({ path, message: path }),
);

test("a mistake is said where it is, and above", () => {
  expect(problemAt(problems, "route.receiver")).toBe("route.receiver");
  expect(problemAt(problems, "route")).toBeUndefined();
  expect(problemsBelow(problems, "intervals[0]").map(({ path }) => path)).toEqual(["intervals[0].spans[0].from"]);
  expect(problemsBelow(problems, "route.routes[1]").map(({ path }) => path)).toEqual(["route.routes[1].receiver"]);
  expect(problemsBelow(problems, "route.routes")).toHaveLength(2);
});
