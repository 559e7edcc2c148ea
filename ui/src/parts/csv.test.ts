import { expect, test } from "vitest";
import { csvCell, csvText } from "./csv";

test("plain cells", () =>
  expect(
    csvText([
      ["a", 1.5, null],
      ["b c", -2, 0],
    ]),
  ).toBe("a,1.5,\r\nb c,-2,0\r\n"));
test("quoting", () => expect(csvCell('say "hi", you')).toBe('"say ""hi"", you"'));
test("line breaks", () => expect(csvCell("a\nb")).toBe('"a\nb"'));

test("no text cell can start a formula", () => {
  for (const start of ["=", "+", "-", "@", "\t=", "\r=", " =", "\n@"]) {
    const cell = csvCell(`${start}cmd|' /C calc'!A0`).replace(/^"/, "");
    expect(cell.startsWith("'"), JSON.stringify(start)).toBe(true);
  }
});
