// A line chart with everything around it: title, legend with the values under the cursor, summary, table.
// Owns the switch between chart and table and the states while there is no data.
import { Fragment, useId, useMemo, useRef, useState, type ReactNode } from "react";
import { Panel } from "../parts/Panel";
import { Failure, Skeleton } from "../parts/states";
import { useZone, useZoom } from "../scope/useScope";
import { dateTime } from "../time/format";
import { aheadTimes, forecastAt, forecastSummary } from "./forecast";
import { bandAt, type ChartMarks } from "./marks";
import { marksSummary, tableNote } from "./markWords";
import { summarize, type ChartLine, type ChartModel } from "./model";
import { TimeChart } from "./TimeChart";

export interface ChartPanelProps {
  title: string;
  note?: string;
  model: ChartModel | undefined;
  error?: unknown;
  retry?: () => void;
  refreshing?: boolean;
  format: (value: number) => string;
  axisFormat?: (value: number) => string;
  floor: number;
  top?: number | null;
  height?: number;
  className?: string;
  directLabels?: boolean;
  nearOne?: boolean;
  fixed?: boolean;
  actions?: ReactNode;
  /** Keeps a lane above the plot for them, also while they are not known yet. */
  marks?: ChartMarks | "coming";
}

const HEIGHT_PX = 170;

export function ChartPanel(props: ChartPanelProps) {
  const { title, note, model, error, retry, refreshing, height = HEIGHT_PX, className } = props;
  const [asTable, setAsTable] = useState(false);
  const values = useRef<Map<string, HTMLElement>>(new Map());
  const zone = useZone();
  const { zoom, reset } = useZoom();
  const summaryId = useId();
  const marks = props.marks === "coming" ? undefined : props.marks;
  const summary = useMemo(
    () =>
      model
        ? `${summarize(model, props.format)}${marksSummary(marks, model.range)}${forecastSummary(marks?.forecast, props.format)}`
        : "",
    [model, marks, props.format],
  );
  const empty =
    model !== undefined &&
    !marks?.forecast &&
    model.lines.every((line) => line.background || line.values.every((v) => v === null));
  const now_ms = model?.range.to_ms ?? 0;

  function showValues(index: number | null) {
    for (const line of model?.lines ?? []) {
      const element = values.current.get(line.key);
      const value = index === null ? undefined : line.values[index];
      if (element) element.textContent = value == null ? "" : props.format(value);
    }
  }

  const tableButton = (
    <button
      type="button"
      className="rounded px-1 text-xs text-accent hover:underline"
      aria-label={`${title} as ${asTable ? "chart" : "table"}`}
      onClick={() => setAsTable(!asTable)}
      disabled={!model}
    >
      {asTable ? "Chart" : "Table"}
    </button>
  );

  return (
    <Panel title={title} note={note} actions={
        <>
          {props.actions}
          {tableButton}
        </>
      } refreshing={refreshing} className={className}>
      <figure className="@container m-0 px-3 pb-2" data-chart={title}>
        <Legend
          lines={model?.lines ?? []}
          values={values.current}
          expected={marks?.band ? (marks.bandName ?? "expected") : undefined}
          forecast={
            marks?.forecast ? `${marks.forecast.label} forecast, ${levelsText(marks.forecast.bands)}` : undefined
          }
          className={
            props.directLabels && !asTable
              ? "@[500px]:invisible @[500px]:h-2 @[500px]:min-h-0 @[500px]:overflow-hidden"
              : ""
          }
        />
        <figcaption id={summaryId} className="sr-only" data-summary>
          {summary}
        </figcaption>
        {model ? (
          asTable ? (
            <ChartTable model={model} marks={marks} title={title} height={height} zone={zone} format={props.format} />
          ) : (
            <div className="relative -ml-1">
              <TimeChart
                model={model}
                label={title}
                describedBy={summaryId}
                height={height}
                zone={zone}
                format={props.format}
                axisFormat={props.axisFormat}
                floor={props.floor}
                top={props.top}
                directLabels={props.directLabels}
                marks={marks}
                lane={props.marks !== undefined}
                nearOne={props.nearOne}
                fixed={props.fixed}
                // What has not come cannot be looked at more closely.
                onZoom={(from_ms, to_ms) => from_ms < now_ms && zoom(from_ms, Math.min(to_ms, now_ms))}
                onReset={reset}
                onCursor={showValues}
              />
              {empty && (
                <p className="pointer-events-none absolute inset-0 flex items-center justify-center pb-6 pl-14 text-muted">
                  No requests in this range
                </p>
              )}
            </div>
          )
        ) : error ? (
          <Failure what={title} error={error} retry={retry} height={height} />
        ) : (
          <Skeleton height={height} />
        )}
      </figure>
    </Panel>
  );
}

interface LegendProps {
  lines: ChartLine[];
  values: Map<string, HTMLElement>;
  /** Names of what is no line. */
  expected: string | undefined;
  forecast: string | undefined;
  className: string;
}

const VALUED_LINES_MAX = 4; // More lines than this fill the row with their names alone.

