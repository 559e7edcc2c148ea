// One line of the alert list. Owns both layouts, wide and card.
import { memo } from "react";
import { AlertStateChip } from "../../alerting/chips";
import { rowSentence } from "../../alerting/sentence";
import { countdown } from "../../alerting/span";
import { mutesText } from "../../alerting/words";
import type { Alert } from "../../api/alertTypes";
import { basePath } from "../../base";
import { SeverityChip } from "../../detection/chips";
import { environmentNameOf } from "../../parts/environment";
import { clock, dateTime, dayMonth } from "../../time/format";
import { duration } from "../../units";

export const NARROW_PX = 760;

interface AlertRowProps {
  alert: Alert;
  start: number;
  height: number;
  index: number;
  narrow: boolean;
  active: boolean;
  selected: boolean;
  onToggle: (id: string) => void;
  onOpen: (id: string) => void;
  /** The part of the address that goes along. */
  search: string;
  now_ms: number;
  zone: string;
}

export const AlertRow = memo(function AlertRow(props: AlertRowProps) {
  const { alert, start, height, index, narrow, active, selected, onOpen } = props;
  const Layout = narrow ? CardCells : WideCells;
  return (
    <div
      id={`alert-${alert.id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-alert={alert.id}
      className={`absolute inset-x-0 top-0 cursor-pointer border-b border-line hover:bg-bg ${
        narrow ? "px-3 py-2" : "alert-grid"
      } ${selected ? "bg-selected" : ""} ${active ? "outline-2 -outline-offset-2 outline-accent" : ""} ${
        alert.state === "firing" ? "" : "text-muted"
      }`}
      style={{ height, transform: `translateY(${start}px)` }}
      onClick={(event) => (event.target as HTMLElement).closest("a, input, label") ?? onOpen(alert.id)}
    >
      <Layout {...props} />
    </div>
  );
}, sameRow);

/** Rows say minutes, so a second alone draws none again. */
function sameRow(before: AlertRowProps, after: AlertRowProps): boolean {
  const keys = Object.keys(after) as (keyof AlertRowProps)[];
  return keys.every((key) =>
    key === "now_ms"
      ? Math.floor(before.now_ms / 60_000) === Math.floor(after.now_ms / 60_000)
      : before[key] === after[key],
  );
}

function WideCells({ alert, search, onOpen, selected, onToggle, now_ms, zone }: AlertRowProps) {
  return (
    <>
      <span role="gridcell">
        <Check alert={alert} checked={selected} onToggle={onToggle} />
      </span>
      <span role="gridcell">
        <SeverityChip severity={alert.severity} over={alert.state !== "firing"} />
      </span>
      <span role="gridcell" className="min-w-0">
        <Sentence alert={alert} search={search} onOpen={onOpen} className="block truncate" />
        <Place alert={alert} />
      </span>
      <span role="gridcell" className="min-w-0 text-xs leading-4" title={dateTime(sinceOf(alert), zone)}>
        <Since alert={alert} now_ms={now_ms} zone={zone} />
      </span>
      <span role="gridcell" className="flex min-w-0 flex-col items-start">
        <AlertStateChip alert={alert} />
        <Handled alert={alert} now_ms={now_ms} />
      </span>
    </>
  );
}

function CardCells({ alert, search, onOpen, selected, onToggle, now_ms, zone }: AlertRowProps) {
  return (
    <span role="gridcell" className="flex h-full flex-col gap-0.5">
      <span className="flex items-center gap-2">
        <Check alert={alert} checked={selected} onToggle={onToggle} />
        <SeverityChip severity={alert.severity} over={alert.state !== "firing"} />
        <AlertStateChip alert={alert} />
        <span className="ml-auto text-right text-xs leading-4">
          <Since alert={alert} now_ms={now_ms} zone={zone} />
        </span>
      </span>
      <Sentence
        alert={alert}
        search={search}
        onOpen={onOpen}
        className="line-clamp-2 h-9 shrink-0 leading-[18px] break-words"
      />
      <span className="mt-auto flex min-w-0 justify-between gap-2">
        <Place alert={alert} />
        <Handled alert={alert} now_ms={now_ms} />
      </span>
    </span>
  );
}

function Check({ alert, checked, onToggle }: { alert: Alert; checked: boolean; onToggle: (id: string) => void }) {
  return (
    <label className="flex size-6 shrink-0 items-center justify-center">
      <input
        type="checkbox"
        tabIndex={-1}
        className="size-3.5 accent-(--accent)"
        checked={checked}
        onChange={() => onToggle(alert.id)}
        aria-label={`Select ${alert.name}: ${alert.summary}`}
      />
    </label>
  );
}

interface SentenceProps {
  alert: Alert;
  search: string;
  onOpen: (id: string) => void;
  className: string;
}

/** A plain link: the router's costs a millisecond a row. */
function Sentence({ alert, search, onOpen, className }: SentenceProps) {
  const { heading, isPlace, body } = rowSentence(alert);
  return (
    <span className={className} title={alert.summary}>
      <a
        href={`${basePath}alerts/${encodeURIComponent(alert.id)}${search}`}
        className="group"
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // Another tab or window.
          event.preventDefault();
          onOpen(alert.id);
        }}
      >
        <span
          className={`group-hover:underline ${alert.state === "firing" ? "font-semibold" : ""} ${
            isPlace ? "font-mono text-xs" : ""
          }`}
        >
          {heading}
        </span>{" "}
        {body}
      </a>
    </span>
  );
}

function Place({ alert }: { alert: Alert }) {
  const { endpoint, environment, labels } = alert;
  const service = endpoint?.service ?? labels.service;
  const parts = [
    rowSentence(alert).isPlace ? alert.name : endpoint ? `${endpoint.method} ${endpoint.route}` : labels.endpoint,
    service,
    environment ? environmentNameOf(environment) : null,
    alert.source === "alertmanager" ? "sent in" : null,
    alert.dataset === "demo" ? "demo" : null,
  ].filter((part): part is string => Boolean(part));
  return (
    <span className="flex min-w-0 gap-1.5 text-xs leading-4 text-muted">
      {parts.map((part, index) => (
        <span key={part} className={`min-w-0 truncate ${index === 0 && part.includes("/") ? "font-mono" : ""}`}>
          {index > 0 && <span aria-hidden>· </span>}
          {part}
        </span>
      ))}
    </span>
  );
}

function sinceOf(alert: Alert): number {
  return alert.firing_since_ms ?? alert.started_ms;
}

/** When it began, and how long it lasts or lasted. */
function Since({ alert, now_ms, zone }: { alert: Alert; now_ms: number; zone: string }) {
  const since_ms = sinceOf(alert);
  const today = dayMonth(since_ms, zone) === dayMonth(now_ms, zone);
  return (
    <>
      <span className="block whitespace-nowrap">
        {today ? "" : `${dayMonth(since_ms, zone)}, `}
        {clock(since_ms, zone)}
      </span>
      <span className="block truncate text-muted">for {duration((alert.resolved_ms ?? now_ms) - since_ms)}</span>
    </>
  );
}

/** Who has taken it, until when it sleeps, or what hides it. */
function Handled({ alert, now_ms }: { alert: Alert; now_ms: number }) {
  const words = handledText(alert, now_ms);
  return (
    <span className="max-w-full truncate px-1.5 text-[11px] leading-4 text-muted" title={words}>
      {words}
    </span>
  );
}

function handledText(alert: Alert, now_ms: number): string {
  const assigned = alert.assignee ? `assigned to ${alert.assignee}` : "";
  const parts: string[] = [];
  if (alert.state === "acknowledged" && alert.acknowledged) parts.push(`by ${alert.acknowledged.by}`);
  if (alert.state === "snoozed" && alert.snoozed_until_ms !== null)
    parts.push(`for ${countdown(alert.snoozed_until_ms - now_ms)}`);
  if (alert.muted_by.length > 0) parts.push(`by ${mutesText(alert)}`);
  if (assigned) parts.push(assigned);
  return parts.join(", ");
}
