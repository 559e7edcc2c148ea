// The latency distribution over time in the frame of a time chart. Owns the log axis and its cursor.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import uPlot from "uplot";
import type { Heatmap } from "../api/types";
import { useTheme } from "../theme";
import { dateTime } from "../time/format";
import { latency } from "../units";
import { ChartSurface } from "./ChartSurface";
import { chartFontReady, frameOptions, token } from "./frame";
import { cropRows, paintHeat } from "./heat";
import { clearCursor, keyTarget, placeCursor } from "./keyboard";
import { Tooltip } from "./tooltip";
import { useWidth } from "./useElement";

const TICKS_MS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000];

export interface HeatChartProps {
  heatmap: Heatmap;
  label: string;
  describedBy: string;
  height: number;
  zone: string;
  onZoom: (from_ms: number, to_ms: number) => void;
  onReset: () => void;
  /** Dragging draws a box instead of zooming. */
  boxing?: boolean;
  /** The box that is looked at. */
  box?: BoxEdges | null;
  onBox?: (box: BoxEdges) => void;
}

/** A part of the map: from when to when, from which latency to which. */
export interface BoxEdges {
  from_ms: number;
  to_ms: number;
  low_ms: number;
  high_ms: number;
}

export function HeatChart(props: HeatChartProps) {
  const { label, describedBy, height, zone, boxing = false, box = null } = props;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const width = useWidth(host);
  const theme = useTheme();
  const [spoken, setSpoken] = useState("");
  const heatmap = useMemo(() => cropRows(props.heatmap), [props.heatmap]);
  const image = useMemo(() => paintHeat(heatmap, theme), [heatmap, theme]);
  const latest = useRef({ ...props, heatmap, image });
  latest.current = { ...props, heatmap, image };

  useEffect(() => {
    if (!host.current || width === 0) return;
    const tooltip = new Tooltip(host.current);
    const frame = frameOptions({
      width,
      height,
      zone,
      axisFormat: latency,
      onZoom: (from, to) => latest.current.onZoom(from, to),
      onReset: () => latest.current.onReset(),
      onBox: boxing ? (u, select) => latest.current.onBox?.(edgesOf(u, select)) : undefined,
      onCursor: (u) => showCell(u, tooltip, latest.current.heatmap, zone),
      yScale: {
        distr: 3,
        range: () => {
          const bounds = latest.current.heatmap.bounds_ms;
          return [bounds[0] ?? 1, bounds[bounds.length - 1] ?? 1000];
        },
      },
      ySplits: (_u, _axis, low, high) => TICKS_MS.filter((tick) => tick >= low && tick <= high),
      yGrid: false,
    });
    const built = new uPlot(
      {
        ...frame,
        hooks: {
          ...frame.hooks,
          drawClear: [(u) => drawImage(u, latest.current.heatmap, latest.current.image)],
          draw: [(u) => drawBox(u, latest.current.box ?? null)],
        },
        series: [{}, { points: { show: false }, stroke: "transparent" }],
      },
      [[], []],
      host.current,
    );
    chart.current = built;
    void chartFontReady.then(() => chart.current === built && built.redraw(false, true));
    return () => {
      chart.current = null;
      tooltip.remove();
      built.destroy();
    };
  }, [theme, zone, height, width === 0, boxing]);

  useEffect(() => chart.current?.redraw(false, false), [box]);

  useEffect(() => {
    chart.current?.setSize({ width, height });
  }, [width, height]);

  useEffect(() => {
    const built = chart.current;
    if (!built) return;
    const times = Array.from({ length: heatmap.n }, (_, index) => (heatmap.t0_ms + index * heatmap.step_ms) / 1000);
    built.setData([times, times.map(() => heatmap.bounds_ms[0] ?? 1)], false);
    built.setScale("x", { min: heatmap.range.from_ms / 1000, max: heatmap.range.to_ms / 1000 });
  }, [heatmap, image, theme, zone, height, width === 0, boxing]);

  function onKeyDown(event: KeyboardEvent) {
    const built = chart.current;
    if (!built) return;
    const target = keyTarget(event, built.cursor.idx ?? null, heatmap.n - 1);
    if (target === null) return;
    event.preventDefault();
    placeCursor(built, heatmap.t0_ms + (target + 0.5) * heatmap.step_ms);
    setSpoken(spokenColumn(heatmap, target, zone));
  }

  return (
    <ChartSurface
      host={host}
      label={label}
      describedBy={describedBy}
      height={height}
      spoken={spoken}
      onKeyDown={onKeyDown}
      onBlur={() => chart.current && clearCursor(chart.current)}
    />
  );
}