function Legend({ lines, values, expected, forecast, className }: LegendProps) {
  const valued = lines.length <= VALUED_LINES_MAX;
  // The row keeps its height whatever the cursor shows; a comparison comes last and is cut off first.
  const foreground = lines.filter((line) => !line.background).length;
  const ordered = lines.toSorted((a, b) => Number(a.background ?? false) - Number(b.background ?? false));

  return (
    <ul
      className={`flex gap-x-3 text-[11px] leading-5 text-muted ${valued ? "h-5 overflow-hidden" : "min-h-5 flex-wrap"} ${className}`}
    >
      {ordered.map((line, index) => (
        <Fragment key={line.key}>
          {index === foreground && <BandKeys expected={expected} forecast={forecast} />}
          <li className="flex shrink-0 items-center gap-1.5 whitespace-nowrap">
            <svg width="14" height="4" aria-hidden="true">
              <line
                x1="0"
                x2="14"
                y1="2"
                y2="2"
                stroke={`var(${line.color})`}
                strokeWidth={line.background ? 1.25 : 2}
                strokeDasharray={line.dash ? "3 2" : undefined}
              />
            </svg>
            {line.label}
            {valued && (
              <span
                className="font-medium text-text"
                aria-hidden="true"
                ref={(element) => {
                  if (element) values.set(line.key, element);
                  else values.delete(line.key);
                }}
              />
            )}
          </li>
        </Fragment>
      ))}
      {foreground === ordered.length && <BandKeys expected={expected} forecast={forecast} />}
    </ul>
  );
}

function BandKeys({ expected, forecast }: Pick<LegendProps, "expected" | "forecast">) {
  return (
    <>
      {expected && (
        <li className="flex shrink-0 items-center gap-1.5 whitespace-nowrap">
          <span className="h-2.5 w-3.5 rounded-sm bg-(--band)" aria-hidden />
          {expected}
        </li>
      )}
      {forecast && (
        <li className="flex shrink-0 items-center gap-1.5 whitespace-nowrap">
          <span className="h-2.5 w-3.5 rounded-sm border border-dashed border-(--series-6) bg-(--forecast)" aria-hidden />
          {forecast}
        </li>
      )}
    </>
  );
}

/** "50, 80, 95 %". */
function levelsText(bands: { level: number }[]): string {
  return bands.length > 0 ? `${bands.map(({ level }) => level).toReversed().join(", ")} %` : "expected";
}

interface ChartTableProps {
  model: ChartModel;
  marks: ChartMarks | undefined;
  title: string;
  height: number;
  zone: string;
  format: (value: number) => string;
}

function ChartTable({ model, marks, title, height, zone, format }: ChartTableProps) {
  const noted = marks !== undefined && marks.anomalies.length + marks.deployments.length > 0;
  const rows = Array.from({ length: model.n }, (_, index) => model.n - 1 - index); // Newest first.
  const ahead = aheadTimes(model, marks?.forecast).toReversed();

  return (
    <div className="overflow-auto" style={{ height }} tabIndex={0} role="region" aria-label={`${title} table`}>
      <table className="w-full text-xs">
        <thead className="sticky top-0 bg-surface">
          <tr>
            <th scope="col" className="py-1 pr-3 text-left font-medium text-muted">
              Time
            </th>
            {model.lines.map((line) => (
              <th key={line.key} scope="col" className="py-1 pl-3 text-right font-medium text-muted">
                {line.label}
              </th>
            ))}
            {marks?.band && (
              <th scope="col" className="py-1 pl-3 text-right font-medium text-muted">
                {marks.bandName ?? "Expected"}
              </th>
            )}
            {marks?.forecast && (
              <th scope="col" className="py-1 pl-3 text-right font-medium text-muted">
                Forecast
              </th>
            )}
            {noted && (
              <th scope="col" className="py-1 pl-3 text-left font-medium text-muted">
                What happened
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {ahead.map((time_ms) => (
            <tr key={time_ms} className="border-t border-line">
              <td className="py-1 pr-3 whitespace-nowrap">{dateTime(time_ms, zone)}</td>
              {model.lines.map((line) => (
                <td key={line.key} />
              ))}
              {marks?.band && <td />}
              <td className="py-1 pl-3 text-right whitespace-nowrap">{aheadText(marks, time_ms, format)}</td>
              {noted && <td />}
            </tr>
          ))}
          {rows.map((index) => (
            <tr key={index} className="border-t border-line">
              <td className="py-1 pr-3 whitespace-nowrap">{dateTime(model.t0_ms + index * model.step_ms, zone)}</td>
              {model.lines.map((line) => {
                const value = line.values[index];
                return (
                  <td key={line.key} className="py-1 pl-3 text-right">
                    {value == null ? <span className="text-faint">no data</span> : format(value)}
                  </td>
                );
              })}
              {marks?.band && (
                <td className="py-1 pl-3 text-right whitespace-nowrap">
                  {edgesText(bandAt(marks.band, model.t0_ms + index * model.step_ms), format)}
                </td>
              )}
              {marks?.forecast && <td />}
              {noted && (
                <td className="max-w-72 truncate py-1 pl-3">
                  {tableNote(marks, model.t0_ms + index * model.step_ms, model.step_ms)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function aheadText(marks: ChartMarks | undefined, time_ms: number, format: (value: number) => string): string {
  const point = forecastAt(marks?.forecast, time_ms);
  if (!point) return "";
  const [widest] = point.bands;
  return `${format(point.expected)}${widest ? ` (${format(widest.lower)} to ${format(widest.upper)})` : ""}`;
}

function edgesText(edges: { lower: number; upper: number } | null, format: (value: number) => string): string {
  return edges ? `${format(edges.lower)} to ${format(edges.upper)}` : "";
}
