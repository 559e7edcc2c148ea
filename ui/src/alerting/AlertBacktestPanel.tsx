// How the last days would have been with a changed rule or routing. Owns the run: its range, its wait and its result.
import { useMutation } from "@tanstack/react-query";
import { ChevronRight, FlaskConical, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { runAlertBacktest } from "../api/alertClient";
import type { AlertBacktest, AlertBacktestStart, BacktestAlert } from "../api/alertTypes";
import { useNow } from "../now";
import { Panel } from "../parts/Panel";
import { Segmented } from "../parts/Segmented";
import { Failure } from "../parts/states";
import { useZone } from "../scope/useScope";
import { resolveRange } from "../time/expression";
import { clock, dayMonth } from "../time/format";
import { parsePhrase } from "../time/phrase";
import { duration, threeDigits } from "../units";
import { delayText, headline, incidentsText, onlyIn, receiverRows, ruleRows } from "./backtestWords";
import { FIELD, PRIMARY } from "./fields";
import { muteText } from "./words";

const DAY_MS = 86_400_000;
const SPANS: [string, string][] = [
  ["1", "1 day"],
  ["7", "7 days"],
  ["14", "14 days"],
  ["30", "30 days"],
  ["", "Other"],
];
const SPAN_MAX_MS = 90 * DAY_MS;

interface AlertBacktestPanelProps {
  /** What is tried; the saved rules and routing are the other side. */
  tried: Pick<AlertBacktestStart, "rules" | "routing">;
  /** Why it cannot be tried yet. */
  missing?: string | null;
  id?: string;
}

export function AlertBacktestPanel({ tried, missing, id }: AlertBacktestPanelProps) {
  const zone = useZone();
  const [days, setDays] = useState("7");
  const [typed, setTyped] = useState("");
  const [started_ms, setStarted] = useState(0);
  const abort = useRef<AbortController>(null);
  const [ran, setRan] = useState("");
  const run = useMutation({
    mutationFn: () => {
      abort.current = new AbortController();
      setStarted(Date.now());
      setRan(JSON.stringify(tried));
      return runAlertBacktest({ ...tried, ...rangeOf(days, typed, zone)! }, abort.current.signal);
    },
  });
  useEffect(() => () => abort.current?.abort(), []);
  const cancelled = run.error instanceof DOMException && run.error.name === "AbortError";
  const range = rangeOf(days, typed, zone);
  const problem = missing ?? (range ? null : "Type a range of at most 90 days.");
  const isOld = run.data !== undefined && ran !== JSON.stringify(tried);
  return (
    <Panel title="Backtest" note="what would have been told, against what is saved">
      <div id={id} className="flex flex-wrap items-center gap-3 px-3 pt-1 pb-3">
        <Segmented label="Last" labelled options={SPANS} value={days} onChange={setDays} />
        {days === "" && (
          <input
            className={`${FIELD} w-72! max-w-full`}
            aria-label={`Range, in ${zone}`}
            placeholder="2026-11-20 14:00 to 2026-11-21 02:00"
            spellCheck={false}
            value={typed}
            aria-invalid={typed !== "" && !range}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        {run.isPending ? (
          <button type="button" className="control" onClick={() => abort.current?.abort()}>
            <X size={14} aria-hidden /> Cancel
          </button>
        ) : (
          <button type="button" className={PRIMARY} disabled={Boolean(problem)} onClick={() => run.mutate()}>
            <FlaskConical size={14} aria-hidden /> Backtest
          </button>
        )}
        {run.isPending && <Waiting started_ms={started_ms} length_ms={range ? range.to_ms - range.from_ms : 0} />}
        {cancelled && <p className="text-xs text-muted">Cancelled.</p>}
        {problem && <p className="text-xs text-muted">{problem}</p>}
        {isOld && !run.isPending && <p className="text-xs text-warn">Something was changed since. Run it again.</p>}
      </div>
      {run.error && !cancelled ? (
        <Failure what="The backtest" error={run.error} retry={() => run.mutate()} />
      ) : (
        run.data && !run.isPending && <Result result={run.data} />
      )}
    </Panel>
  );
}

/** Days up to now, or what somebody typed, up to now at most. */
function rangeOf(days: string, typed: string, zone: string): { from_ms: number; to_ms: number } | null {
  const now_ms = Date.now();
  if (days !== "") return { from_ms: now_ms - Number(days) * DAY_MS, to_ms: now_ms };
  const phrase = parsePhrase(typed, now_ms, zone);
  const range = phrase && resolveRange(phrase.from, phrase.to, now_ms);
  if (!range) return null;
  const [from_ms, to_ms] = [Math.round(range.from_ms), Math.round(Math.min(range.to_ms, now_ms))];
  return to_ms > from_ms && to_ms - from_ms <= SPAN_MAX_MS ? { from_ms, to_ms } : null;
}

function Waiting({ started_ms, length_ms }: { started_ms: number; length_ms: number }) {
  const now_ms = useNow();
  const seconds = Math.max(0, Math.floor((now_ms - started_ms) / 1000));
  return (
    <div className="min-w-40 flex-1">
      <p className="text-xs text-muted" role="status">
        Looking at every minute of {duration(length_ms)}, twice. {seconds > 0 ? `${seconds} s so far.` : ""}
      </p>
      <div className="mt-1 h-1 overflow-hidden rounded-full bg-bg" role="progressbar" aria-label="Running">
        <div className="refresh-bar h-full w-1/4 rounded-full bg-accent" />
      </div>
    </div>
  );
}

function Result({ result }: { result: AlertBacktest }) {
  const { current, changed, incidents_note } = result;
  const receivers = receiverRows(result);
  const rows: [string, string, string][] = [
    ["Alerts", String(current.alerts), String(changed.alerts)],
    ["Notifications", String(current.notifications), String(changed.notifications)],
    ["Incidents caught", String(current.incidents_caught), String(changed.incidents_caught)],
    ["Incidents missed", String(current.incidents_missed), String(changed.incidents_missed)],
    ["Delay, median", delayText(current), delayText(changed)],
  ];
  return (
    <div className="border-t border-line" data-backtest>
      <p className="px-3 pt-3" role="status">
        <strong className="font-semibold">{headline(result)}.</strong> {incidentsText(result)}{" "}
        <span className="text-xs text-muted">
          {duration(result.to_ms - result.from_ms)} looked at in {threeDigits(result.elapsed_s)} s.
          {incidents_note ? ` ${sentenceOf(incidents_note)}` : ""}
        </span>
      </p>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,15rem),1fr))] gap-4 px-3 py-3">
        <SideTable title="In all" rows={rows} />
        <SideTable
          title="Notifications a week"
          rows={receivers.map((row) => [row.receiver, row.current, row.changed])}
        />
        <SideTable title="Alerts by rule" rows={ruleRows(result)} />
      </div>
      <Listed title="Would fire in addition" alerts={onlyIn(changed, current)} />
      <Listed title="Would not fire" alerts={onlyIn(current, changed)} />
      <Listed title="All with the change" alerts={changed.listed} total={changed.alerts} closed />
    </div>
  );
}

