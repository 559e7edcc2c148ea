import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing/random";
import { decodeScope, DEFAULT_SCOPE, encodeScope, parseSearch, travelling, writeSearch, type Scope } from "./codec";

function roundTrip(scope: Scope): Scope {
  return decodeScope(parseSearch(writeSearch(encodeScope(scope))));
}

describe("links", () => {
  test("are empty by default", () => expect(writeSearch(encodeScope(DEFAULT_SCOPE))).toBe(""));
  test("are readable", () => {
    const scope = { ...DEFAULT_SCOPE, from: "now-6h", env: ["aws", "gcp/production"], sort: "-p95_ms" };
    expect(writeSearch(encodeScope(scope))).toBe("?from=now-6h&env=aws,gcp/production&sort=-p95_ms");
  });
  test("keep absolute times as they are", () => {
    const scope = { ...DEFAULT_SCOPE, from: "2026-11-20T14:00:00Z", to: "2026-11-20T15:00:00Z", tz: "Europe/Berlin" };
    expect(writeSearch(encodeScope(scope))).toBe("?from=2026-11-20T14:00:00Z&to=2026-11-20T15:00:00Z&tz=Europe/Berlin");
  });
  test("take their page's keys off when they travel", () => {
    expect(travelling({ from: "now-6h", sort: "-p95_ms", tab: "samples", sel: "x", q: "orders" })).toEqual({
      from: "now-6h",
      q: "orders",
    });
  });
});

describe("bad values fall back", () => {
  const bad: [string, Partial<Scope>][] = [
    ["?from=tomorrow", { from: "now-1h" }],
    ["?from=now&to=now-1h", { from: "now-1h", to: "now" }],
    ["?tz=Atlantis", { tz: "browser" }],
    ["?ep=zzz,0123456789abcdef", { ep: ["0123456789abcdef"] }],
    ["?status=9xx,5xx,503", { status: ["5xx", "503"] }],
    ["?cmp=never", { cmp: "prev" }],
    ["?sort=%3Cscript%3E", { sort: "" }],
    ["?tab=../..", { tab: "" }],
    ["?live=maybe", { live: true }],
    ["?horizon=soon&window=15m&fc=yes", { window: "15m" }],
    ["?measure=error_rate,1;drop", { measure: ["error_rate"] }],
    ["?unknown=1&q=a", { q: "a" }],
    ["?env=%", {}],
  ];
  for (const [query, expected] of bad) {
    test(query, () =>
      expect(decodeScope(parseSearch(query))).toEqual({
        ...DEFAULT_SCOPE,
        ...expected,
        ...(query === "?env=%" ? { env: ["%"] } : {}),
      }),
    );
  }
});

test("decode(encode(scope)) is the scope, whatever people type", () => {
  const random = randomFrom(42);
  const pick = <Item>(items: Item[]): Item => items[Math.floor(random() * items.length)]!;
  const letters = [..."abc /:%&=+?#,é<>\"'日\t0-9"];
  const text = () => Array.from({ length: Math.floor(random() * 12) }, () => pick(letters)).join("");
  for (let round = 0; round < 3000; round += 1) {
    const scope: Scope = {
      ...DEFAULT_SCOPE,
      from: pick(["now-1h", "now-7d", "2026-11-20T14:00:00Z"]),
      to: pick(["now", "2026-11-20T15:00:00Z", "now-30m"]),
      tz: pick(["browser", "UTC", "Asia/Kolkata"]),
      env: [
        ...new Set([pick(["aws", "azure/production", "gcp/production/europe-west4"]), pick(["on_premises", "aws"])]),
      ],
      ep: random() < 0.5 ? [] : ["0123456789abcdef"],
      method: random() < 0.5 ? [] : ["GET", "POST"],
      status: random() < 0.5 ? [] : ["5xx", "404"],
      cmp: pick(["off", "prev", "1d", "7d"]),
      live: random() < 0.5,
      q: text(),
      sel: text(),
      tab: pick(["", "samples", "compare"]),
      sort: pick(["", "-p95_ms", "route"]),
    };
    const expected = decodeScope(encodeScope(scope)); // Ranges that run backward fall back once.
    expect(roundTrip(scope)).toEqual(expected);
    expect(expected.q).toBe(scope.q);
  }
});
