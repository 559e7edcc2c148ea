import { expect, test } from "vitest";
import { journey } from "../../testing/forecast";
import {
  draftOf,
  draftOfProposal,
  EMPTY_DRAFT,
  idFor,
  journeyOf,
  missingInJourney,
  problemAtStep,
  problemsOfStep,
  withMoved,
  withoutStep,
  withPart,
  withStep,
} from "./draft";

const search = { id: "00000000000000a6", service: "search", method: "GET", route: "/search" };

test("a draft is the journey, and back", () => expect(journeyOf(draftOf(journey()))).toEqual(journey()));

test("steps keep their identity while they move", () => {
  const draft = withStep(draftOf(journey()), search);
  expect(draft.steps.map((step) => step.key)).toEqual([0, 1, 2]);
  const turned = withMoved(draft, 2, 0);
  expect(turned.steps.map((step) => step.key)).toEqual([2, 0, 1]);
  expect(withMoved(turned, 0, -1)).toEqual(turned);
  const next = withStep(withoutStep(turned, 0), search);
  expect(next.steps.map((step) => step.key)).toEqual([0, 1, 2]);
  expect(withPart(next, 2, { is_optional: true }).steps[2]).toMatchObject({ route: "/search", is_optional: true });
});

test("what is missing is said", () => {
  expect(missingInJourney(EMPTY_DRAFT)).toBe("Give it a name.");
  expect(missingInJourney({ ...EMPTY_DRAFT, name: "Checkout" })).toBe("Add at least two steps.");
  const draft = draftOf(journey());
  expect(missingInJourney(draft)).toBeNull();
  const optional = { ...draft, steps: draft.steps.map((step) => ({ ...step, is_optional: true })) };
  expect(missingInJourney(optional)).toBe("At least one step must not be optional.");
});

test("an id is free, and never that of the empty form", () => {
  expect(idFor("Check out!", [])).toBe("check-out");
  expect(idFor("Checkout", ["checkout"])).toBe("checkout-2");
  expect(idFor("New", [])).toBe("new-2");
});

test("problems stand at their step", () => {
  const problems = [
    { path: "steps[1].route", message: "no such endpoint" },
    { path: "steps[1]", message: "is there twice" },
    { path: "steps[10].route", message: "elsewhere" },
  ];
  expect(problemsOfStep(problems, 1)).toEqual(["no such endpoint", "is there twice"]);
  expect(problemAtStep(problems, 10, "route")).toBe("elsewhere");
  expect(problemAtStep(problems, 1, "weight")).toBeUndefined();
});

test("a proposal becomes a draft with its steps", () => {
  const draft = draftOfProposal({
    id: "f00d",
    name: "Search to cart",
    dataset: "live",
    steps: [search, search],
    step_sessions: [2, 1],
    gap_ms: 1,
    window: { from_ms: 0, to_ms: 1 },
    examples: [],
    environments: [],
  });
  expect(draft.steps.map((step) => step.route)).toEqual(["/search", "/search"]);
  expect(draft.id).toBe("");
});
