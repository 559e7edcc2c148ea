import { describe, expect, test } from "vitest";
import { anomaly } from "../../testing/anomaly";
import { listLines, sharedPlace } from "./rows";

const at = (id: string, onset_ms: number, service: string, environment: string) =>
  anomaly({ id, onset_ms, environment, endpoint: { id, service, method: "GET", route: "/" } });

describe("lines of the list", () => {
  const pair = [at("b", 1, "orders", "aws"), at("a", 0, "orders", "gcp")];
  test("head a group of several", () => {
    expect(listLines(pair, true).map((line) => line.type)).toEqual(["group", "anomaly", "anomaly"]);
  });
  test("do not head one alone", () =>
    expect(listLines([pair[0]!], true).map((line) => line.type)).toEqual(["anomaly"]));
  test("do not group another order", () => expect(listLines(pair, false)).toHaveLength(2));
  test("say what is shared", () => expect(sharedPlace(pair, (id) => id.toUpperCase())).toBe("orders on AWS and GCP"));
});
