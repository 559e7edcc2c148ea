// What is drawn around the lines of a chart: the expected band, anomalies, deployments, moments and a limit.
// Owns which of them belong to which chart and how close ones are gathered; knows no canvas.
import type { Anomaly, AnomalyMeasure, DeploymentMark, Expectations, Severity, Signal } from "../api/detectionTypes";
import { SEVERITIES } from "../detection/words";
import type { ChartForecast } from "./forecast";

export interface Band {
  t0_ms: number;
  step_ms: number;
  lower: (number | null)[];
  upper: (number | null)[];
}

export interface Moment {
  at_ms: number;
  label: string;
  /** Name of a colour token. */
  color: string;
  dash?: boolean;
}

export interface Limit {
  value: number;
  from_ms: number;
  to_ms: number;
  label: string;
}

export interface ChartMarks {
  band?: Band;
  /** What the band is, when it is not what was expected. */
  bandName?: string;
  forecast?: ChartForecast;
  anomalies: Anomaly[];
  /** Of those, the ones whose time is tinted. */
  shaded: Anomaly[];
  deployments: DeploymentMark[];
  moments?: Moment[];
  limit?: Limit;
}

export const NO_MARKS: ChartMarks = { anomalies: [], shaded: [], deployments: [] };

export type MarkEvent = { at_ms: number } & (
  { type: "anomaly"; anomaly: Anomaly } | { type: "deployment"; deployment: DeploymentMark }
);

export interface MarkCluster {
  x: number;
  events: MarkEvent[];
}

interface MeasureChoice {
  measure: AnomalyMeasure;
  /** From the unit of the measure to that of the chart. */
  factor: number;
}

const CHOICES: Record<Signal, MeasureChoice> = {
  latency: { measure: "latency_ms_p95", factor: 1 },
  error_rate: { measure: "error_rate", factor: 1 },
  client_error_rate: { measure: "client_error_rate", factor: 1 },
  traffic: { measure: "requests_per_minute", factor: 1 / 60 },
};

/** The marks of a chart about these signals; the band is that of the first. A chart of many endpoints tints only
 * what is severe: a small matter at one of them says nothing about the sum. */
export function marksFor(expectations: Expectations | undefined, signals: Signal[]): ChartMarks | undefined {
  if (!expectations) return undefined;
  const { measure, factor } = CHOICES[signals[0]!];
  const anomalies = expectations.anomalies.filter((anomaly) => signals.includes(anomaly.signal));
  const single = expectations.measures.length > 0;
  return {
    band: bandOf(expectations, measure, factor),
    anomalies,
    shaded: single ? anomalies : anomalies.filter(isSevere),
    deployments: expectations.deployments,
  };
}

function isSevere({ severity }: Anomaly): boolean {
  return severity === "critical" || severity === "high";
}

export interface Shade {
  from_ms: number;
  to_ms: number;
  severity: Severity;
}

/** The time of anomalies without overlaps: where several go on, the most severe gives the colour. */
export function shadesOf(anomalies: Anomaly[], now_ms: number): Shade[] {
  const endOf = (item: Anomaly) => Math.max(item.onset_ms, item.closed_ms ?? now_ms);
  const edges = [...new Set(anomalies.flatMap((item) => [item.onset_ms, endOf(item)]))].sort((a, b) => a - b);
  const shades: Shade[] = [];
  for (let index = 0; index + 1 < edges.length; index += 1) {
    const [from_ms, to_ms] = [edges[index]!, edges[index + 1]!];
    const covering = anomalies.filter((item) => item.onset_ms <= from_ms && endOf(item) >= to_ms);
    if (covering.length === 0) continue;
    const severity = SEVERITIES.find((word) => covering.some((item) => item.severity === word))!;
    const before = shades[shades.length - 1];
    if (before?.to_ms === from_ms && before.severity === severity) before.to_ms = to_ms;
    else shades.push({ from_ms, to_ms, severity });
  }
  return shades;
}

