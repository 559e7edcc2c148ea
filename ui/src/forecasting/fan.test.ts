import { describe, expect, test } from "vitest";
import { fanOf, type FanData } from "./fan";

const BOX = { width: 106, height: 56, scale: "zero" as const };

function data(fields: Partial<FanData> = {}): FanData {
  return { history: [10, 20], expected: [20, 30], lower: [10, 10], upper: [40, 50], limit: null, ...fields };
}

describe("a fan", () => {
  test("begins where the past ends", () => {
    const fan = fanOf(data(), BOX);
    expect(fan.history.startsWith("M3 ")).toBe(true);
    expect(fan.course).toMatch(/^M69\.7 .*L103 /);
    expect(fan.now_x).toBe(53);
    expect(fan.band.split("L")).toHaveLength(4);
  });
  test("keeps gaps open", () => {
    const { history } = fanOf(data({ history: [10, null, 20] }), BOX);
    expect(history.match(/M/g)).toHaveLength(2);
    expect(history).toContain("h.01");
  });
  test("gives what may come at least its share of the room", () => {
    const fan = fanOf(data({ history: Array.from({ length: 100 }, () => 5) }), BOX);
    expect(fan.history.match(/[ML]/g)).toHaveLength(3);
  });
  test("draws a limit only where it does not press the lines flat", () => {
    expect(fanOf(data({ limit: 60 }), BOX).limit_y).not.toBeNull();
    expect(fanOf(data({ limit: 600 }), BOX).limit_y).toBeNull();
  });
  test("shows a share near one on a scale of its own", () => {
    const near = data({ history: [0.99, 0.98], expected: [0.97], lower: [0.95], upper: [0.99] });
    const fan = fanOf(near, { ...BOX, scale: "own" });
    expect(Math.abs(Number(/^M3 ([\d.]+)/.exec(fan.history)![1]) - 30)).toBeGreaterThan(10);
  });
  test("of nothing is empty", () => {
    const fan = fanOf({ history: [], expected: [], lower: [], upper: [], limit: null }, BOX);
    expect(fan).toMatchObject({ history: "", band: "", course: "", limit_y: null });
  });
});
