// A line chart over time. Owns one uPlot instance: building it, feeding it, and its keyboard cursor.
// Titles, legends and tables belong to ChartPanel.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import uPlot from "uplot";
import { useTheme } from "../theme";
import { clockSeconds, dateTime } from "../time/format";
import { ChartSurface } from "./ChartSurface";
import { drawDirectLabels, LABELLED_WIDTH_MIN_PX, LABELS_PX } from "./directLabels";
import { clearCursor, keyTarget, placeCursor } from "./keyboard";
import { drawAbove, drawBelow, LANE_PX } from "./drawMarks";
import { aheadTimes, axisEnd, forecastAt, highestOf, lowestOf, pointText, type ChartForecast } from "./forecast";
import { AXIS_LEFT_PX, chartFontReady, frameOptions, fromZero, nearOne, PLOT_RIGHT_PX, token, withAlpha } from "./frame";
import { MarkerLayer } from "./MarkerLayer";
import { bandAt, bandTop, type ChartMarks } from "./marks";
import { anomalyRows, spokenMarks } from "./markWords";
import {
  bucketTimes,
  firstIncomplete,
  highest,
  isolatedPoints,
  splitAtPresent,
  type ChartLine,
  type ChartModel,
} from "./model";
import { Tooltip, type TooltipRow } from "./tooltip";
import { useOnScreen, useWidth } from "./useElement";

export interface TimeChartProps {
  model: ChartModel;
  label: string;
  describedBy: string;
  height: number;
  zone: string;
  format: (value: number) => string;
  axisFormat?: (value: number) => string;
  /** Top of the y axis while everything is zero. */
  floor: number;
  /** Given, even empty, where marks may come: their lane then has its place from the start. */
  marks?: ChartMarks;
  lane?: boolean;
  /** Shared top of small multiples. */
  top?: number | null;
  onZoom: (from_ms: number, to_ms: number) => void;
  onReset: () => void;
  onCursor?: (index: number | null) => void;
  /** Writes each line's name at its end instead of leaving it to the legend. */
  directLabels?: boolean;
  /** The y axis of a share that is nearly one would show nothing if it began at zero. */
  nearOne?: boolean;
  /** A chart with a range of its own does not change that of the page. */
  fixed?: boolean;
}

