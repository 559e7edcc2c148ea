import { expect, test } from "vitest";
import type { Request, RequestsEvent } from "../api/types";
import { EMPTY_LOG, LOG_ROWS_MAX, reduceLog, type LogAction } from "./requestLog";

function batch(from: number, amount: number): RequestsEvent {
  const items = Array.from({ length: amount }, (_, index) => ({ id: `r${from + index}` }) as Request);
  return { items, matched: amount * 2, shown: amount, requests_per_second: 9 };
}

function run(...actions: LogAction[]) {
  return actions.reduce(reduceLog, EMPTY_LOG);
}

test("rows arrive in order and replays are dropped", () => {
  const log = run({ type: "arrive", batch: batch(0, 3) }, { type: "arrive", batch: batch(1, 3) });
  expect(log.rows.map((row) => row.id)).toEqual(["r0", "r1", "r2", "r3"]);
});

test("held rows wait and come back on release", () => {
  const held = run({ type: "arrive", batch: batch(0, 2) }, { type: "hold" }, { type: "arrive", batch: batch(2, 2) });
  expect([held.rows.length, held.waiting.length]).toEqual([2, 2]);
  const back = reduceLog(held, { type: "release" });
  expect([back.rows.length, back.waiting.length, back.held]).toEqual([4, 0, false]);
});

test("the waiting rows are limited and the loss is counted", () => {
  let log = run({ type: "hold" });
  for (let from = 0; from < LOG_ROWS_MAX + 500; from += 50)
    log = reduceLog(log, { type: "arrive", batch: batch(from, 50) });
  expect(log.waiting).toHaveLength(LOG_ROWS_MAX);
  expect(log.dropped).toBe(500);
  expect(log.waiting[0]!.id).toBe("r500");
});

test("the shown rows are limited", () => {
  const log = run({ type: "arrive", batch: batch(0, LOG_ROWS_MAX + 7) });
  expect(log.rows).toHaveLength(LOG_ROWS_MAX);
});

test("a seed never overwrites what arrived", () => {
  const log = run({ type: "arrive", batch: batch(5, 1) }, { type: "seed", items: batch(0, 3).items });
  expect(log.rows.map((row) => row.id)).toEqual(["r5"]);
});
