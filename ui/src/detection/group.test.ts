import { describe, expect, test } from "vitest";
import { anomaly } from "../testing/anomaly";
import { randomFrom } from "../testing/random";
import { groupAnomalies, TOGETHER_MS, worst } from "./group";

const at = (id: string, onset_ms: number, service: string, environment: string) =>
  anomaly({ id, onset_ms, environment, endpoint: { id, service, method: "GET", route: "/" } });
const ids = (anomalies: ReturnType<typeof at>[]) =>
  groupAnomalies(anomalies).map((group) => group.anomalies.map((item) => item.id).join(""));

describe("anomalies belong together", () => {
  test("when they began together in one service", () => {
    expect(ids([at("b", TOGETHER_MS, "orders", "aws"), at("a", 0, "orders", "gcp")])).toEqual(["ba"]);
  });
  test("or in one environment", () =>
    expect(ids([at("b", 1, "orders", "aws"), at("a", 0, "users", "aws")])).toEqual(["ba"]));
  test("not when nothing is shared", () => {
    expect(ids([at("b", 1, "orders", "aws"), at("a", 0, "users", "gcp")])).toEqual(["b", "a"]);
  });
  test("not when one began later", () => {
    expect(ids([at("b", TOGETHER_MS + 1, "orders", "aws"), at("a", 0, "orders", "aws")])).toEqual(["b", "a"]);
  });
  test("also through a third", () => {
    const three = [at("c", 200_000, "orders", "gcp"), at("b", 100_000, "orders", "aws"), at("a", 0, "users", "aws")];
    expect(ids(three)).toEqual(["cba"]);
  });
  test("when they are of one incident, whenever they began, and then nothing else is", () => {
    const of = (id: string, onset_ms: number, incident_id: string | null) => ({
      ...at(id, onset_ms, "orders", "aws"),
      incident_id,
    });
    const list = [of("d", 9e9, "x"), of("c", 2, null), of("b", 1, "y"), of("a", 0, "x")];
    expect(ids(list)).toEqual(["da", "c", "b"]);
  });
  test("with a key that outlives newer members", () => {
    const [old, young] = [at("a", 0, "orders", "aws"), at("b", 1, "orders", "aws")];
    expect(groupAnomalies([old])[0]!.key).toBe(groupAnomalies([young, old])[0]!.key);
  });
});

test("every anomaly is in exactly one group, whatever the order", () => {
  const random = randomFrom(3);
  for (let round = 0; round < 200; round += 1) {
    const list = Array.from({ length: Math.floor(random() * 40) }, (_, index) =>
      at(
        String(index),
        Math.floor(random() * 2_000_000),
        `s${Math.floor(random() * 3)}`,
        `e${Math.floor(random() * 3)}`,
      ),
    );
    const sets = (order: typeof list) =>
      groupAnomalies(order)
        .map((group) =>
          group.anomalies
            .map((item) => Number(item.id))
            .sort((a, b) => a - b)
            .join(),
        )
        .sort();
    const groups = sets(list);
    expect(groups.join().split(",").filter(Boolean).length).toBe(list.length);
    expect(sets(list.toReversed())).toEqual(groups);
  }
});

test("the worst is the most severe, then the one that hurts most", () => {
  const list = [
    anomaly({ id: "1", severity: "high", requests_hurt: 900 }),
    anomaly({ id: "2", severity: "critical", requests_hurt: 1 }),
    anomaly({ id: "3", severity: "critical", requests_hurt: 5 }),
  ];
  expect(worst(list).id).toBe("3");
});
