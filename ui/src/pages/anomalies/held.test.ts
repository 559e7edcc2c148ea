import { expect, test } from "vitest";
import type { Anomaly } from "../../api/detectionTypes";
import { anomaly } from "../../testing/anomaly";
import { heldBack } from "./held";

const startOf = (item: Anomaly) => item.onset_ms;
const list = [30, 20, 10].map((onset_ms) => anomaly({ id: String(onset_ms), onset_ms }));

test("what began after the newest that was seen waits", () => {
  const { shown, waiting } = heldBack(list, startOf, 20);
  expect(shown.map((item) => item.onset_ms)).toEqual([20, 10]);
  expect(waiting).toBe(1);
});
test("older ones that were loaded by scrolling do not wait", () => {
  expect(heldBack([...list, anomaly({ onset_ms: 5 })], startOf, 30).waiting).toBe(0);
});
test("nothing waits while nobody reads", () =>
  expect(heldBack(list, startOf, null)).toEqual({ shown: list, waiting: 0 }));
