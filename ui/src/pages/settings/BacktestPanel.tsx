// How the last days would have looked with other settings. Owns the run: what is tried, its wait and its result.
import { useMutation } from "@tanstack/react-query";
import { ChevronRight, FlaskConical, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { runBacktest } from "../../api/detectionClient";
import type { Backtest, BacktestSide, DetectionSettings } from "../../api/detectionTypes";
import { AnomalyItems } from "../../detection/AnomalyItems";
import { PRESETS, withSensitivity } from "../../detection/rules";
import { SEVERITIES, SEVERITY_NAMES, SIGNAL_NAMES, SIGNALS } from "../../detection/words";
import { useNow } from "../../now";
import { Panel } from "../../parts/Panel";
import { Segmented } from "../../parts/Segmented";
import { Failure } from "../../parts/states";
import { count, plural, threeDigits } from "../../units";

const DAY_MS = 86_400_000;
const SPANS: [string, string][] = [
  ["1", "1 day"],
  ["7", "7 days"],
  ["14", "14 days"],
  ["30", "30 days"],
];

export function BacktestPanel({ settings, changed }: { settings: DetectionSettings; changed: boolean }) {
  const [days, setDays] = useState("7");
  const [choice, setChoice] = useState("high");
  const [startedMs, setStartedMs] = useState(0);
  const abort = useRef<AbortController>(null);
  const tried =
    changed && choice === "draft" ? settings : withSensitivity(settings, choice as DetectionSettings["sensitivity"]);
  const run = useMutation({
    mutationFn: () => {
      abort.current = new AbortController();
      const to_ms = Date.now();
      setStartedMs(to_ms);
      const body = { from_ms: to_ms - Number(days) * DAY_MS, to_ms, settings: tried };
      return runBacktest(body, abort.current.signal);
    },
  });
  useEffect(() => setChoice((before) => (changed ? "draft" : before === "draft" ? "high" : before)), [changed]);
  useEffect(() => () => abort.current?.abort(), []);
  const cancelled = run.error instanceof DOMException && run.error.name === "AbortError";
  return (
    <Panel title="Try on the past" note="against the settings that are saved">
      <div className="flex flex-col gap-3 px-3 pt-1 pb-3">
        <div className="flex flex-wrap gap-x-4 gap-y-2">
          <Segmented
            label="Settings"
            labelled
            options={[
              ...(changed ? [["draft", "Not yet saved"] as [string, string]] : []),
              ...PRESETS.map(([value, name]): [string, string] => [value, name]),
            ]}
            value={choice}
            onChange={setChoice}
          />
          <Segmented label="Last" labelled options={SPANS} value={days} onChange={setDays} />
        </div>
        <div className="flex items-center gap-3">
          {run.isPending ? (
            <button type="button" className="control" onClick={() => abort.current?.abort()}>
              <X size={14} aria-hidden /> Cancel
            </button>
          ) : (
            <button
              type="button"
              className="control border-accent bg-accent font-medium text-on-accent"
              onClick={() => run.mutate()}
            >
              <FlaskConical size={14} aria-hidden /> Run
            </button>
          )}
          {run.isPending && <Waiting started_ms={startedMs} days={Number(days)} />}
          {cancelled && <p className="text-xs text-muted">Cancelled.</p>}
        </div>
      </div>
      {run.error && !cancelled ? (
        <Failure what="The run" error={run.error} retry={() => run.mutate()} />
      ) : (
        run.data && !run.isPending && <Result result={run.data} />
      )}
    </Panel>
  );
}

function Waiting({ started_ms, days }: { started_ms: number; days: number }) {
  const now_ms = useNow();
  const seconds = Math.max(0, Math.floor((now_ms - started_ms) / 1000));
  return (
    <div className="min-w-0 flex-1">
      <p className="text-xs text-muted" role="status">
        Looking at every minute of {plural(days, "day")}, twice. {seconds > 0 ? `${seconds} s so far.` : ""}
      </p>
      <div className="mt-1 h-1 overflow-hidden rounded-full bg-bg" role="progressbar" aria-label="Running">
        <div className="refresh-bar h-full w-1/4 rounded-full bg-accent" />
      </div>
    </div>
  );
}

function Result({ result }: { result: Backtest }) {
  const { current, changed, only_current, only_changed, both } = result;
  const difference = changed.opened - current.opened;
  return (
    <div className="border-t border-line" data-backtest>
      <p className="px-3 pt-3" role="status">
        <strong className="font-semibold">
          {plural(changed.opened, "anomaly", "anomalies")} instead of {current.opened}
        </strong>
        {difference === 0 ? ", " : ` (${difference > 0 ? "+" : "−"}${Math.abs(difference)}), `}
        {both} of them the same.{" "}
        <span className="text-xs text-muted">
          {plural(result.series, "series", "series")}, {count(result.windows)} minutes, in {threeDigits(result.seconds)}{" "}
          s. Both sides start untaught: what verdicts changed is not in it.
        </span>
      </p>
      <div className="grid grid-cols-2 gap-4 px-3 py-3 max-sm:grid-cols-1">
        <SideTable
          title="By severity"
          current={current}
          changed={changed}
          rows={SEVERITIES.map((key) => [SEVERITY_NAMES[key], (side) => side.by_severity[key]])}
        />
        <SideTable
          title="By signal"
          current={current}
          changed={changed}
          rows={SIGNALS.map((key) => [SIGNAL_NAMES[key], (side) => side.by_signal[key]])}
        />
      </div>
      <Difference title="Would not have been reported" anomalies={only_current} />
      <Difference title="Would have been reported in addition" anomalies={only_changed} />
    </div>
  );
}

interface SideTableProps {
  title: string;
  current: BacktestSide;
  changed: BacktestSide;
  rows: [string, (side: BacktestSide) => number][];
}

function SideTable({ title, current, changed, rows }: SideTableProps) {
  return (
    <table className="w-full text-xs">
      <thead>
        <tr className="text-right text-muted">
          <th scope="col" className="py-1 text-left font-medium">
            {title}
          </th>
          <th scope="col" className="px-2 font-medium">
            saved
          </th>
          <th scope="col" className="font-medium">
            tried
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, of]) => (
          <tr key={name} className="border-t border-line text-right">
            <th scope="row" className="py-1 text-left font-normal">
              {name}
            </th>
            <td className="px-2">{of(current)}</td>
            <td className={of(changed) === of(current) ? "" : "font-semibold"}>{of(changed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const LISTED_MAX = 200; // As many as the server sends.

function Difference({ title, anomalies }: { title: string; anomalies: Backtest["only_current"] }) {
  if (anomalies.length === 0) return null;
  return (
    <details className="group border-t border-line" open={anomalies.length <= 10}>
      <summary className="flex h-9 cursor-pointer items-center gap-1.5 px-3 text-xs">
        <ChevronRight size={13} className="shrink-0 text-muted group-open:rotate-90" aria-hidden />
        {title}: {anomalies.length >= LISTED_MAX ? `the newest ${LISTED_MAX}` : anomalies.length}
      </summary>
      <div className="max-h-80 overflow-auto border-t border-line" tabIndex={0} role="region" aria-label={title}>
        <AnomalyItems anomalies={anomalies} withEndpoint unlinked />
      </div>
    </details>
  );
}
