// Paints a forecast on the canvas of a time chart: nested bands below the lines, a dashed median and edge, a now line.
import type uPlot from "uplot";
import { token, withAlpha } from "./frame";
import type { ChartForecast, ForecastBand } from "./forecast";

const COLOR = "--series-6";
const LANE_LABEL_PX = 8;

export function drawForecastBands(chart: uPlot, forecast: ChartForecast): void {
  after(chart, forecast, (ctx) => {
    ctx.fillStyle = token("--forecast"); // Nested bands lie on each other, so the likely middle is the darkest.
    for (const band of forecast.bands) {
      outline(chart, ctx, forecast, band);
      ctx.fill();
    }
  });
}

export function drawForecastLines(chart: uPlot, forecast: ChartForecast): void {
  const ratio = devicePixelRatio;
  const color = token(COLOR);
  after(chart, forecast, (ctx) => {
    const [widest] = forecast.bands;
    if (widest) {
      ctx.strokeStyle = withAlpha(color, 0.55);
      ctx.lineWidth = ratio;
      ctx.setLineDash([2 * ratio, 3 * ratio]);
      for (const edge of [widest.lower, widest.upper]) course(chart, ctx, forecast, edge);
    }
    ctx.strokeStyle = color;
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    course(chart, ctx, forecast, forecast.expected);
  });
  nowLine(chart, forecast.now_ms);
}

function nowLine(chart: uPlot, now_ms: number): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const x = Math.round(xOf(chart, now_ms)) + 0.5;
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = token("--muted");
  ctx.lineWidth = ratio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top - 4 * ratio);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `${11 * ratio}px "Inter Variable", system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "center";
  ctx.fillStyle = token("--muted");
  ctx.fillText("now", x, bbox.top - LANE_LABEL_PX * ratio);
  ctx.restore();
}

function outline(chart: uPlot, ctx: CanvasRenderingContext2D, forecast: ChartForecast, band: ForecastBand): void {
  ctx.beginPath();
  points(chart, forecast, band.upper, (x, y) => ctx.lineTo(x, y));
  const back: [number, number][] = [];
  points(chart, forecast, band.lower, (x, y) => back.push([x, y]));
  for (const [x, y] of back.toReversed()) ctx.lineTo(x, y);
  ctx.closePath();
}

function course(chart: uPlot, ctx: CanvasRenderingContext2D, forecast: ChartForecast, values: number[]): void {
  ctx.beginPath();
  points(chart, forecast, values, (x, y) => ctx.lineTo(x, y));
  ctx.stroke();
}

/** The last value holds until its step ends. */
function points(
  chart: uPlot,
  { t0_ms, step_ms }: ChartForecast,
  values: number[],
  to: (x: number, y: number) => void,
): void {
  const last = values.length - 1;
  values.forEach((value, index) => to(xOf(chart, t0_ms + index * step_ms), chart.valToPos(value, "y", true)));
  if (last >= 0) to(xOf(chart, t0_ms + (last + 1) * step_ms), chart.valToPos(values[last]!, "y", true));
}

function after(chart: uPlot, { now_ms }: ChartForecast, draw: (ctx: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = chart;
  const left = Math.max(bbox.left, xOf(chart, now_ms));
  const right = bbox.left + bbox.width;
  if (left >= right) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, bbox.top, right - left, bbox.height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

function xOf(chart: uPlot, time_ms: number): number {
  return chart.valToPos(time_ms / 1000, "x", true);
}
