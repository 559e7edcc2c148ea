// Names of lines written at their right end. Owns their look; model.ts keeps them apart.
import type uPlot from "uplot";
import { token } from "./frame";
import { pushApart, type ChartLine } from "./model";

export const LABELS_PX = 156;
export const LABELLED_WIDTH_MIN_PX = 480; // Narrower charts keep their legend row instead.
const ROW_PX = 15;
const DOT_PX = 3;

export function drawDirectLabels(chart: uPlot, lines: ChartLine[]): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const ends = lines
    .map((line) => ({ line, value: line.values.findLast((value) => value !== null) }))
    .filter((end) => end.value != null)
    .map(({ line, value }) => ({ line, y: chart.valToPos(value!, "y", true) }));
  const places = pushApart(
    ends.map((end) => end.y),
    ROW_PX * ratio,
    bbox.top,
    bbox.top + bbox.height,
  );
  ctx.save();
  ctx.font = `${11 * ratio}px "Inter Variable", system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left"; // uPlot leaves the alignment of its last axis behind.
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
