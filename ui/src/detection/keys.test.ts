import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing/random";
import { intentOf, reduceList, targets, type ListIntent, type ListState } from "./keys";

const IDS = ["a", "b", "c"];
const START: ListState = { active: null, place: 0, selected: [] };

function after(keys: string, ids = IDS): ListState {
  return [...keys].reduce((state, key) => reduceList(state, intentOf(key, true, false)!, ids), START);
}

describe("keys", () => {
  test("the cursor starts at the top", () => expect(after("j").active).toBe("a"));
  test("and stops at both ends", () => {
    expect(after("jjjjj").active).toBe("c");
    expect(after("jkkkk").active).toBe("a");
  });
  test("and goes on where its row has left the list", () => {
    const state = reduceList(after("jj"), { type: "move", step: 1 }, ["a", "c"]);
    expect(state.active).toBe("c");
    expect(reduceList(after("jj"), { type: "move", step: -1 }, ["a", "c"]).active).toBe("a");
  });
  test("x selects and x again does not", () => {
    expect(after("jxjx").selected).toEqual(["a", "b"]);
    expect(after("jxx").selected).toEqual([]);
  });
  test("x before the first j means nothing", () => expect(after("x")).toEqual(START));
  test("an empty list has no cursor", () => expect(after("jx", []).active).toBeNull());
  test("Escape clears the selection and keeps the cursor", () => {
    expect(reduceList(after("jxjx"), { type: "clear" }, IDS)).toEqual({ active: "b", place: 1, selected: [] });
  });
  test("capital letters are the same keys", () =>
    expect(intentOf("A", true, false)).toEqual(intentOf("a", true, false)));
  test("the setting turns letters off, and only them", () => {
    for (const key of "jkxacfe") expect(intentOf(key, false, false)).toBeNull();
    expect(intentOf("Enter", false, false)).toEqual({ type: "open" });
    expect(intentOf("ArrowDown", false, true)).toEqual({ type: "move", step: 1 });
    expect(intentOf("ArrowDown", true, false)).toBeNull();
  });
});

describe("targets", () => {
  test("are the selection before the cursor", () => expect(targets(after("jxj"), IDS)).toEqual(["a"]));
  test("are the cursor without a selection", () => expect(targets(after("jj"), IDS)).toEqual(["b"]));
  test("are nothing when the row has gone", () =>
    expect(targets({ active: "gone", place: 0, selected: [] }, IDS)).toEqual([]));
});

test("whatever is typed, the cursor is on a row and the selection holds each row once", () => {
  const random = randomFrom(11);
  const intents: ListIntent[] = [
    { type: "move", step: 1 },
    { type: "move", step: -1 },
    { type: "toggle" },
    { type: "clear" },
  ];
  for (let round = 0; round < 300; round += 1) {
    const ids = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, index) => String(index));
    let state = START;
    for (let step = 0; step < 30; step += 1) {
      state = reduceList(state, intents[Math.floor(random() * intents.length)]!, ids);
      expect(state.active === null || ids.includes(state.active)).toBe(true);
      expect(new Set(state.selected).size).toBe(state.selected.length);
    }
  }
});
