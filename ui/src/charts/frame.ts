// What every time chart shares: axes, cursor, brush, fonts, colours. Owns the uPlot options, so that the
// library could be replaced here; draws no data itself.
import uPlot from "uplot";
import { axisTick } from "../time/format";
import { dateInZone } from "../time/zone";

export const AXIS_LEFT_PX = 58; // The same on every chart, so that linked charts line up.
export const PLOT_RIGHT_PX = 10;
const AXIS_BOTTOM_PX = 24;
const BRUSH_MIN_PX = 6;
const FONT = '11px "Inter Variable", system-ui, sans-serif';

export const cursorSync = uPlot.sync("hawkeye");

/** Canvas text is painted with whatever font is there at that moment, so charts wait for this to repaint. */
export const chartFontReady: Promise<unknown> = document.fonts.load('11px "Inter Variable"').catch(() => []);

/** A token's colour as the canvas needs it. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function withAlpha(hex: string, alpha: number): string {
  const byte = Math.round(alpha * 255);
  return `${hex}${byte.toString(16).padStart(2, "0")}`;
}

export interface FrameOptions {
  width: number;
  height: number;
  zone: string;
  axisFormat: (value: number) => string;
  onZoom: (from_ms: number, to_ms: number) => void;
  onReset: () => void;
  onCursor: (chart: uPlot) => void;
  yScale: uPlot.Scale;
  ySplits?: uPlot.Axis.Splits;
  yGrid: boolean;
  /** Whether dragging chooses a range. */
  brush?: boolean;
  /** Dragging draws a box instead: its edges in pixels of the plot. */
  onBox?: (chart: uPlot, box: uPlot.Select) => void;
}

export function frameOptions(options: FrameOptions): Omit<uPlot.Options, "series"> {
  const axisText = token("--muted");
  const grid = token("--line");
  return {
    width: options.width,
    height: options.height,
    padding: [8, PLOT_RIGHT_PX, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => dateInZone(options.zone, seconds * 1000),
    scales: { x: { time: true, auto: false }, y: options.yScale },
    axes: [
      {
        stroke: axisText,
        font: FONT,
        size: AXIS_BOTTOM_PX,
        gap: 6,
        space: 72,
        grid: { show: false },
        ticks: { show: false },
        values: (_chart, splits, _axis, _space, increment) =>
          splits.map((seconds) => axisTick(seconds * 1000, increment, options.zone)),
      },
      {
        stroke: axisText,
        font: FONT,
        size: AXIS_LEFT_PX,
        gap: 8,
        space: 32,
        splits: options.ySplits,
        filter: (_chart, splits) => splits, // uPlot hides most ticks of a log axis; ours are chosen already.
        grid: { show: options.yGrid, stroke: grid, width: 1 },
        ticks: { show: false },
        values: (_chart, splits) => splits.map((value) => (value == null ? "" : options.axisFormat(value))),
      },
    ],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: options.brush ?? true, y: options.onBox !== undefined, setScale: false },
      // Linked charts follow the pointer only. A brush would otherwise fire once per chart.
      sync: { key: cursorSync.key, setSeries: false, filters: { pub: isMove, sub: isMove } },
      bind: { dblclick: () => () => (options.onReset(), null) },
    },
    hooks: {
      setCursor: [options.onCursor],
      setSelect: [
        (chart) => {
          const { left, width, height } = chart.select;
          if (options.onBox) {
            const box = { ...chart.select };
            chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            if (width >= BRUSH_MIN_PX && height >= BRUSH_MIN_PX) options.onBox(chart, box);
            return;
          }
          if (width < BRUSH_MIN_PX) return;
          const from_ms = chart.posToVal(left, "x") * 1000;
          const to_ms = chart.posToVal(left + width, "x") * 1000;
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          options.onZoom(from_ms, to_ms);
        },
      ],
    },
  };
}

/** The y range of a measure that starts at zero, with room above the highest point. */
export function fromZero(highest: number | null, floor: number): [number, number] {
  return [0, highest === null || highest <= 0 ? floor : highest * 1.08];
}

/** The y range of a share that is near one: all of what is drawn, and a bit above for the line at the top. */
export function nearOne(lowest: number | null): [number, number] {
  const low = Math.max(0, Math.min(0.95, lowest ?? 0.95));
  const room = (1 - low) * 0.08;
  return [Math.max(0, low - room), 1 + room / 2];
}

function isMove(type: string): boolean {
  return type === "mousemove" || type === "mouseleave";
}
