import { describe, expect, test } from "vitest";
import type { AnomalyAction } from "../api/detectionTypes";
import { anomaly } from "../testing/anomaly";
import { applied, inverse } from "./actions";
import { announcement } from "./announcement";
import { replaced } from "./cache";

const ONE = anomaly({ id: "1" });
const JUDGED = anomaly({ id: "2", verdict: "confirmed", verdict_reason: null });
const CLOSED = anomaly({ id: "3", state: "closed", closed_ms: 5, close_reason: "recovered" });
const on = (ids: string[], fields: Partial<AnomalyAction>): AnomalyAction => ({ ids, action: "judge", ...fields });

describe("the screen before the answer", () => {
  test("acknowledges what is open", () => {
    expect(applied(ONE, on(["1"], { action: "acknowledge" }), 7)).toMatchObject({
      state: "acknowledged",
      acknowledged_by: "somebody",
      acknowledged_ms: 7,
    });
  });
  test("leaves what is closed", () => expect(applied(CLOSED, on(["3"], { action: "acknowledge" }), 7)).toBe(CLOSED));
  test("leaves the others", () => expect(applied(ONE, on(["2"], { action: "close" }), 7)).toBe(ONE));
  test("closes by hand", () => {
    expect(applied(ONE, on(["1"], { action: "close" }), 7)).toMatchObject({ closed_ms: 7, close_reason: "by_hand" });
  });
  test("ends what is expected from now on", () => {
    expect(applied(ONE, on(["1"], { verdict: "expected_change" }), 7)).toMatchObject({
      closed_ms: 7,
      close_reason: "new_normal",
    });
    expect(applied(CLOSED, on(["3"], { verdict: "expected_change" }), 7).closed_ms).toBe(5);
  });
  test("never touches the evidence", () => {
    const after = applied(ONE, on(["1"], { verdict: "false_positive", reason: "seasonal" }), 7);
    expect({ ...after, verdict: null, verdict_reason: null }).toEqual(ONE);
  });
});

describe("the way back", () => {
  const before = [ONE, JUDGED, CLOSED];
  const actions: AnomalyAction[] = [
    on(["1", "3"], { action: "acknowledge" }),
    on(["1", "2"], { verdict: "false_positive", reason: "too_sensitive" }),
    on(["2"], { action: "clear_verdict" }),
    on(["1"], { action: "assign", assignee: "Ada" }),
  ];
  for (const action of actions) {
    test(`of ${action.action} leads to where it began`, () => {
      const after = before.map((item) => applied(item, action, 7));
      const back = inverse(action, before)!.reduce((list, step) => list.map((item) => applied(item, step, 8)), after);
      expect(back).toEqual(before);
    });
  }
  test("is not promised after closing", () => expect(inverse(on(["1"], { action: "close" }), before)).toBeNull());
  test("is not promised where the verdict ended it", () => {
    expect(inverse(on(["1"], { verdict: "expected_change" }), before)).toBeNull();
    expect(inverse(on(["3"], { verdict: "expected_change" }), before)).toEqual([
      { ids: ["3"], action: "clear_verdict" },
    ]);
  });
  test("is not promised when nothing changed", () => {
    expect(inverse(on(["3"], { action: "acknowledge" }), before)).toBeNull();
  });
});

test("a list without the changed anomaly stays the same object", () => {
  const list = [ONE, JUDGED];
  expect(replaced(list, new Map([["9", CLOSED]]))).toBe(list);
  expect(replaced(list, new Map([["1", CLOSED]]))).toEqual([CLOSED, JUDGED]);
});

describe("what is said aloud", () => {
  test("of one", () => expect(announcement([ONE])).toBe(`New high anomaly: ${ONE.sentence}`));
  test("of many, once", () => {
    expect(announcement([ONE, anomaly({ id: "4", severity: "critical", sentence: "Worse." })])).toBe(
      "2 new anomalies, the worst critical: Worse.",
    );
  });
});
