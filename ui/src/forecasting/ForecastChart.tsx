// One measure of a scope with its past and its forecast in a large chart, and what the forecast is made of. Where it
// deserves no belief, it says so instead of drawing.
import { CircleHelp } from "lucide-react";
import { useMemo } from "react";
import { useForecast } from "../api/forecastQueries";
import type { Forecast, ForecastMeasure } from "../api/forecastTypes";
import { ChartPanel } from "../charts/ChartPanel";
import type { Scope } from "../scope/codec";
import { count, share, threeDigits } from "../units";
import { forecastMarks, forecastModel, MEASURE_FLOORS } from "./chart";
import { TrustChip } from "./parts";
import { isDrawn, MEASURE_NAMES, measureText, METHOD_NAMES, recordText, TRUST_MEANINGS } from "./words";

const NOTES: Record<ForecastMeasure, string> = {
  latency_ms_p50: "response time, half are faster",
  latency_ms_p95: "response time, 95 % are faster",
  error_rate: "server errors, % of requests",
  requests_per_minute: "requests per minute",
};

interface ForecastChartProps {
  scope: Scope;
  measure: ForecastMeasure;
  horizon: string;
  /** Inside another box: without a border of its own. */
  bare?: boolean;
}

export function ForecastChart({ scope, measure, horizon, bare }: ForecastChartProps) {
  const query = useForecast(scope, measure, horizon);
  const { data } = query;
  const model = useMemo(() => (data ? forecastModel(data) : undefined), [data]);
  const marks = useMemo(() => (data ? forecastMarks(data) : undefined), [data]);
  const look = bare ? "border-0 rounded-none" : "";
  return (
    <div className={bare ? "" : "panel"} data-forecast={measure}>
      <ChartPanel
        title={MEASURE_NAMES[measure]}
        note={NOTES[measure]}
        model={model}
        marks={marks ?? "coming"}
        error={query.error}
        retry={() => void query.refetch()}
        refreshing={query.isPlaceholderData}
        format={(value) => measureText(measure, value)}
        axisFormat={measure === "requests_per_minute" ? count : undefined}
        floor={MEASURE_FLOORS[measure]}
        height={230}
        className={`${look} border-0`}
        actions={data && <TrustChip trust={data.trust} />}
        fixed
      />
      {data && <Facts forecast={data} />}
    </div>
  );
}

function Facts({ forecast }: { forecast: Forecast }) {
  const { trust, reason, method, models, seasons, history_days, record, backtest } = forecast;
  const facts: [string, string][] = [
    ["Method", method ? METHOD_NAMES[method] : "none"],
    ["Models", models.map(({ model, weight }) => `${model} ${share(Math.round(weight * 100) / 100)}`).join(", ")],
    ["Seasons", seasonsText(seasons)],
    ["History", `${threeDigits(history_days)} days`],
    ["Record", recordText(record, backtest)],
  ];
  const better = (record?.error_ratio ?? backtest?.error_ratio) ?? null;
  if (better !== null) facts.push(["Error", errorText(better)]);
  return (
    <div className="flex flex-col gap-2 px-3 pb-3 text-xs">
      {!isDrawn(trust) ? (
        <p className="flex items-start gap-2 rounded-md bg-warn-tint px-2.5 py-1.5 text-warn" data-untrusted>
          <CircleHelp size={14} className="mt-0.5 shrink-0" aria-hidden />
          <span>
            {TRUST_MEANINGS[trust]} {reason}
          </span>
        </p>
      ) : (
        <p>{reason}</p>
      )}
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(190px,1fr))] gap-x-4 gap-y-1.5">
        {facts
          .filter(([, text]) => text !== "")
          .map(([name, text]) => (
            <div key={name} className="min-w-0">
              <dt className="text-muted">{name}</dt>
              <dd className="break-words">{text}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}

function seasonsText({ daily, weekly }: Forecast["seasons"]): string {
  const strength = (value: number) => (value >= 0.6 ? "strong" : value >= 0.3 ? "clear" : "weak");
  const parts = [
    daily >= 0.1 ? `daily ${strength(daily)}` : "",
    weekly >= 0.1 ? `weekly ${strength(weekly)}` : "",
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "none found";
}

function errorText(ratio: number): string {
  if (Math.abs(ratio - 1) < 0.02) return "as large as repeating yesterday";
  return ratio < 1
    ? `${share(1 - Number(ratio.toFixed(2)))} smaller than repeating yesterday`
    : `${threeDigits(ratio)} times that of repeating yesterday`;
}