export function bandOf(expectations: Expectations, measure: AnomalyMeasure, factor: number): Band | undefined {
  const found = expectations.measures.find((item) => item.measure === measure);
  if (!found || !found.upper.some((value) => value !== null)) return undefined;
  const scaled = (values: (number | null)[]) => values.map((value) => (value === null ? null : value * factor));
  const { t0_ms, step_ms } = expectations;
  return { t0_ms, step_ms, lower: scaled(found.lower), upper: scaled(found.upper) };
}

/** Runs `[start, end)` in which both edges are known. A band must not bridge what nobody expected anything of. */
export function bandRuns(band: Pick<Band, "lower" | "upper">): [number, number][] {
  const runs: [number, number][] = [];
  let start = -1;
  for (let index = 0; index <= band.upper.length; index += 1) {
    const known = index < band.upper.length && band.lower[index] != null && band.upper[index] != null;
    if (known && start < 0) start = index;
    if (!known && start >= 0) {
      runs.push([start, index]);
      start = -1;
    }
  }
  return runs;
}

/** The edges at a moment, or null. */
export function bandAt(band: Band | undefined, time_ms: number): { lower: number; upper: number } | null {
  if (!band) return null;
  const index = Math.floor((time_ms - band.t0_ms) / band.step_ms);
  const lower = band.lower[index];
  const upper = band.upper[index];
  return lower == null || upper == null ? null : { lower, upper };
}

/** Highest edge in the range, for the y axis. */
export function bandTop(band: Band | undefined, from_ms: number, to_ms: number): number | null {
  if (!band) return null;
  let top: number | null = null;
  band.upper.forEach((value, index) => {
    const time_ms = band.t0_ms + index * band.step_ms;
    if (value !== null && time_ms >= from_ms && time_ms <= to_ms && (top === null || value > top)) top = value;
  });
  return top;
}

export function anomaliesAt(anomalies: Anomaly[], from_ms: number, to_ms: number): Anomaly[] {
  return anomalies.filter((item) => item.onset_ms < to_ms && (item.closed_ms === null || item.closed_ms > from_ms));
}

/** Onsets and deployments inside the range, oldest first. */
export function markEvents(marks: ChartMarks, from_ms: number, to_ms: number): MarkEvent[] {
  const events: MarkEvent[] = [
    ...marks.anomalies.map((anomaly) => ({ type: "anomaly" as const, at_ms: anomaly.onset_ms, anomaly })),
    ...marks.deployments.map((deployment) => ({ type: "deployment" as const, at_ms: deployment.at_ms, deployment })),
  ];
  return events.filter((event) => event.at_ms >= from_ms && event.at_ms <= to_ms).sort((a, b) => a.at_ms - b.at_ms);
}

/** Neighbours closer than `gap` become one; the cluster stands at its most severe member. */
export function clusterEvents(events: MarkEvent[], xOf: (time_ms: number) => number, gap: number): MarkCluster[] {
  const clusters: MarkCluster[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    const x = xOf(event.at_ms);
    const cluster = clusters[clusters.length - 1];
    if (cluster && x - last < gap) cluster.events.push(event);
    else {
      clusters.push({ x, events: [event] });
      last = x;
    }
  }
  return clusters;
}

/** The event that a cluster is drawn as. */
export function leading(cluster: MarkCluster): MarkEvent {
  return cluster.events.reduce((best, event) => (rank(event) < rank(best) ? event : best));
}

/** At most `max` of its events: the most severe, in the order of time. */
export function foremost(cluster: MarkCluster, max: number): MarkEvent[] {
  const kept = new Set(cluster.events.toSorted((a, b) => rank(a) - rank(b)).slice(0, max));
  return cluster.events.filter((event) => kept.has(event));
}

function rank(event: MarkEvent): number {
  return event.type === "anomaly" ? SEVERITIES.indexOf(event.anomaly.severity) : SEVERITIES.length;
}
