import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing/random";
import { resolveRange } from "../time/expression";
import { rangeAround, windowBefore, windowOf } from "./range";

const MINUTE = 60_000;
const ONSET = Date.UTC(2026, 10, 20, 12, 0);

describe("around an anomaly", () => {
  test("are three durations before and after", () => {
    const around = rangeAround({ onset_ms: ONSET, closed_ms: ONSET + 10 * MINUTE }, ONSET + 999 * MINUTE);
    expect(around).toEqual({ from: "2026-11-20T11:30:00Z", to: "2026-11-20T12:40:00Z" });
  });
  test("now is the end while it goes on", () => {
    expect(rangeAround({ onset_ms: ONSET, closed_ms: null }, ONSET + MINUTE).to).toBe("now");
  });
  test("now is the end when little time has passed since", () => {
    expect(rangeAround({ onset_ms: ONSET, closed_ms: ONSET + 10 * MINUTE }, ONSET + 20 * MINUTE).to).toBe("now");
  });
  test("the start moves rarely, or every minute would be asked for anew", () => {
    const starts = new Set<string>();
    for (let minute = 1; minute <= 600; minute += 1) {
      starts.add(rangeAround({ onset_ms: ONSET, closed_ms: null }, ONSET + minute * MINUTE).from);
    }
    expect(starts.size).toBeLessThan(10);
  });
});

test("every range is one, holds the anomaly and ends before the future", () => {
  const random = randomFrom(21);
  for (let round = 0; round < 500; round += 1) {
    const length_ms = Math.floor(random() ** 4 * 20 * 86_400_000);
    const now_ms = ONSET + length_ms + Math.floor(random() * 86_400_000) + 1000;
    const item = { onset_ms: ONSET, closed_ms: random() < 0.5 ? null : ONSET + length_ms };
    const around = rangeAround(item, now_ms);
    const range = resolveRange(around.from, around.to, now_ms)!;
    expect(range).not.toBeNull();
    expect(range.to_ms).toBeLessThanOrEqual(now_ms);
    expect(range.to_ms).toBeGreaterThanOrEqual(
      Math.min(now_ms, Math.floor((item.closed_ms ?? now_ms) / MINUTE) * MINUTE),
    );
    const before = windowBefore(item, now_ms);
    expect(before.to).toBe(windowOf(item).from);
    expect(resolveRange(before.from, before.to, now_ms)).not.toBeNull();
  }
});
