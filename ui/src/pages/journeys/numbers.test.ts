import { expect, test } from "vitest";
import { readNumber, writeNumber } from "./numbers";

test("a number may be left out", () => {
  const check = (text: string, expected: number | null | undefined) => expect(readNumber(text, 100)).toBe(expected);
  check("", null);
  check("99,5 %", 0.995);
  check("99.95", 0.9995);
  check("-1", undefined);
  check("many", undefined);
  expect(writeNumber(0.9995, 100)).toBe("99.95");
  expect(writeNumber(null, 1)).toBe("");
});
