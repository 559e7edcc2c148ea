// One line of the list: an anomaly, or the heading of several that began together. Owns both layouts, wide and card.
import { Clock, Layers, Siren } from "lucide-react";
import { memo } from "react";
import type { Anomaly } from "../../api/detectionTypes";
import { basePath } from "../../base";
import { Sparkline } from "../../charts/Sparkline";
import { HandledChip, SeverityChip } from "../../detection/chips";
import { worst } from "../../detection/group";
import { bodyOf, timelessSentence } from "../../detection/sentence";
import { SeverityGlyph, severityColor } from "../../detection/SeverityGlyph";
import { CLOSE_NAMES, KIND_NAMES, lasted, score, SEVERITY_NAMES } from "../../detection/words";
import { environmentNameOf } from "../../parts/environment";
import { clock, dateTime, dayMonth } from "../../time/format";
import { count, duration, plural } from "../../units";
import { sharedPlace } from "./rows";

export const NARROW_PX = 760;

interface AnomalyRowProps {
  anomaly: Anomaly;
  grouped: boolean;
  /** Of its group. */
  last: boolean;
  start: number;
  height: number;
  index: number;
  narrow: boolean;
  active: boolean;
  selected: boolean;
  onToggle: (id: string) => void;
  onOpen: (id: string) => void;
  onIncident: (id: string) => void;
  /** The part of the address that goes along. */
  search: string;
  /** Only where it still lasts does time change what a row says. */
  now_ms: number;
  zone: string;
}