export function TimeChart(props: TimeChartProps) {
  const { model, label, describedBy, height, zone, floor, top, marks } = props;
  const lane = props.lane ?? marks !== undefined;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const width = useWidth(host);
  const onScreen = useOnScreen(host);
  const theme = useTheme();
  const [spoken, setSpoken] = useState("");
  const shape = model.lines
    .map((line) => [line.key, line.color, line.dash, line.fill, line.background].join())
    .join("|");
  const directLabels = (props.directLabels ?? false) && width >= LABELLED_WIDTH_MIN_PX;
  const ahead = useMemo(() => aheadTimes(model, marks?.forecast), [model, marks?.forecast]);
  const data = useMemo(() => alignedData(model, ahead), [model, ahead]);
  const fixed = props.fixed ?? false;
  const end_ms = axisEnd(model, marks?.forecast);

  useEffect(() => {
    if (!host.current || width === 0) return;
    const tooltip = new Tooltip(host.current);
    const frame = frameOptions({
      width,
      height,
      zone,
      axisFormat: (value) => (latest.current.axisFormat ?? latest.current.format)(value),
      onZoom: (from, to) => latest.current.onZoom(from, to),
      onReset: () => latest.current.onReset(),
      onCursor: (u) => showCursor(u, tooltip, latest.current),
      yScale: {
        range: (_u, _min, _max) => {
          const { model: current, top: shared, floor: least } = latest.current;
          if (latest.current.nearOne) return nearOne(bottomOf(current, latest.current.marks));
          return fromZero(shared === undefined ? topOf(current, latest.current.marks) : shared, least);
        },
      },
      yGrid: true,
      brush: !fixed,
    });
    const built = new uPlot(
      {
        ...frame,
        padding: [lane ? LANE_PX + 4 : 8, directLabels ? LABELS_PX : PLOT_RIGHT_PX, 0, 0],
        hooks: {
          ...frame.hooks,
          drawClear: [(u) => drawBelow(u, latest.current.marks, latest.current.model.range.to_ms)],
          draw: [
            (u) => drawAbove(u, latest.current.marks),
            (u) => directLabels && drawDirectLabels(u, latest.current.model.lines),
          ],
        },
        series: [{}, ...latest.current.model.lines.flatMap(seriesOf)],
      },
      [[]] as unknown as uPlot.AlignedData,
      host.current,
    );
    chart.current = built;
    void chartFontReady.then(() => chart.current === built && built.redraw(false, true));
    return () => {
      chart.current = null;
      tooltip.remove();
      built.destroy();
    };
  }, [shape, theme, zone, height, directLabels, lane, fixed, width === 0]);

  useEffect(() => {
    chart.current?.setSize({ width, height });
  }, [width, height]);

  useEffect(() => {
    const built = chart.current;
    if (!built || !onScreen) return; // A chart outside the viewport catches up when it is scrolled to.
    built.batch(() => {
      built.setData(data, false);
      built.setScale("x", { min: model.range.from_ms / 1000, max: end_ms / 1000 });
    });
  }, [data, model, marks, end_ms, onScreen, shape, theme, zone, height, top, floor, directLabels, lane, fixed, width === 0]);

  function onKeyDown(event: KeyboardEvent) {
    const built = chart.current;
    if (!built) return;
    const at = built.cursor.idx ?? null;
    const target = keyTarget(event, at, model.n + ahead.length - 1);
    if (target !== null) {
      event.preventDefault();
      placeCursor(built, timeAt(model, ahead, target));
      setSpoken(spokenPoint(latest.current, target));
    } else if (event.key === "Escape" && at !== null && !built.over.matches(":hover")) {
      event.stopPropagation();
      clearCursor(built);
    }
  }

  return (
    <div className="relative">
      <ChartSurface
        host={host}
        label={label}
        describedBy={describedBy}
        height={height}
        spoken={spoken}
        onKeyDown={onKeyDown}
        onBlur={() => chart.current && clearCursor(chart.current)}
      />
      {marks && width > 0 && (
        <MarkerLayer
          label={label}
          marks={marks}
          from_ms={model.range.from_ms}
          to_ms={end_ms}
          left={AXIS_LEFT_PX}
          width={width - AXIS_LEFT_PX - (directLabels ? LABELS_PX : PLOT_RIGHT_PX)}
          zone={zone}
        />
      )}
    </div>
  );
}

const BAND_TOP_MAX = 2; // A wide band may not press the lines flat.
const FORECAST_TOP_MAX = 3; // What may come and the limit are what such a chart is about.

/** The top of the y axis: the lines, and as much of the band and of the limit as leaves them readable. */
function topOf(model: ChartModel, marks: ChartMarks | undefined): number | null {
  const lines = highest(model.lines);
  const band = bandTop(marks?.band, model.range.from_ms, model.range.to_ms);
  const ahead = aheadTop(marks?.forecast);
  const edge = Math.max(band ?? 0, marks?.limit?.value ?? 0, ahead.edge);
  const course = Math.max(lines ?? 0, ahead.course);
  if (course === 0) return edge || null;
  return Math.max(course, Math.min(edge, course * (marks?.forecast ? FORECAST_TOP_MAX : BAND_TOP_MAX)));
}

function aheadTop(forecast: ChartForecast | undefined): { course: number; edge: number } {
  return { course: highestOf(forecast?.expected), edge: highestOf(forecast?.bands[0]?.upper) };
}

/** The lowest of what is drawn. */
function bottomOf(model: ChartModel, marks: ChartMarks | undefined): number | null {
  const lows = [
    ...model.lines.map((line) => lowestOf(line.values.filter((value) => value !== null))),
    lowestOf(marks?.band?.lower.filter((value) => value !== null)),
    lowestOf(marks?.forecast?.bands[0]?.lower),
    marks?.limit?.value ?? Infinity,
  ];
  const low = Math.min(...lows);
  return Number.isFinite(low) ? low : null;
}

function timeAt(model: ChartModel, ahead: number[], index: number): number {
  return index < model.n ? model.t0_ms + index * model.step_ms : (ahead[index - model.n] ?? model.range.to_ms);
}