function spokenColumn(heatmap: Heatmap, column: number, zone: string): string {
  const counts = heatmap.counts.map((row) => row[column] ?? 0);
  const total = counts.reduce((sum, value) => sum + value, 0);
  const time = dateTime(heatmap.t0_ms + column * heatmap.step_ms, zone);
  if (total === 0) return `${time}: no requests`;
  const densest = counts.indexOf(Math.max(...counts));
  const span = `${latency(heatmap.bounds_ms[densest])} to ${latency(heatmap.bounds_ms[densest + 1])}`;
  return `${time}: ${total.toLocaleString("en")} requests, most between ${span}`;
}

function drawImage(chart: uPlot, heatmap: Heatmap, image: OffscreenCanvas | null): void {
  if (!image) return;
  const { ctx, bbox } = chart;
  const left = chart.valToPos(heatmap.t0_ms / 1000, "x", true);
  const right = chart.valToPos((heatmap.t0_ms + heatmap.n * heatmap.step_ms) / 1000, "x", true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(image, left, bbox.top, right - left, bbox.height);
  ctx.restore();
}

function edgesOf(chart: uPlot, { left, top, width, height }: uPlot.Select): BoxEdges {
  return {
    from_ms: chart.posToVal(left, "x") * 1000,
    to_ms: chart.posToVal(left + width, "x") * 1000,
    low_ms: chart.posToVal(top + height, "y"),
    high_ms: chart.posToVal(top, "y"),
  };
}

function drawBox(chart: uPlot, box: BoxEdges | null): void {
  if (!box) return;
  const { ctx, bbox } = chart;
  const place = (value: number, axis: "x" | "y") => chart.valToPos(value, axis, true);
  const [left, right] = [place(box.from_ms / 1000, "x"), place(box.to_ms / 1000, "x")];
  const [top, bottom] = [place(box.high_ms, "y"), place(box.low_ms, "y")];
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [color, dash] of [
    [token("--bg"), []],
    [token("--text"), [6, 4]],
  ] as const) {
    ctx.strokeStyle = color; // Dark under light, so that it is seen on every cell.
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.setLineDash([...dash].map((length) => length * devicePixelRatio));
    ctx.strokeRect(left, top, right - left, bottom - top);
  }
  ctx.restore();
}

function showCell(chart: uPlot, tooltip: Tooltip, heatmap: Heatmap, zone: string): void {
  const { left, top } = chart.cursor;
  if (left == null || top == null || left < 0 || !chart.over.matches(":hover")) return tooltip.hide();
  const column = Math.floor((chart.posToVal(left, "x") * 1000 - heatmap.t0_ms) / heatmap.step_ms);
  const value = chart.posToVal(top, "y");
  const row = heatmap.bounds_ms.findLastIndex((bound) => bound <= value);
  const low = heatmap.bounds_ms[row];
  const high = heatmap.bounds_ms[row + 1];
  const cell = heatmap.counts[row]?.[column];
  if (low === undefined || high === undefined || cell === undefined) return tooltip.hide();
  const rows = [
    { color: null, label: `${latency(low)} to ${latency(high)}`, value: `${cell.toLocaleString("en")} requests` },
  ];
  tooltip.show(chart, dateTime(heatmap.t0_ms + column * heatmap.step_ms, zone), rows);
}
