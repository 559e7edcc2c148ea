import { describe, expect, test } from "vitest";
import type { Series, SeriesGroup } from "../api/types";
import { errorRateModel, groupedModel, trafficModel } from "./lines";

function group(key: string, requests: number[]): SeriesGroup {
  return {
    key,
    label: key,
    requests,
    client_errors: requests.map(() => 1),
    server_errors: requests.map(() => 0),
    requests_per_second: requests.map((value) => value / 10),
    error_rate: requests.map((value) => (value > 0 ? 0 : null)),
    p50_ms: requests,
    p95_ms: requests,
    p99_ms: requests,
  };
}

function series(groups: SeriesGroup[], previous: SeriesGroup[] | null = null, to_ms = 40_000): Series {
  const n = groups[0]?.requests.length ?? 0;
  return {
    range: { from_ms: 0, to_ms },
    t0_ms: 0,
    step_ms: 10_000,
    n,
    source: "requests",
    group_by: "none",
    groups,
    previous,
  };
}

describe("traffic", () => {
  test("the current bucket counts only the time it has lasted", () => {
    const model = trafficModel(series([group("all", [100, 100, 100, 50])], null, 35_000), "");
    expect(model.lines[0]!.values).toEqual([10, 10, 10, 10]);
  });
  test("and says nothing in its first moments", () => {
    const model = trafficModel(series([group("all", [100, 100, 100, 1])], null, 30_500), "");
    expect(model.lines[0]!.values).toEqual([10, 10, 10, null]);
  });
  test("zero requests are zero traffic", () => {
    expect(trafficModel(series([group("all", [0, 10, 0, 0])]), "").lines[0]!.values).toEqual([0, 1, 0, 0]);
  });
});

test("no requests are no error share", () => {
  const model = errorRateModel(series([group("all", [0, 10, 0, 10])]), "");
  expect(model.lines.find((line) => line.key === "4xx")!.values).toEqual([null, 0.1, null, 0.1]);
});

describe("the previous period", () => {
  const now = group("all", [10, 10, 10, 10]);
  test("is drawn first, in the background", () => {
    expect(trafficModel(series([now], [group("all", [20, 20, 20, 20])]), "before").lines[0]).toMatchObject({
      background: true,
      dash: true,
    });
  });
  test("is unknown before the first stored request", () => {
    expect(trafficModel(series([now], [group("all", [0, 20, 20, 20])]), "before").lines[0]!.values).toEqual([
      null,
      null,
      2,
      2,
    ]);
  });
  test("is left out when most of it is unknown", () => {
    expect(trafficModel(series([now], [group("all", [0, 0, 0, 20])]), "before").lines).toHaveLength(1);
  });
  test("may end earlier than the present", () => {
    expect(trafficModel(series([now], [group("all", [20, 20])]), "before").lines[0]!.values).toEqual([
      2,
      2,
      null,
      null,
    ]);
  });
});

test("groups have six colours, the rest is grey", () => {
  const groups = ["a", "b", "c", "d", "e", "f", "g", "__other__"].map((key) => group(key, [1]));
  const colors = groupedModel(series(groups), "p95_ms").lines.map((line) => line.color);
  expect(new Set(colors.slice(0, 6)).size).toBe(6);
  expect(colors.slice(6)).toEqual(["--series-other", "--series-other"]);
});
