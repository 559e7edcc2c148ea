// One breach that may come: what, how likely, when, who is hurt, and how far such a forecast can be believed.
import { ChevronDown, ChevronUp, CircleAlert } from "lucide-react";
import type { Prediction } from "../../api/forecastTypes";
import { FanChart } from "../../forecasting/FanChart";
import { ForecastChart } from "../../forecasting/ForecastChart";
import { JourneyLink } from "../../forecasting/JourneyLink";
import { Probability, ProbabilityStrip, TrustChip } from "../../forecasting/parts";
import {
  environmentText,
  isDrawn,
  limitText,
  MEASURE_NAMES,
  measureText,
  recordText,
  timesInZone,
  TRUST_MEANINGS,
  whenOf,
} from "../../forecasting/words";
import { useNow } from "../../now";
import { EndpointLink } from "../../parts/EndpointLink";
import { useScope, useZone } from "../../scope/useScope";
import { plural } from "../../units";
import type { Scope } from "../../scope/codec";

interface PredictionCardProps {
  prediction: Prediction;
  isOpen: boolean;
  onToggle: () => void;
}

export function PredictionCard({ prediction, isOpen, onToggle }: PredictionCardProps) {
  const { scope, measure, limit, probability, trust, requests_at_risk, journeys } = prediction;
  const zone = useZone();
  const now_ms = useNow();
  const when = whenOf(prediction, now_ms, zone);
  const moments = [prediction.crossing_ms, prediction.crossing_early_ms];
  const place = environmentText(scope);
  const name = scope.endpoint ? `${scope.endpoint.method} ${scope.endpoint.route}` : scope.service;
  return (
    <li
      className={`panel overflow-clip ${probability >= 0.7 ? "border-l-3 border-l-critical" : ""}`}
      data-prediction={prediction.id}
    >
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(220px,38%)] gap-x-5 gap-y-3 p-3 max-md:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-1.5">
          <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
            {scope.endpoint ? (
              <EndpointLink endpoint={scope.endpoint} className="text-text" />
            ) : (
              <span className="font-medium text-text">{scope.service}</span>
            )}
            {scope.endpoint && <span>{scope.service}</span>}
            {place && <span>{place}</span>}
            {scope.dataset === "demo" && <span className="rounded border border-line px-1">demo</span>}
          </p>
          <h2 className="text-[14px] leading-5 font-semibold break-words">
            {timesInZone(prediction.sentence, moments, zone, now_ms)}
          </h2>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <Probability value={probability} large />
            <p>
              {prediction.is_beyond ? (
                <span className="inline-flex items-center gap-1.5 font-medium text-critical">
                  <CircleAlert size={14} aria-hidden /> {when.likely}
                </span>
              ) : (
                <span className="font-medium">{when.likely}</span>
              )}
              {when.early && <span className="text-muted">; {when.early}</span>}
            </p>
          </div>
          <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-xs">
            <dt className="text-muted">Limit</dt>
            <dd>
              {limitText(measure, limit)}
              {prediction.value !== null && (
                <span className="text-muted">; now {measureText(measure, prediction.value)}</span>
              )}
            </dd>
            {requests_at_risk >= 1 && (
              <>
                <dt className="text-muted">At risk</dt>
                <dd>about {Math.round(requests_at_risk).toLocaleString("en")} requests</dd>
              </>
            )}
            {journeys.length > 0 && (
              <>
                <dt className="text-muted">{journeys.length === 1 ? "Journey" : "Journeys"}</dt>
                <dd className="flex flex-wrap gap-x-2.5">
                  {journeys.map((journey) => (
                    <JourneyLink key={journey.id} id={journey.id} className="text-accent underline">
                      {journey.name}
                    </JourneyLink>
                  ))}
                </dd>
              </>
            )}
            <dt className="text-muted">Record</dt>
            <dd className="flex flex-wrap items-center gap-x-1.5">
              {recordText(prediction.record, prediction.backtest)}
              {trust !== "good" && <TrustChip trust={trust} />}
            </dd>
          </dl>
        </div>
        <div className="flex min-w-0 flex-col gap-1.5">
          {isDrawn(trust) ? (
            <>
              <FanChart
                data={{
                  history: prediction.history,
                  expected: prediction.expected,
                  lower: prediction.lower_80,
                  upper: prediction.upper_80,
                  limit: limit.value,
                }}
                width={360}
                height={96}
                scale="zero"
                label={`${MEASURE_NAMES[measure]} of ${name}: past, expected course with its 80 % band, and the limit ${measureText(measure, limit.value)}`}
              />
              <p className="flex justify-between text-[11px] leading-4 text-muted" aria-hidden>
                <span>past</span>
                <span>expected, 80 % band, limit {measureText(measure, limit.value)}</span>
              </p>
              <ProbabilityStrip values={prediction.probability_by_step} step_ms={prediction.step_ms} />
            </>
          ) : (
            <p className="flex h-full min-h-20 items-center rounded-md bg-bg px-3 text-xs text-muted">
              {TRUST_MEANINGS[trust]}
            </p>
          )}
        </div>
      </div>
      <button
        type="button"
        className="flex h-8 w-full items-center justify-center gap-1 border-t border-line text-xs text-accent hover:bg-bg"
        aria-expanded={isOpen}
        aria-label={`${isOpen ? "Less of the forecast" : "The whole forecast"} of ${MEASURE_NAMES[measure]}, ${name}${place ? `, ${place}` : ""}`}
        onClick={onToggle}
      >
        {isOpen ? <ChevronUp size={13} aria-hidden /> : <ChevronDown size={13} aria-hidden />}
        {isOpen ? "Less" : "The whole forecast"}
      </button>
      {isOpen && <Whole prediction={prediction} />}
    </li>
  );
}

function Whole({ prediction }: { prediction: Prediction }) {
  const page = useScope();
  const { scope, measure, horizon_s } = prediction;
  const here: Scope = {
    ...page,
    ep: scope.endpoint ? [scope.endpoint.id] : [],
    service: scope.endpoint ? [] : [scope.service],
    env: scope.environment === "" ? page.env : [scope.environment],
    method: [],
    q: "",
  };
  const hours = Math.max(1, Math.round(horizon_s / 3600));
  return (
    <div className="border-t border-line">
      <ForecastChart scope={here} measure={measure} horizon={`${hours}h`} bare />
      <p className="px-3 pb-3 text-xs text-muted">
        {plural(hours, "hour")} ahead. The endpoint&apos;s page has more measures and longer horizons under Forecast.
      </p>
    </div>
  );
}
