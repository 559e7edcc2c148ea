import { describe, expect, test } from "vitest";
import { randomFrom } from "../../testing/random";
import { differences } from "./differences";

const values = (counts: Record<string, number>) =>
  Object.entries(counts).map(([value, requests]) => ({ value, label: value, requests }));

describe("what is different", () => {
  test("comes with the largest difference first", () => {
    const during = { version: values({ "2": 96, "1": 4 }), status: values({ "200": 66, "503": 34 }) };
    const before = { version: values({ "1": 1000 }), status: values({ "200": 990, "503": 10 }) };
    expect(differences(during, before, ["version", "status"]).map((item) => `${item.field} ${item.value}`)).toEqual([
      "version 2",
      "version 1",
      "status 503",
      "status 200",
    ]);
  });
  test("leaves out what hardly moved", () => {
    expect(
      differences({ status: values({ "200": 995 }) }, { status: values({ "200": 990, "404": 4 }) }, ["status"]),
    ).toEqual([]);
  });
  test("leaves out identifiers", () => {
    const many = values(Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`v${index}`, 1])));
    expect(differences({ version: many }, { version: [] }, ["version"])).toEqual([]);
  });
  test("does not call silence a share of zero", () => {
    const [only] = differences({ version: [] }, { version: values({ "1": 5 }) }, ["version"]);
    expect(only).toMatchObject({ during: null, before: 1 });
  });
});

test("shares of a field add up to one on either side", () => {
  const random = randomFrom(8);
  for (let round = 0; round < 200; round += 1) {
    const counts = () =>
      values(Object.fromEntries(["a", "b", "c"].map((key) => [key, Math.floor(random() * 100) * 10 + 1])));
    const found = differences({ f: counts() }, { f: counts() }, ["f"]);
    const left = found.reduce((sum, item) => sum + item.difference, 0);
    expect(Math.abs(left)).toBeLessThan(0.021); // Up to two small ones were left out.
  }
});
