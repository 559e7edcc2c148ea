// The promise and whether it is kept: false alarms that the settings allow against those that people found, and how
// often noise alone would pass each threshold. Owns the words.
import { useDetection } from "../../api/detectionQueries";
import type { DetectionStatus } from "../../api/detectionTypes";
import { perWeek, score, SIGNAL_NAMES } from "../../detection/words";
import { Panel } from "../../parts/Panel";
import { Failure, Skeleton } from "../../parts/states";
import { count, plural, threeDigits } from "../../units";

export function PromisePanel() {
  const { data, error, refetch } = useDetection();
  return (
    <Panel title="Promised and measured" note="false alarms a week, medium severity or higher">
      {data ? (
        <Promise status={data} />
      ) : error ? (
        <Failure what="The measurement" error={error} retry={() => void refetch()} height={300} />
      ) : (
        <div className="px-3 pb-3">
          <Skeleton height={300} />
        </div>
      )}
    </Panel>
  );
}

function Promise({ status }: { status: DetectionStatus }) {
  const {
    promised_per_week: promised,
    measured_per_week: measured,
    measured_lower: lower,
    measured_upper: upper,
  } = status;
  return (
    <>
      <div className="grid grid-cols-2 gap-3 px-3 pt-1 pb-3">
        <Figure name="Promised" value={threeDigits(promised)} note="at most, a week" />
        <Figure
          name="Measured"
          value={measured === null ? "not yet" : threeDigits(Number(measured.toFixed(2)))}
          note={
            measured === null
              ? "judge some anomalies, and it can be"
              : lower === null || upper === null
                ? "a week, over 30 days"
                : `a week; ${threeDigits(Number(lower.toFixed(2)))} to ${threeDigits(Number(upper.toFixed(2)))} with 95 % certainty`
          }
        />
      </div>
      {measured !== null && lower !== null && upper !== null && (
        <Interval promised={promised} measured={measured} lower={lower} upper={upper} />
      )}
      <p className="px-3 pb-3 text-xs text-muted">
        Of the last 30 days, {plural(status.confirmed_30d, "anomaly was", "anomalies were")} confirmed,{" "}
        {status.false_positive_30d} judged false positive and {status.unjudged_30d} not judged.{" "}
        {plural(status.series_watched, "series is", "series are")} watched
        {status.series_learning > 0 ? `, ${status.series_learning} of them still learning` : ""}; there is room for{" "}
        {count(status.series_max)}.
      </p>
      <div className="overflow-x-auto border-t border-line" tabIndex={0} role="region" aria-label="Thresholds table">
        <table className="w-full min-w-110 text-xs">
          <thead>
            <tr className="h-8 border-b border-line text-right text-muted">
              <th scope="col" className="pl-3 text-left font-medium">
                Signal
              </th>
              <th scope="col" className="px-2 font-medium">
                Score needed
              </th>
              <th scope="col" className="px-2 font-medium">
                Promised
              </th>
              <th scope="col" className="px-2 font-medium">
                Noise alone
              </th>
              <th scope="col" className="pr-3 font-medium">
                Fitted to
              </th>
            </tr>
          </thead>
          <tbody>
            {status.signals.map((item) => (
              <tr key={item.signal} className="h-8 border-b border-line text-right last:border-b-0">
                <th scope="row" className="pl-3 text-left font-normal">
                  {SIGNAL_NAMES[item.signal]}
                </th>
                <td className="px-2">{score(item.threshold)}</td>
                <td className="px-2">{perWeek(item.promised_per_week)}</td>
                <td className={`px-2 ${item.noise_per_week > item.promised_per_week ? "text-warn" : ""}`}>
                  {perWeek(item.noise_per_week)}
                </td>
                <td className="pr-3 text-muted">{plural(item.peaks_seen, "peak")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div className="min-w-0">
      <p className="text-xs text-muted">{name}</p>
      <p className="text-2xl leading-8 font-semibold">{value}</p>
      <p className="text-xs text-muted">{note}</p>
    </div>
  );
}

interface IntervalProps {
  promised: number;
  measured: number;
  lower: number;
  upper: number;
}

/** The interval on a line from zero; the promise is where it must not reach beyond. */
function Interval({ promised, measured, lower, upper }: IntervalProps) {
  const end = Math.max(upper, promised) * 1.15;
  const place = (value: number) => `${(value / end) * 100}%`;
  const kept = upper <= promised ? "kept" : lower > promised ? "broken" : "open";
  const words = {
    kept: "The promise is kept.",
    broken: "There are more than promised: lower the sensitivity or judge what is wrong.",
    open: "Too early to say: the interval reaches across the promise.",
  };
  const color = kept === "kept" ? "--ok" : kept === "broken" ? "--critical" : "--series-1";
  return (
    <div className="px-3 pb-3 text-xs">
      <div className="relative h-7" aria-hidden>
        <span className="absolute inset-x-0 top-3 h-px bg-line" />
        <span
          className="absolute top-2 h-2 rounded-full opacity-50"
          style={{
            left: place(lower),
            width: `max(4px, ${((upper - lower) / end) * 100}%)`,
            background: `var(${color})`,
          }}
        />
        <span
          className="absolute top-1.5 -ml-1.5 size-3 rounded-full border-2 border-surface"
          style={{ left: place(measured), background: `var(${color})` }}
        />
        <span className="absolute top-0 h-6 border-l border-dashed border-text" style={{ left: place(promised) }} />
        <span className="absolute -bottom-2.5 pl-1 text-[11px] text-muted" style={{ left: place(promised) }}>
          promised
        </span>
      </div>
      <p className="mt-3">{words[kept]}</p>
    </div>
  );
}
