// Paints marks on the canvas of a time chart: band and shading below the lines, moments and the limit above them.
import type uPlot from "uplot";
import { severityColor } from "../detection/SeverityGlyph";
import { drawForecastBands, drawForecastLines } from "./drawForecast";
import { token, withAlpha } from "./frame";
import { bandRuns, shadesOf, type Band, type ChartMarks } from "./marks";

export const LANE_PX = 16; // Above the plot, so that glyphs and labels never cover a line.
const SHADE_ALPHA = 0.13;
const SHADE_MIN_PX = 2;
const LABEL_PX = 11;
const GLYPH_PX = 14; // A marker may stand where a moment is.

export function drawBelow(chart: uPlot, marks: ChartMarks | undefined, now_ms: number): void {
  if (!marks) return;
  clipped(chart, (ctx) => {
    if (marks.band) drawBand(chart, ctx, marks.band);
    if (marks.forecast) drawForecastBands(chart, marks.forecast);
    for (const shade of shadesOf(marks.shaded, now_ms)) {
      const left = xOf(chart, shade.from_ms);
      const right = xOf(chart, shade.to_ms);
      ctx.fillStyle = withAlpha(token(severityColor(shade.severity)), SHADE_ALPHA);
      ctx.fillRect(left, chart.bbox.top, Math.max(SHADE_MIN_PX * devicePixelRatio, right - left), chart.bbox.height);
    }
  });
}

export function drawAbove(chart: uPlot, marks: ChartMarks | undefined): void {
  if (!marks) return;
  clipped(chart, (ctx) => {
    ctx.lineWidth = devicePixelRatio;
    ctx.strokeStyle = token("--info");
    ctx.setLineDash([1.5 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const { at_ms } of marks.deployments) vertical(chart, ctx, at_ms);
    for (const moment of marks.moments ?? []) {
      ctx.strokeStyle = token(moment.color);
      ctx.setLineDash(moment.dash ? [4 * devicePixelRatio, 3 * devicePixelRatio] : []);
      vertical(chart, ctx, moment.at_ms);
    }
    if (marks.limit) drawLimit(chart, ctx, marks.limit);
  });
  if (marks.forecast) drawForecastLines(chart, marks.forecast);
  drawMomentLabels(chart, marks.moments ?? []);
}

function drawBand(chart: uPlot, ctx: CanvasRenderingContext2D, band: Band): void {
  ctx.fillStyle = token("--band");
  for (const [start, end] of bandRuns(band)) {
    const x = (index: number) => xOf(chart, band.t0_ms + index * band.step_ms);
    ctx.beginPath();
    // A lonely window has no width of its own and would not be seen.
    const last = end - start === 1 ? start + 1 : end - 1;
    for (let index = start; index <= last; index += 1) {
      ctx.lineTo(x(index), chart.valToPos(band.upper[Math.min(index, end - 1)]!, "y", true));
    }
    for (let index = last; index >= start; index -= 1) {
      ctx.lineTo(x(index), chart.valToPos(band.lower[Math.min(index, end - 1)]!, "y", true));
    }
    ctx.closePath();
    ctx.fill();
  }
}

function drawLimit(chart: uPlot, ctx: CanvasRenderingContext2D, limit: NonNullable<ChartMarks["limit"]>): void {
  const y = chart.valToPos(limit.value, "y", true);
  ctx.strokeStyle = token("--critical");
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(xOf(chart, limit.from_ms), y);
  ctx.lineTo(xOf(chart, limit.to_ms), y);
  ctx.stroke();
  const right = Math.min(xOf(chart, limit.to_ms), chart.bbox.left + chart.bbox.width);
  const above = y - 9 * devicePixelRatio;
  const hasRoom = above - 7 * devicePixelRatio >= chart.bbox.top;
  const place = hasRoom ? above : y + 10 * devicePixelRatio;
  label(chart, ctx, limit.label, right - 4 * devicePixelRatio, place, token("--critical"));
}

/** In the lane, right of the line or else left of it; a label without room is left out, the line stays. */
function drawMomentLabels(chart: uPlot, moments: NonNullable<ChartMarks["moments"]>): void {
  const { ctx, bbox } = chart;
  const gap = GLYPH_PX * devicePixelRatio;
  const y = bbox.top - (LANE_PX / 2) * devicePixelRatio;
  let free = bbox.left;
  ctx.save();
  for (const moment of moments.toSorted((a, b) => a.at_ms - b.at_ms)) {
    const x = xOf(chart, moment.at_ms);
    if (moment.label === "" || x < bbox.left || x > bbox.left + bbox.width) continue;
    setFont(ctx);
    const width = ctx.measureText(moment.label).width;
    const places = [Math.max(free, x + gap), x - gap - width];
    const left = places.find((place) => place >= free && place + width <= bbox.left + bbox.width);
    if (left === undefined) continue;
    ctx.fillStyle = token(moment.color);
    ctx.fillText(moment.label, left, y);
    free = left + width + gap;
  }
  ctx.restore();
}

/** Text inside the plot, right-aligned, covers what is below it. */
function label(
  chart: uPlot,
  ctx: CanvasRenderingContext2D,
  text: string,
  right: number,
  y: number,
  color: string,
): void {
  setFont(ctx);
  const width = ctx.measureText(text).width;
  const left = Math.max(chart.bbox.left, right - width);
  const pad = 3 * devicePixelRatio;
  ctx.globalAlpha = 0.8;
  ctx.fillStyle = token("--surface");
  ctx.fillRect(left - pad, y - 7 * devicePixelRatio, width + 2 * pad, 14 * devicePixelRatio);
  ctx.globalAlpha = 1;
  ctx.fillStyle = color;
  ctx.fillText(text, left, y);
}

function setFont(ctx: CanvasRenderingContext2D): void {
  ctx.font = `${LABEL_PX * devicePixelRatio}px "Inter Variable", system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
}

function vertical(chart: uPlot, ctx: CanvasRenderingContext2D, at_ms: number): void {
  const x = Math.round(xOf(chart, at_ms)) + 0.5;
  ctx.beginPath();
  ctx.moveTo(x, chart.bbox.top);
  ctx.lineTo(x, chart.bbox.top + chart.bbox.height);
  ctx.stroke();
}

function xOf(chart: uPlot, time_ms: number): number {
  return chart.valToPos(time_ms / 1000, "x", true);
}

function clipped(chart: uPlot, draw: (ctx: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}
