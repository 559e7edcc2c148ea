import { describe, expect, test } from "vitest";
import type { AlertAction } from "../api/alertTypes";
import { alert } from "../testing/alert";
import { applied, inverse, shownState } from "./actions";

const NOW_MS = 100_000;
const act = (fields: Partial<AlertAction>): AlertAction => ({ ids: ["7"], action: "acknowledge", ...fields });

describe("the screen is ahead of the server", () => {
  test("acknowledged, with who, until when and why", () => {
    const after = applied(alert(), act({ actor: "Ada", note: "on it", until_ms: 200_000 }), NOW_MS);
    expect(after.state).toBe("acknowledged");
    expect(after.acknowledged).toEqual({ by: "Ada", at_ms: NOW_MS, until_ms: 200_000, note: "on it" });
  });
  test("others stay the same object", () => {
    const other = alert({ id: "8" });
    expect(applied(other, act({}), NOW_MS)).toBe(other);
    const over = alert({ resolved_ms: 1 });
    expect(applied(over, act({}), NOW_MS)).toBe(over);
    expect(applied(over, act({ action: "comment" }), NOW_MS)).toBe(over);
  });
  test("acknowledged hides snoozed, snoozed hides muted", () => {
    const muted = alert({ muted_by: [{ kind: "silence", by: "s", name: "deploy" }] });
    expect(shownState(muted, NOW_MS)).toBe("muted");
    const snoozed = applied(muted, act({ action: "snooze", until_ms: 200_000 }), NOW_MS);
    expect(snoozed.state).toBe("snoozed");
    expect(shownState(snoozed, 200_000)).toBe("muted");
    expect(applied(snoozed, act({}), NOW_MS).state).toBe("acknowledged");
  });
});

describe("the way back", () => {
  test("leads to what was before, one by one", () => {
    const before = alert({ snoozed_until_ms: 150_000 });
    const steps = inverse(act({ action: "snooze", until_ms: 200_000 }), [before, alert({ id: "8" })]);
    expect(steps).toEqual([{ ids: ["7"], action: "snooze", until_ms: 150_000 }]);
  });
  test("of an acknowledgement takes it back", () => {
    expect(inverse(act({}), [alert()])).toEqual([{ ids: ["7"], action: "unacknowledge" }]);
  });
  test("is not there for what is over", () => {
    expect(inverse(act({ action: "resolve" }), [alert()])).toBeNull();
    expect(inverse(act({}), [alert({ resolved_ms: 5 })])).toBeNull();
  });
});
