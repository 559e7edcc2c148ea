import { expect, test } from "vitest";
import type { AlertBacktest, AlertBacktestSide } from "../api/alertTypes";
import { delayText, headline, incidentsText, onlyIn, receiverRows, ruleRows } from "./backtestWords";

function side(fields: Partial<AlertBacktestSide> = {}): AlertBacktestSide {
  return {
    alerts: 5,
    notifications: 4,
    per_receiver: [{ receiver: "default", notifications: 4, per_week: 4 }],
    per_rule: [],
    incidents_caught: 2,
    incidents_missed: 2,
    delay_s_median: 240,
    listed: [],
    ...fields,
  };
}

function result(changed: Partial<AlertBacktestSide>): AlertBacktest {
  return { from_ms: 0, to_ms: 1, elapsed_s: 1, current: side(), changed: side(changed), incidents_note: "" };
}

test("how often somebody would be told is compared with now", () => {
  expect(headline(result({ notifications: 12 }))).toBe("12 notifications instead of 4 (+8)");
  expect(headline(result({ notifications: 1 }))).toBe("1 notification instead of 4 (−3)");
  expect(headline(result({}))).toBe("4 notifications, as many as now");
});

test("incidents are caught or missed", () => {
  expect(incidentsText(result({ incidents_caught: 3, incidents_missed: 1 }))).toBe("Catches 3 of 4 incidents, now 2.");
  expect(incidentsText(result({}))).toBe("Catches 2 of 4 incidents, as now.");
  expect(incidentsText(result({ incidents_caught: 0, incidents_missed: 0 }))).toBe("");
  expect(delayText(side())).toBe("4 min");
  expect(delayText(side({ delay_s_median: null }))).toBe("–");
});

test("receivers of both sides stand beside each other", () => {
  const rows = receiverRows(result({ per_receiver: [{ receiver: "night", notifications: 2, per_week: 1.04 }] }));
  expect(rows).toEqual([
    { receiver: "default", current: "4", changed: "0", is_other: true },
    { receiver: "night", current: "0", changed: "1", is_other: true },
  ]);
});

test("rules of both sides stand beside each other", () => {
  expect(ruleRows(result({ per_rule: [{ rule: "slow", alerts: 3 }] }))).toEqual([["slow", "0", "3"]]);
});

test("alerts that only one side has", () => {
  const alert = (started_ms: number) => ({
    alertname: "Slow",
    summary: "",
    labels: { b: "2", a: "1" },
    started_ms,
    resolved_ms: null,
    notified_ms: null,
    muted_by: [],
    receiver: null,
  });
  const same = { ...alert(1), labels: { a: "1", b: "2" } };
  expect(onlyIn(side({ listed: [alert(1), alert(2)] }), side({ listed: [same] }))).toEqual([alert(2)]);
});
