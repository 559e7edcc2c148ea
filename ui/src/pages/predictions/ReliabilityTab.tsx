// How good past forecasts were: bands against what came, predicted breaches against breaches. Owns the panels.
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useReliability } from "../../api/forecastQueries";
import type { ForecastReliability, ForecastRecord } from "../../api/forecastTypes";
import { MEASURE_NAMES } from "../../forecasting/words";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useScope, useZone } from "../../scope/useScope";
import { dayMonth } from "../../time/format";
import { share, threeDigits } from "../../units";
import { leadName, levelsOf, levelVerdict, overallText } from "./reliability";
import { BreachPanel } from "./BreachPanel";

export default function ReliabilityTab() {
  const scope = useScope();
  const query = useReliability(scope);
  const { data } = query;
  if (!data && query.error) {
    return (
      <div className="panel">
        <Failure what="The record of forecasts" error={query.error} retry={() => void query.refetch()} />
      </div>
    );
  }
  if (!data) return <Skeleton height={520} />;
  if (!data.all || data.all.values === 0) {
    return (
      <div className="panel">
        <Empty
          reason="No forecast of this range has come due yet. Each is compared with what really came, an hour to two weeks later."
          height={240}
        />
        {data.breaches.predictions > 0 && <BreachPanel breaches={data.breaches} />}
      </div>
    );
  }
  return <Records data={data} all={data.all} refreshing={query.isPlaceholderData} />;
}

interface RecordsProps {
  data: ForecastReliability;
  all: ForecastRecord;
  refreshing: boolean;
}

function Records({ data, all, refreshing }: RecordsProps) {
  const zone = useZone();
  const isPromised = overallText(all).startsWith("Bands hold");
  return (
    <div className="flex flex-col gap-3">
      <p className="panel flex items-center gap-2.5 px-3 py-2.5" role="status" data-verdict>
        {isPromised ? (
          <CircleCheck size={17} className="shrink-0 text-ok" aria-hidden />
        ) : (
          <TriangleAlert size={17} className="shrink-0 text-warn" aria-hidden />
        )}
        <span>
          <strong className="font-semibold">{overallText(all)}</strong>{" "}
          <span className="text-muted">{ratioText(all)}</span>
        </span>
      </p>
      <div className="grid grid-cols-2 items-start gap-3 max-rail:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-3">
          <Panel title="Did values stay inside their bands?" note="held, against promised" refreshing={refreshing}>
            <ul className="flex flex-col gap-3 px-3 pt-1 pb-3">
              {levelsOf(all).map((level) => (
                <LevelBar key={level.level} {...level} />
              ))}
            </ul>
          </Panel>
          <RecordTable
            title="By measure"
            first="Measure"
            rows={data.measures.map(({ measure, record }) => [MEASURE_NAMES[measure], record])}
          />
        </div>
        <BreachPanel breaches={data.breaches} />
        <RecordTable
          title="By how far ahead"
          first="Ahead"
          rows={data.leads.map(({ lead_s, record }) => [leadName(lead_s), record])}
        />
        <RecordTable
          title="By day"
          first="Day"
          rows={data.days.map(({ day_ms, record }) => [dayMonth(day_ms, zone), record])}
        />
      </div>
    </div>
  );
}

function ratioText({ error_ratio }: ForecastRecord): string {
  if (error_ratio === null) return "";
  return error_ratio <= 1
    ? `Errors were ${share(1 - error_ratio)} smaller than those of repeating the day before.`
    : `Errors were ${threeDigits(error_ratio)} times those of repeating the day before.`;
}

function LevelBar(level: ReturnType<typeof levelsOf>[number]) {
  const { words, tone } = levelVerdict(level);
  return (
    <li>
      <p className="flex items-baseline gap-2">
        <span className="w-20 shrink-0">{level.level} % band</span>
        <span className="font-semibold">{share(level.held)}</span>
        <span className={`text-xs ${tone === "ok" ? "text-ok" : "text-warn"}`}>{words}</span>
      </p>
      <div className="relative mt-1 h-3 rounded-sm bg-bg" aria-hidden>
        <div
          className="absolute inset-y-0 left-0 rounded-sm bg-(--series-6) opacity-75"
          style={{ width: `${Math.min(1, level.held) * 100}%` }}
        />
        <div
          className="absolute -inset-y-0.5 w-0.5 bg-text"
          style={{ left: `calc(${level.nominal * 100}% - 1px)` }}
          title={`promised ${share(level.nominal)}`}
        />
      </div>
    </li>
  );
}

interface RecordTableProps {
  title: string;
  first: string;
  rows: [string, ForecastRecord][];
}

function RecordTable({ title, first, rows }: RecordTableProps) {
  return (
    <Panel title={title} note="share of values inside each band">
      {rows.length === 0 ? (
        <Empty reason="Nothing has come due yet." />
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full text-xs">
            <thead>
              <tr className="h-8 border-b border-line text-right text-muted">
                <th scope="col" className="pl-3 text-left font-medium">
                  {first}
                </th>
                {[50, 80, 95].map((level) => (
                  <th key={level} scope="col" className="px-2 font-medium">
                    {level} %
                  </th>
                ))}
                <th scope="col" className="px-2 font-medium max-sm:hidden" title="Against repeating the day before">
                  Error
                </th>
                <th scope="col" className="pr-3 pl-2 font-medium">
                  Values
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, record]) => (
                <tr key={name} className="h-8 border-b border-line text-right last:border-b-0">
                  <th scope="row" className="pl-3 text-left font-normal whitespace-nowrap">
                    {name}
                  </th>
                  {levelsOf(record).map((level) => {
                    const { words, tone } = levelVerdict(level);
                    return (
                      <td
                        key={level.level}
                        className={`px-2 whitespace-nowrap ${tone === "warn" ? "text-warn" : ""}`}
                        title={words}
                      >
                        {tone === "warn" && (
                          <>
                            <TriangleAlert size={11} className="mr-1 inline" aria-hidden />
                            <span className="sr-only">{words} </span>
                          </>
                        )}
                        {share(level.held)}
                      </td>
                    );
                  })}
                  <td className="px-2 whitespace-nowrap max-sm:hidden">
                    {record.error_ratio === null ? "–" : `${threeDigits(record.error_ratio)}×`}
                  </td>
                  <td className="pr-3 pl-2">{record.values.toLocaleString("en")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
