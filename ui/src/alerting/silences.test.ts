import { expect, test } from "vitest";
import type { Silence } from "../api/alertTypes";
import { alert } from "../testing/alert";
import { missingInSilence, silenceAbout, silenceCountdown, silenceState } from "./silences";

const silence: Silence = {
  id: "a",
  state: "active",
  matchers: ['service="orders"'],
  starts_ms: 1_000_000,
  ends_ms: 8_800_000,
  created_by: "Ada",
  comment: "deploy",
  updated_ms: 0,
};

test("a silence begins, lasts and ends", () => {
  expect(silenceState(silence, 0)).toBe("pending");
  expect(silenceState(silence, 1_000_000)).toBe("active");
  expect(silenceState(silence, 8_800_000)).toBe("expired");
  expect(silenceCountdown(silence, 1_000_000)).toBe("ends in 2 h 10 min");
  expect(silenceCountdown(silence, 700_000)).toBe("begins in 5 min");
  expect(silenceCountdown(silence, 8_830_000)).toBe("ended 30 s ago");
});

test("a draft says what is missing", () => {
  const draft = silenceAbout([alert()], "Ada", 0);
  expect(draft.matchers).toEqual(['alertname="Slow orders"', 'service="orders"', 'endpoint="POST /orders"']);
  expect(missingInSilence(draft, 0)).toMatch(/why/);
  expect(missingInSilence({ ...draft, comment: "deploy" }, 0)).toBeNull();
  expect(missingInSilence({ ...draft, comment: "deploy" }, draft.ends_ms)).toMatch(/end/);
  expect(missingInSilence({ ...draft, matchers: [] }, 0)).toMatch(/everything/);
});
