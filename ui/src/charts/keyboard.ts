// The cursor of a focused chart by keyboard. Owns the keys; linked charts follow as they do for the pointer.
import type { KeyboardEvent } from "react";
import type uPlot from "uplot";

const JUMP_POINTS = 10;

/** The point a key leads to, or null when the key does not move the cursor. */
export function keyTarget(event: KeyboardEvent, at: number | null, last: number): number | null {
  if (last < 0 || event.ctrlKey || event.metaKey || event.altKey) return null;
  const jump = event.shiftKey ? JUMP_POINTS : 1;
  if (event.key === "ArrowLeft") return at === null ? last : Math.max(0, at - jump);
  if (event.key === "ArrowRight") return at === null ? 0 : Math.min(last, at + jump);
  if (event.key === "Home") return 0;
  return event.key === "End" ? last : null;
}

/** Fires the hooks and publishes to linked charts; the typings leave out the third argument. */
export function placeCursor(chart: uPlot, time_ms: number): void {
  set(chart, Math.max(0, chart.valToPos(time_ms / 1000, "x")), chart.height / 3);
}

export function clearCursor(chart: uPlot): void {
  set(chart, -10, -10);
}

function set(chart: uPlot, left: number, top: number): void {
  const setCursor: (place: { left: number; top: number }, fire: boolean, publish: boolean) => void = chart.setCursor;
  setCursor({ left, top }, true, true);
}
