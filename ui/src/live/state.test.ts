import { expect, test } from "vitest";
import { backoff, INITIAL_LIVE, reduceLive, type LiveEvent } from "./state";

function after(...events: LiveEvent[]) {
  return events.reduce(reduceLive, INITIAL_LIVE);
}

test("opening, hearing, breaking, returning", () => {
  expect(after({ type: "opening" }).phase).toBe("connecting");
  expect(after({ type: "opening" }, { type: "message", now_ms: 5 })).toMatchObject({
    phase: "live",
    heard_ms: 5,
    failures: 0,
  });
  const broken = after({ type: "opening" }, { type: "message", now_ms: 5 }, { type: "failed" }, { type: "opening" });
  expect(broken).toMatchObject({ phase: "reconnecting", failures: 1, heard_ms: 5 });
  expect(reduceLive(broken, { type: "message", now_ms: 9 })).toMatchObject({ phase: "live", failures: 0, heard_ms: 9 });
});

test("hiding and closing forget failures", () => {
  expect(after({ type: "failed" }, { type: "failed" }, { type: "hidden" })).toMatchObject({
    phase: "hidden",
    failures: 0,
  });
  expect(after({ type: "failed" }, { type: "closed" })).toMatchObject({ phase: "off", failures: 0 });
});

test("waits grow, stay bounded and are never zero", () => {
  for (let failures = 1; failures < 40; failures += 1) {
    expect(backoff(failures, 0)).toBeGreaterThanOrEqual(250);
    expect(backoff(failures, 0.999)).toBeLessThanOrEqual(20_000);
    expect(backoff(failures + 1, 0.5)).toBeGreaterThanOrEqual(backoff(failures, 0.5));
  }
});
