// Names of lines written at their right end. Owns the places, pushed apart so that no two overlap.
import type uPlot from "uplot";
import { token } from "./frame";
import type { ChartLine } from "./model";

export const LABELS_PX = 132;
const ROW_PX = 15;
const DOT_PX = 3;

export function drawDirectLabels(chart: uPlot, lines: ChartLine[]): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const ends = lines
    .map((line) => ({ line, value: line.values.findLast((value) => value !== null) }))
    .filter((end) => end.value != null)
    .map(({ line, value }) => ({ line, y: chart.valToPos(value!, "y", true) }));
  const places = pushApart(ends.map((end) => end.y), ROW_PX * ratio, bbox.top, bbox.top + bbox.height);
  ctx.save();
  ctx.font = `${11 * ratio}px "Inter Variable", system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  ends.forEach(({ line }, index) => {
    const left = bbox.left + bbox.width + 8 * ratio;
    ctx.fillStyle = token(line.color);
    ctx.beginPath();
    ctx.arc(left + DOT_PX * ratio, places[index]!, DOT_PX * ratio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.fillStyle = token("--text");
    ctx.fillText(line.label, left + 11 * ratio, places[index]!, (LABELS_PX - 22) * ratio);
  });
  ctx.restore();
}

/** Moves places apart to at least `gap`, keeps their order and stays inside as far as there is room. */
export function pushApart(places: number[], gap: number, low: number, high: number): number[] {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  let limit = low + gap / 2;
  for (const item of order) {
    item.place = Math.max(item.place, limit);
    limit = item.place + gap;
  }
  let ceiling = high - gap / 2;
  for (const item of order.toReversed()) {
    item.place = Math.min(item.place, ceiling);
    ceiling = item.place - gap;
  }
  const result = new Array<number>(places.length);
  for (const item of order) result[item.index] = item.place;
  return result;
}
