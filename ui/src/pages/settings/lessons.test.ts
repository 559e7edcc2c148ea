import { expect, test } from "vitest";
import type { Adjustment } from "../../api/detectionTypes";
import { lessons } from "./lessons";

function adjustment(id: string, fields: Partial<Adjustment>): Adjustment {
  return {
    id,
    at_ms: 5,
    actor: "Ada",
    anomaly_id: "a",
    endpoint: { id: "e", service: "orders", method: "GET", route: "/" },
    environment: "aws/production/eu-west-1",
    signal: "latency",
    kin: true,
    offset_before: 0,
    offset_after: 1,
    threshold_before: 14,
    threshold_after: 15,
    verdict: "false_positive",
    sentence: "",
    hidden: 0,
    revealed: 0,
    hidden_anomalies: [],
    undone_ms: null,
    ...fields,
  };
}

test("the judged series leads, relatives follow by how far they moved", () => {
  const found = lessons([
    adjustment("1", {}),
    adjustment("2", { threshold_after: 16 }),
    adjustment("3", { kin: false, threshold_after: 19 }),
    adjustment("4", { anomaly_id: "b", kin: false }),
    adjustment("5", { at_ms: 9 }),
  ]);
  expect(found.map(({ lead, relatives }) => [lead.id, relatives.map((item) => item.id)])).toEqual([
    ["3", ["2", "1"]],
    ["4", []],
    ["5", []], // Judged again later; its lead is beyond the end of the list.
  ]);
});