export const AnomalyRow = memo(function AnomalyRow(props: AnomalyRowProps) {
  const { anomaly, grouped, last, start, height, index, narrow, active, selected, onOpen } = props;
  const over = anomaly.closed_ms !== null;
  const Layout = narrow ? CardCells : WideCells;
  return (
    <div
      id={`anomaly-${anomaly.id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-anomaly={anomaly.id}
      className={`absolute inset-x-0 top-0 cursor-pointer border-b border-line hover:bg-bg ${
        narrow ? "px-3 py-2" : "anomaly-grid"
      } ${selected ? "bg-selected" : ""} ${active ? "outline-2 -outline-offset-2 outline-accent" : ""} ${
        over ? "text-muted" : ""
      }`}
      style={{ height, transform: `translateY(${start}px)` }}
      onClick={(event) => (event.target as HTMLElement).closest("a, input, label") ?? onOpen(anomaly.id)}
    >
      {grouped && (
        <span aria-hidden className={`absolute top-0 left-1.5 w-px bg-line-strong ${last ? "bottom-3" : "bottom-0"}`} />
      )}
      <Layout {...props} over={over} />
    </div>
  );
}, sameRow);

/** The clock alone does not draw a row again that is over. */
function sameRow(before: AnomalyRowProps, after: AnomalyRowProps): boolean {
  const keys = Object.keys(after) as (keyof AnomalyRowProps)[];
  return keys.every((key) => before[key] === after[key] || (key === "now_ms" && sameMinute(before, after)));
}

function sameMinute(before: AnomalyRowProps, after: AnomalyRowProps): boolean {
  return Math.floor(before.now_ms / 60_000) === Math.floor(after.now_ms / 60_000);
}

type CellProps = AnomalyRowProps & { over: boolean };

function WideCells({ anomaly, grouped, search, onOpen, onIncident, selected, onToggle, now_ms, zone, over }: CellProps) {
  const { incident_id } = anomaly;
  return (
    <>
      <span role="gridcell">
        <Check anomaly={anomaly} checked={selected} onToggle={onToggle} />
      </span>
      <span role="gridcell">
        <SeverityChip severity={anomaly.severity} over={over} />
      </span>
      <span role="gridcell" className="flex min-w-0 items-center gap-2">
        <span className="min-w-0 flex-1">
          <Sentence anomaly={anomaly} search={search} onOpen={onOpen} className="block" linkClassName="block truncate" />
          <Place anomaly={anomaly} />
        </span>
        {incident_id && !grouped && <ToIncident id={incident_id} search={search} onIncident={onIncident} />}
      </span>
      <span role="gridcell" className="min-w-0 text-xs leading-4" title={dateTime(anomaly.onset_ms, zone)}>
        <Since anomaly={anomaly} now_ms={now_ms} zone={zone} />
      </span>
      <span role="gridcell" className="min-w-0 text-right text-xs leading-4" title={hurtTitle(anomaly)}>
        <span className={over ? "" : "text-text"}>{count(Math.round(anomaly.requests_hurt))}</span>
        <span className="block text-muted">of {count(anomaly.requests)}</span>
      </span>
      <span role="gridcell" title={`Score ${score(anomaly.score_peak)}, needed ${score(anomaly.threshold)}`}>
        <Sparkline
          values={anomaly.spark.score}
          width={76}
          height={24}
          color={over ? "--faint" : severityColor(anomaly.severity)}
          fromZero
        />
        <span className="sr-only">
          {score(anomaly.score_peak)}, needed {score(anomaly.threshold)}
        </span>
      </span>
      <span role="gridcell" className="flex min-w-0 flex-col items-start">
        <HandledChip anomaly={anomaly} />
        {anomaly.assignee && (
          <span className="max-w-full truncate px-1.5 text-[11px] text-muted">{anomaly.assignee}</span>
        )}
      </span>
    </>
  );
}

function CardCells({ anomaly, grouped, search, onOpen, onIncident, selected, onToggle, now_ms, zone, over }: CellProps) {
  const { incident_id } = anomaly;
  return (
    <span role="gridcell" className="flex h-full flex-col gap-0.5">
      <span className="flex items-center gap-2">
        <Check anomaly={anomaly} checked={selected} onToggle={onToggle} />
        <SeverityChip severity={anomaly.severity} over={over} />
        <HandledChip anomaly={anomaly} />
        {incident_id && !grouped && <ToIncident id={incident_id} search={search} onIncident={onIncident} />}
        <span className="ml-auto text-right text-xs leading-4">
          <Since anomaly={anomaly} now_ms={now_ms} zone={zone} />
        </span>
      </span>
      <Sentence
        anomaly={anomaly}
        search={search}
        onOpen={onOpen}
        className="line-clamp-2 h-9 shrink-0 leading-[18px] break-words"
      />
      <span className="mt-auto">
        <Place anomaly={anomaly} />
      </span>
    </span>
  );
}

function Check({ anomaly, checked, onToggle }: { anomaly: Anomaly; checked: boolean; onToggle: (id: string) => void }) {
  return (
    <label className="flex size-6 shrink-0 items-center justify-center">
      <input
        type="checkbox"
        tabIndex={-1}
        className="size-3.5 accent-(--accent)"
        checked={checked}
        onChange={() => onToggle(anomaly.id)}
        aria-label={`Select ${timelessSentence(anomaly)}`}
      />
    </label>
  );
}

/** A plain link: the router's costs a millisecond a row, and a list of thousands scrolls ten rows a frame. */
function Sentence({ anomaly, search, onOpen, className, linkClassName = "" }: SentenceProps) {
  const { id, endpoint, closed_ms } = anomaly;
  return (
    <span className={className} title={timelessSentence(anomaly)}>
      <a
        href={`${basePath}anomalies/${id}${search}`}
        className={`group ${linkClassName}`}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // Another tab or window.
          event.preventDefault();
          onOpen(id);
        }}
      >
        <span className={`font-mono text-xs group-hover:underline ${closed_ms === null ? "font-semibold" : ""}`}>
          {endpoint.method} {endpoint.route}
        </span>{" "}
        {bodyOf(anomaly)}
      </a>
    </span>
  );
}

interface SentenceProps {
  anomaly: Anomaly;
  search: string;
  onOpen: (id: string) => void;
  className: string;
  /** Where the sentence is cut off the link itself must end, or it lies under what stands beside it. */
  linkClassName?: string;
}

function Place({ anomaly }: { anomaly: Anomaly }) {
  const { endpoint, environment, deployment, kind } = anomaly;
  return (
    <span className="flex min-w-0 gap-1.5 text-xs leading-4 text-muted">
      <span className="shrink-0">{KIND_NAMES[kind]}</span>
      <span aria-hidden>·</span>
      <span className="truncate">{endpoint.service}</span>
      <span aria-hidden>·</span>
      <span className="truncate" title={environment}>
        {environmentNameOf(environment)}
      </span>
      {deployment && <span className="truncate text-info">after {deployment}</span>}
    </span>
  );
}

interface ToIncidentProps {
  id: string;
  search: string;
  onIncident: (id: string) => void;
}

/** A plain link, like that of the sentence. */
function ToIncident({ id, search, onIncident }: ToIncidentProps) {
  return (
    <a
      href={`${basePath}incidents/${id}${search}`}
      className="inline-flex h-6 shrink-0 items-center gap-1 text-xs text-accent hover:underline"
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // Another tab or window.
        event.preventDefault();
        onIncident(id);
      }}
    >
      <Siren size={11} aria-hidden /> incident
    </a>
  );
}

/** When it began, and how long it lasts or lasted. */
function Since({ anomaly, now_ms, zone }: { anomaly: Anomaly; now_ms: number; zone: string }) {
  const today = dayMonth(anomaly.onset_ms, zone) === dayMonth(now_ms, zone);
  return (
    <>
      <span className="block whitespace-nowrap">
        {today ? "" : `${dayMonth(anomaly.onset_ms, zone)}, `}
        {clock(anomaly.onset_ms, zone)}
      </span>
      <span className="block truncate text-muted" title={anomaly.close_reason ? CLOSE_NAMES[anomaly.close_reason] : ""}>
        {anomaly.closed_ms === null ? `open ${lasted(anomaly, now_ms)}` : `for ${lasted(anomaly, now_ms)}`}
      </span>
    </>
  );
}

function hurtTitle({ requests_hurt, requests, signal }: Anomaly): string {
  const word = signal === "latency" ? "slow" : signal === "traffic" ? "missing" : "failed";
  return `About ${Math.round(requests_hurt).toLocaleString("en")} ${word} beyond the usual, of ${requests.toLocaleString("en")} since it began`;
}

interface GroupRowProps {
  anomalies: Anomaly[];
  start: number;
  height: number;
  index: number;
  selected: boolean;
  onToggle: (ids: string[], all: boolean) => void;
  onIncident: (id: string) => void;
  search: string;
  zone: string;
}

export function GroupRow(props: GroupRowProps) {
  const { anomalies, start, height, index, selected, onToggle, onIncident, search, zone } = props;
  const incident_id = anomalies[0]!.incident_id; // All of them or none: an incident is a group of its own.
  const first_ms = Math.min(...anomalies.map((item) => item.onset_ms));
  const span_ms = Math.max(...anomalies.map((item) => item.onset_ms)) - first_ms;
  const lead = worst(anomalies);
  const where = sharedPlace(anomalies, environmentNameOf);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="absolute inset-x-0 top-0 flex items-center gap-2 border-b border-line bg-bg px-3 text-xs"
      style={{ height, transform: `translateY(${start}px)` }}
    >
      <span role="gridcell" className="flex min-w-0 flex-1 items-center gap-2">
        <label className="flex size-6 shrink-0 items-center justify-center">
          <input
            type="checkbox"
            className="size-3.5 accent-(--accent)"
            checked={selected}
            onChange={() =>
              onToggle(
                anomalies.map((item) => item.id),
                !selected,
              )
            }
            aria-label={`Select all ${anomalies.length} that began together`}
          />
        </label>
        <Layers size={13} className="shrink-0 text-muted" aria-hidden />
        <span className="shrink-0 font-medium">{plural(anomalies.length, "anomaly", "anomalies")} together</span>
        <span className="min-w-0 truncate text-muted">{where}</span>
        {incident_id && <ToIncident id={incident_id} search={search} onIncident={onIncident} />}
        <span className="ml-auto flex shrink-0 items-center gap-1.5 text-muted max-md:hidden">
          <SeverityGlyph severity={lead.severity} />
          worst {SEVERITY_NAMES[lead.severity].toLowerCase()}
          <Clock size={12} className="ml-2" aria-hidden />
          {clock(first_ms, zone)}
          {span_ms > 0 ? `, all within ${duration(Math.max(1000, span_ms))}` : ""}
        </span>
      </span>
    </div>
  );
}
