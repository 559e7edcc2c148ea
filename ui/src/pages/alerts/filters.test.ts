import { describe, expect, test } from "vitest";
import { decodeScope, encodeScope, parseSearch, writeSearch } from "../../scope/codec";
import { alertFiltersOf, alertStateTab, countOf, selectedAlertIds, totalOf } from "./filters";

const read = (query: string) => decodeScope(parseSearch(query), "now-7d");
const counts = { pending: 1, firing: 2, acknowledged: 3, snoozed: 4, muted: 5, resolved: 6 };

describe("the list without an address says what goes on", () => {
  test("whoever has taken it, whenever it began", () =>
    expect(alertFiltersOf(read(""))).toEqual({
      state: ["firing", "acknowledged", "snoozed", "muted"],
      severity: [],
      rule: [],
      q: "",
    }));
  test("counts what it lists", () => {
    expect(countOf("", counts)).toBe(14);
    expect(totalOf(alertFiltersOf(read("")), counts)).toBe(14);
    expect(countOf("pending", counts)).toBe(1);
  });
});

test("only what is over has a range", () => {
  expect(alertFiltersOf(read("?state=resolved&from=now-1h"))).toMatchObject({ from: "now-1h", to: "now" });
  expect(alertFiltersOf(read("?state=muted&from=now-1h"))).not.toHaveProperty("from");
});

test("words that mean nothing are dropped", () => {
  const scope = read("?state=weird&severity=critical,awful&rule=slow-orders,No%20Rule&sel=7,x y,7,12");
  expect(alertStateTab(scope)).toBe("");
  expect(alertFiltersOf(scope)).toMatchObject({ severity: ["critical"], rule: ["slow-orders"] });
  expect(selectedAlertIds(scope)).toEqual(["7", "12"]);
});

test("a link carries everything", () => {
  const query = "?q=orders&sel=7&tab=alerts&state=muted&severity=high&rule=slow-orders";
  expect(writeSearch(encodeScope(read(query), "now-7d"))).toBe(query);
});