function alignedData(model: ChartModel, ahead: number[]): uPlot.AlignedData {
  const incomplete = firstIncomplete(model);
  const nothing = ahead.map(() => null); // The cursor needs places there; the lines end.
  const columns: (number | null)[][] = [[...bucketTimes(model), ...ahead.map((time_ms) => time_ms / 1000)]];
  for (const line of model.lines) {
    columns.push(...splitAtPresent(line.values, incomplete).map((values) => [...values, ...nothing]));
  }
  return columns as unknown as uPlot.AlignedData;
}

/** Each line is two series: its complete buckets, and the current one drawn lighter. */
function seriesOf(line: ChartLine): uPlot.Series[] {
  const color = token(line.color);
  const base: uPlot.Series = {
    stroke: color,
    width: line.background ? 1 : 1.5,
    dash: line.dash ? [4, 3] : undefined,
    fill: line.fill ? withAlpha(color, 0.12) : undefined,
    spanGaps: false,
    points: { show: true, size: 4, width: 0, fill: color, filter: lonelyPoints },
  };
  const faded = withAlpha(color, 0.45);
  return [
    base,
    { ...base, stroke: faded, fill: line.fill ? withAlpha(color, 0.05) : undefined, points: { show: false } },
  ];
}

function lonelyPoints(chart: uPlot, index: number): number[] {
  return isolatedPoints(chart.data[index] as (number | null)[]);
}

function showCursor(chart: uPlot, tooltip: Tooltip, props: TimeChartProps): void {
  const { model, zone, format, onCursor, marks } = props;
  const index = chart.cursor.idx;
  const ahead = aheadTimes(model, marks?.forecast);
  const inside = index != null && (chart.cursor.left ?? -1) >= 0 && index < model.n + ahead.length;
  onCursor?.(inside && index < model.n ? index : null);
  const host = chart.root.parentElement;
  const leading = inside && (chart.over.matches(":hover") || host === document.activeElement);
  if (!leading) return tooltip.hide();
  const time_ms = timeAt(model, ahead, index);
  if (index >= model.n) return tooltip.show(chart, dateTime(time_ms, zone), aheadRows(props, time_ms));
  const incomplete = index >= firstIncomplete(model) ? " (so far)" : "";
  const rows: TooltipRow[] = model.lines.map((line) => {
    const value = line.values[index];
    return { color: token(line.color), label: line.label, value: value == null ? "no data" : format(value) };
  });
  const edges = bandAt(marks?.band, time_ms);
  if (edges) {
    rows.push({ color: token("--band"), label: marks?.bandName ?? "expected", value: `${format(edges.lower)} to ${format(edges.upper)}` });
  }
  rows.push(...anomalyRows(marks, time_ms, model.step_ms));
  tooltip.show(chart, `${dateTime(time_ms, zone)}${incomplete}`, rows);
}

/** What may come, the widest band last. */
function aheadRows({ marks, format }: TimeChartProps, time_ms: number): TooltipRow[] {
  const point = forecastAt(marks?.forecast, time_ms);
  if (!point) return [];
  const bands = point.bands.toReversed().map(({ level, lower, upper }) => ({
    color: null,
    label: `${level} % between`,
    value: `${format(lower)} and ${format(upper)}`,
  }));
  const label = `${marks!.forecast!.label} forecast`;
  return [{ color: token("--series-6"), label, value: format(point.expected) }, ...bands];
}

function spokenPoint({ model, zone, format, marks }: TimeChartProps, index: number): string {
  const time_ms = timeAt(model, aheadTimes(model, marks?.forecast), index);
  if (index >= model.n) {
    const point = forecastAt(marks?.forecast, time_ms);
    return `${dateTime(time_ms, zone)}: ${point ? `${marks!.forecast!.label} forecast ${pointText(point, format)}` : ""}`;
  }
  const values = model.lines.map((line) => {
    const value = line.values[index];
    return `${line.label} ${value == null ? "no data" : format(value)}`;
  });
  const around = spokenMarks(marks, time_ms, model.step_ms, format);
  return `${clockSeconds(time_ms, zone)}: ${[...values, ...around].join(", ")}`;
}
