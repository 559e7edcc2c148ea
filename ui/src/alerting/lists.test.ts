import { expect, test } from "vitest";
import { listText, moved, parsePairs, splitList, writePairs } from "./lists";

test("words in a row", () => {
  expect(listText(["a", "b", "c"])).toBe("a, b and c");
  expect(listText([])).toBe("");
  expect(splitList(" a, b\nb,,c ")).toEqual(["a", "b", "c"]);
});

test("pairs are lines", () => {
  const text = "team: payments\nsummary: {{service}} at http://x";
  expect(parsePairs(text)).toEqual({ team: "payments", summary: "{{service}} at http://x" });
  expect(writePairs(parsePairs(text)!)).toBe(text);
  expect(parsePairs("team")).toBeNull();
  expect(parsePairs("")).toEqual({});
});

test("an entry moves, but not out of the list", () => {
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
});
