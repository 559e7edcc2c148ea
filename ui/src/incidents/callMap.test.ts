import { describe, expect, test } from "vitest";
import type { CallMap, CallMapEdge } from "../api/incidentTypes";
import { mapNode } from "../testing/incident";
import { randomFrom } from "../testing/random";
import { BOX_HEIGHT, BOX_WIDTH, nodeState, placeMap } from "./callMap";

const GCP = "gcp/production/europe-west4";
const edge = (caller: number, callee: number, requests_per_minute = 10): CallMapEdge => ({
  caller,
  callee,
  requests_per_minute,
  error_rate: 0,
});

function chain(): CallMap {
  const nodes = ["gateway", "orders", "payments", "inventory"].map((name) => mapNode(name));
  return { nodes, edges: [edge(0, 1, 100), edge(1, 2), edge(1, 3), edge(0, 3)] };
}

describe("places", () => {
  test("callers stand left of whom they call, by the longest way", () => {
    const { nodes } = placeMap(chain());
    expect(nodes.map((node) => node.layer)).toEqual([0, 1, 2, 2]);
    expect(nodes[1]!.x).toBeGreaterThan(nodes[0]!.x + BOX_WIDTH);
  });

  test("a circle of calls ends", () => {
    const nodes = ["a", "b", "c"].map((name) => mapNode(name));
    const placed = placeMap({ nodes, edges: [edge(0, 1), edge(1, 2), edge(2, 0), edge(1, 1)] });
    expect(placed.nodes.map((node) => node.layer)).toEqual([0, 1, 2]);
    expect(placed.edges).toHaveLength(3);
    expect(placed.width).toBeGreaterThan(placed.nodes[2]!.x + BOX_WIDTH);
  });

  test("environments stand below one another, and only when there are several", () => {
    expect(placeMap(chain()).groups).toEqual([]);
    const map = chain();
    map.nodes.push(mapNode("payments", { environment: GCP }));
    const { groups, nodes } = placeMap(map);
    expect(groups.map((group) => group.environment)).toEqual(["aws/production/eu-west-1", GCP]);
    expect(nodes[4]!.y).toBeGreaterThanOrEqual(groups[1]!.y);
    for (const node of nodes.slice(0, 4)) expect(node.y + BOX_HEIGHT).toBeLessThanOrEqual(groups[1]!.y);
  });

  test("the busiest call is the widest line", () => {
    const { edges } = placeMap(chain());
    expect(edges[0]!.width).toBeGreaterThan(edges[1]!.width);
    expect(placeMap({ ...chain(), edges: [edge(0, 1, 0)] }).edges[0]!.width).toBeGreaterThan(0);
  });

  test("nothing is fine, too, and calls of nobody do not count", () => {
    expect(placeMap({ nodes: [], edges: [] })).toMatchObject({ width: 0, height: 0, nodes: [] });
    expect(placeMap({ nodes: [mapNode("a")], edges: [edge(0, 7)] }).edges).toEqual([]);
  });

  test("boxes never overlap and lie inside, whatever calls whom", () => {
    const random = randomFrom(11);
    for (let round = 0; round < 200; round += 1) {
      const nodes = Array.from({ length: 1 + Math.floor(random() * 14) }, (_, index) =>
        mapNode(`s${index}`, { environment: random() < 0.3 ? GCP : "aws/production/eu-west-1" }),
      );
      const any = () => Math.floor(random() * nodes.length);
      const edges = Array.from({ length: Math.floor(random() * 20) }, () => edge(any(), any(), random() * 1000));
      const placed = placeMap({ nodes, edges });
      expect(placed.nodes.map((node) => node.index)).toEqual(nodes.map((_, index) => index));
      placed.nodes.forEach((one, at) => {
        expect(one.x + BOX_WIDTH).toBeLessThanOrEqual(placed.width);
        expect(one.y + BOX_HEIGHT).toBeLessThanOrEqual(placed.height);
        for (const other of placed.nodes.slice(at + 1)) {
          const apart = Math.abs(one.x - other.x) >= BOX_WIDTH || Math.abs(one.y - other.y) >= BOX_HEIGHT;
          expect(apart).toBe(true);
        }
      });
    }
  });
});

test("how much worse a service is than before", () => {
  expect(nodeState(mapNode("a"))).toBe("as_before");
  expect(nodeState(mapNode("a", { error_rate: 0.012 }))).toBe("worse");
  expect(nodeState(mapNode("a", { error_rate: 0.06 }))).toBe("much_worse");
  expect(nodeState(mapNode("a", { latency_ms_p95: 250 }))).toBe("worse");
  expect(nodeState(mapNode("a", { latency_ms_p95: 900 }))).toBe("much_worse");
  expect(nodeState(mapNode("a", { latency_ms_p95: 90, error_rate: 0 }))).toBe("as_before");
  expect(nodeState(mapNode("new", { latency_ms_p95_before: 0 }))).toBe("as_before");
});