function SideTable({ title, rows }: { title: string; rows: [string, string, string][] }) {
  if (rows.length === 0) return null;
  return (
    <table className="w-full self-start text-xs">
      <thead>
        <tr className="text-right text-muted">
          <th scope="col" className="py-1 text-left font-medium">
            {title}
          </th>
          <th scope="col" className="px-2 font-medium">
            saved
          </th>
          <th scope="col" className="font-medium">
            changed
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, before, after]) => (
          <tr key={name} className="border-t border-line text-right">
            <th scope="row" className="py-1 text-left font-normal break-words">
              {name}
            </th>
            <td className="px-2">{before}</td>
            <td className={before === after ? "" : "font-semibold"}>{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const LISTED_MAX = 50;

function Listed({
  title,
  alerts,
  total = alerts.length,
  closed,
}: {
  title: string;
  alerts: BacktestAlert[];
  total?: number;
  closed?: boolean;
}) {
  const zone = useZone();
  if (alerts.length === 0) return null;
  return (
    <details open={!closed} className="group border-t border-line">
      <summary className="flex min-h-9 cursor-pointer items-center gap-1.5 px-3 text-xs font-medium">
        <ChevronRight size={13} className="shrink-0 text-muted transition-transform group-open:rotate-90" aria-hidden />
        {title}: {total}
      </summary>
      <ul className="divide-y divide-line border-t border-line text-xs">
        {alerts.slice(0, LISTED_MAX).map((alert, index) => (
          <li key={index} className="flex flex-wrap items-center gap-x-3 px-3 py-1.5">
            <span className="w-28 shrink-0 whitespace-nowrap text-muted">
              {dayMonth(alert.started_ms, zone)}, {clock(alert.started_ms, zone)}
            </span>
            <span className="min-w-0 flex-1 break-words">
              <span className="font-medium">{alert.alertname}</span>{" "}
              <span className="font-mono text-[11px]">{alert.labels.endpoint ?? alert.labels.service ?? ""}</span>{" "}
              <span className="text-muted">{alert.labels.environment ?? ""}</span>
            </span>
            <span className="text-muted">
              {alert.notified_ms !== null
                ? `${alert.receiver ?? "somebody"} told after ${duration(alert.notified_ms - alert.started_ms)}`
                : alert.muted_by.length > 0
                  ? `muted by ${alert.muted_by.map(muteText).join(", ")}`
                  : "nobody told"}
              {alert.resolved_ms !== null && `, lasted ${duration(alert.resolved_ms - alert.started_ms)}`}
            </span>
          </li>
        ))}
        {total > Math.min(alerts.length, LISTED_MAX) && (
          <li className="px-3 py-1.5 text-muted">and {total - Math.min(alerts.length, LISTED_MAX)} more</li>
        )}
      </ul>
    </details>
  );
}

/** The server's notes are fragments. */
function sentenceOf(note: string): string {
  return `${note.slice(0, 1).toUpperCase()}${note.slice(1).replace(/\.$/, "")}.`;
}
