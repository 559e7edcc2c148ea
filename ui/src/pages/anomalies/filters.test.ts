import { describe, expect, test } from "vitest";
import { decodeScope, DEFAULT_SCOPE, encodeScope, parseSearch, writeSearch } from "../../scope/codec";
import { filtersOf, isFiltered, selectedIds, sortOf, stateTab } from "./filters";

const read = (query: string) => decodeScope(parseSearch(query), "now-7d");

describe("the list without an address says what is open", () => {
  test("of the last seven days", () => expect(read("").from).toBe("now-7d"));
  test("whoever has seen it", () => expect(filtersOf(read(""))).toMatchObject({ state: ["open", "acknowledged"] }));
  test("newest first", () => expect(sortOf(read(""))).toBe("-onset"));
});

describe("words in a link", () => {
  test("choose a state", () => expect(filtersOf(read("?state=closed")).state).toEqual(["closed"]));
  test("false positives have any state", () => {
    expect(filtersOf(read("?state=false_positive"))).toMatchObject({ state: [], verdict: ["false_positive"] });
  });
  test("that mean nothing are dropped", () => {
    expect(filtersOf(read("?severity=critical,awful&signal=noise&kind=silence"))).toMatchObject({
      severity: ["critical"],
      signal: [],
      kind: ["silence"],
    });
    expect(stateTab(read("?state=weird"))).toBe("");
    expect(sortOf(read("?sort=-p95_ms"))).toBe("-onset");
  });
  test("select ids, once each", () => {
    const id = "0123456789abcdef";
    expect(selectedIds(read(`?sel=${id},nonsense,${id}`))).toEqual([id]);
  });
});

test("a link carries everything and says only what is not the default", () => {
  const query =
    "?from=now-1h&q=orders&sort=-severity&sel=0123456789abcdef&state=closed&severity=critical,high&kind=surge";
  expect(writeSearch(encodeScope(read(query), "now-7d"))).toBe(query);
  expect(writeSearch(encodeScope(read("?from=now-7d"), "now-7d"))).toBe("");
});

test("filters are noticed, states and ranges are none", () => {
  expect(isFiltered(read("?state=closed&from=now-1h&sort=-severity"))).toBe(false);
  expect(isFiltered(read("?signal=traffic"))).toBe(true);
  expect(isFiltered({ ...DEFAULT_SCOPE, q: "orders" })).toBe(true);
});
