// The numbers behind a verdict: here against there as two bars on one scale, and the difference with its interval on an
// axis that all rows share. Owns both scales.
import { CircleCheck, CircleHelp, CircleMinus, ThumbsUp, type LucideIcon } from "lucide-react";
import type { Comparison } from "../api/incidentTypes";
import { count, plural, share } from "../units";
import { barLength, intervalAxis, placeOn, type IntervalAxis } from "./interval";
import {
  AGAINST_NAMES,
  differenceText,
  EVIDENCE_NAMES,
  evidenceOf,
  MEASURE_NAMES,
  points,
  rawText,
  subjectText,
  type Evidence as EvidenceKind,
} from "./words";

export function Comparisons({ items, label }: { items: Comparison[]; label: string }) {
  const axis = intervalAxis(items);
  const longest = Math.max(0, ...items.flatMap((item) => [item.share_here, item.share_there]));
  return (
    <div className="@container">
      <ul aria-label={label} className="divide-y divide-line text-xs">
        {items.map((item, index) => (
          <Row key={index} item={item} axis={axis} longest={longest} />
        ))}
      </ul>
      <AxisKey axis={axis} />
    </div>
  );
}

interface RowProps {
  item: Comparison;
  axis: IntervalAxis;
  longest: number;
}

function Row({ item, axis, longest }: RowProps) {
  const raw = rawText(item);
  const here = subjectText(item.here) || "here";
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_16rem] gap-x-5 gap-y-2 px-3 py-2.5 @max-2xl:grid-cols-1" data-comparison>
      <div className="min-w-0">
        <p className="mb-1 flex flex-wrap items-center gap-x-2">
          <span className="font-medium">{MEASURE_NAMES[item.measure]}</span>
          <span className="text-muted">
            against {AGAINST_NAMES[item.against]}, {plural(item.endpoints, "shared endpoint")}
          </span>
        </p>
        <Bar
          name={here}
          value={item.share_here}
          requests={item.requests_here}
          length={barLength(item.share_here, longest)}
          color="--series-2"
        />
        <Bar
          name={item.there}
          value={item.share_there}
          requests={item.requests_there}
          length={barLength(item.share_there, longest)}
          color="--line-strong"
        />
        {raw && <p className="mt-1 text-muted">{raw}</p>}
      </div>
      <div className="min-w-0">
        <p className="flex h-5 flex-wrap items-center gap-x-2 @max-2xl:h-auto">
          <span className="font-medium whitespace-nowrap">{differenceText(item)}</span>
          <Evidence item={item} />
        </p>
        <Interval item={item} axis={axis} />
      </div>
    </li>
  );
}

const EVIDENCE_ICONS: Record<EvidenceKind, LucideIcon> = {
  evident: CircleCheck,
  small: CircleMinus,
  chance: CircleHelp,
  better: ThumbsUp,
};

export function Evidence({ item }: { item: Comparison }) {
  const evidence = evidenceOf(item);
  const Icon = EVIDENCE_ICONS[evidence];
  return (
    <span
      className={`ml-auto inline-flex items-center gap-1 whitespace-nowrap ${evidence === "evident" ? "font-medium" : "text-muted"}`}
    >
      <Icon size={12} className="shrink-0" aria-hidden />
      {EVIDENCE_NAMES[evidence]}
    </span>
  );
}

interface BarProps {
  name: string;
  value: number;
  requests: number;
  length: number;
  color: string;
}

function Bar({ name, value, requests, length, color }: BarProps) {
  return (
    <p className="flex h-6 items-center gap-2">
      <span className="w-40 shrink-0 truncate @max-lg:w-28" title={name}>
        {name}
      </span>
      <span className="h-2.5 min-w-8 flex-1 overflow-hidden rounded-sm bg-bg" aria-hidden>
        <span
          className="block h-full rounded-sm"
          style={{ width: `max(${value > 0 ? 2 : 0}px, ${length * 100}%)`, background: `var(${color})` }}
        />
      </span>
      <span className="w-13 shrink-0 text-right font-medium whitespace-nowrap">{share(value)}</span>
      <span className="w-16 shrink-0 text-right whitespace-nowrap text-muted" title={requests.toLocaleString("en")}>
        of {count(requests)}
      </span>
    </p>
  );
}

/** The whisker is the interval, the dot the difference, the line in the middle no difference. */
export function Interval({ item, axis }: { item: Pick<Comparison, "lower" | "upper" | "difference" | "is_evident">; axis: IntervalAxis }) {
  const at = (value: number) => placeOn(axis, value) * 100;
  const color = item.is_evident ? "var(--text)" : "var(--muted)";
  return (
    <span className="relative mt-1 block h-5 rounded-sm bg-bg" aria-hidden>
      <span className="absolute inset-y-0 w-px bg-line-strong" style={{ left: `${at(0)}%` }} />
      <span
        className="absolute top-1/2 h-0.5 -translate-y-1/2"
        style={{ left: `${at(item.lower)}%`, width: `${at(item.upper) - at(item.lower)}%`, background: color }}
      />
      {[item.lower, item.upper].map((end, index) => (
        <span
          key={index}
          className="absolute top-1/2 h-2 w-0.5 -translate-x-1/2 -translate-y-1/2"
          style={{ left: `${at(end)}%`, background: color }}
        />
      ))}
      <span
        className="absolute top-1/2 size-2 -translate-x-1/2 -translate-y-1/2 rounded-full"
        style={{ left: `${at(item.difference)}%`, background: color }}
      />
    </span>
  );
}

function AxisKey({ axis }: { axis: IntervalAxis }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_16rem] gap-x-5 px-3 pb-2 text-[11px] leading-4 text-muted @max-2xl:grid-cols-1">
      <p className="@max-2xl:order-last">
        Intervals of 95 %, adjusted to the same mix of endpoints; right of the line is worse here.
      </p>
      <p className="relative h-4">
        <span className="absolute left-0">{points(axis.low)}</span>
        <span className="absolute right-0">{points(axis.high)}</span>
      </p>
    </div>
  );
}
