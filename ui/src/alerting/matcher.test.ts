import { describe, expect, test } from "vitest";
import { commonMatchers, matcherWords, parseLabels, parseMatcher, writeMatcher } from "./matcher";

function check(text: string, label: string, operator: string, value: string) {
  const matcher = parseMatcher(text);
  expect(matcher).toEqual({ label, operator, value });
  expect(parseMatcher(writeMatcher(matcher!))).toEqual(matcher);
}

describe("a matcher", () => {
  test("needs no quotes", () => check("severity=critical", "severity", "=", "critical"));
  test("may have them, and blanks", () => check(' severity = "critical" ', "severity", "=", "critical"));
  test("knows four operators", () => {
    check("a!=b", "a", "!=", "b");
    check("region=~eu-.*", "region", "=~", "eu-.*");
    check('region!~"eu|us"', "region", "!~", "eu|us");
  });
  test("keeps quotes, backslashes and lines inside", () => {
    check(String.raw`route="/a\"b"`, "route", "=", '/a"b');
    check(String.raw`route=~"/a\W."`, "route", "=~", String.raw`/a\W.`);
    check(String.raw`a="x\ny"`, "a", "=", "x\ny");
  });
  test("may ask for an empty value", () => check('missing=""', "missing", "=", ""));
  test("is none without an operator, a name or the closing quote", () => {
    for (const text of ["severity", "=x", "a!x", 'a="x', '1a="x"', 'a="x"y"']) expect(parseMatcher(text)).toBeNull();
  });
});

test("matchers are said in words", () => {
  expect(matcherWords('severity=~"high|critical"')).toBe("severity matches high|critical");
  expect(matcherWords('owner!=""')).toBe("owner is there");
  expect(matcherWords("what is this")).toBe("what is this");
});

test("a silence begins with what the alerts share", () => {
  const one = { labels: { alertname: "Slow", service: "orders", endpoint: "POST /orders", window: "1h" } };
  const other = { labels: { alertname: "Slow", service: "orders", endpoint: "GET /orders" } };
  expect(commonMatchers([one]).map(writeMatcher)).toEqual([
    'alertname="Slow"',
    'service="orders"',
    'endpoint="POST /orders"',
  ]);
  expect(commonMatchers([one, other]).map(({ label }) => label)).toEqual(["alertname", "service"]);
  expect(commonMatchers([])).toEqual([]);
});

test("labels are typed one after the other", () => {
  expect(parseLabels('service=orders, endpoint="GET /a,b"')).toEqual({ service: "orders", endpoint: "GET /a,b" });
  expect(parseLabels("service=~x")).toBeNull();
  expect(parseLabels("")).toEqual({});
});
