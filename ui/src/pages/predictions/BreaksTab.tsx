// Limits that may be crossed, as the server ranks them. Owns the filters and which card is open; states say why there
// may be none.
import { CircleCheck, Hourglass } from "lucide-react";
import type { ReactNode } from "react";
import { usePredictions } from "../../api/forecastQueries";
import type { Predictions } from "../../api/forecastTypes";
import { HORIZONS, horizonOf } from "../../forecasting/chart";
import { isMeasure, MEASURE_NAMES, MEASURES } from "../../forecasting/words";
import { useNow } from "../../now";
import { RefreshBar } from "../../parts/Panel";
import { Segmented } from "../../parts/Segmented";
import { Failure, Skeleton } from "../../parts/states";
import { useScope, useSetScope } from "../../scope/useScope";
import { ago } from "../../time/format";
import { plural } from "../../units";
import { PredictionCard } from "./PredictionCard";
import { TabLink } from "./TabLink";

const CHOICES = HORIZONS.slice(0, 3);
const HORIZON = "24h";
const SHOWN_MAX = 100;

export function BreaksTab() {
  const scope = useScope();
  const setScope = useSetScope();
  const now_ms = useNow();
  const horizon = horizonOf(scope.horizon, HORIZON, CHOICES);
  const measures = scope.measure.filter(isMeasure);
  const query = usePredictions(scope, { measures, horizon, limit: SHOWN_MAX });
  const { data } = query;
  const name = CHOICES.find(([value]) => value === horizon)![1];
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <Segmented
          labelled
          label="Within"
          options={CHOICES}
          value={horizon}
          onChange={(value) => setScope({ horizon: value === HORIZON ? "" : value, sel: "" })}
        />
        <div role="group" aria-label="Measures" className="flex flex-wrap items-center gap-x-3">
          {MEASURES.map((measure) => (
            <label key={measure} className="flex h-8 items-center gap-1.5">
              <input
                type="checkbox"
                className="size-3.5 accent-(--accent)"
                checked={measures.includes(measure)}
                onChange={() => {
                  const next = measures.includes(measure)
                    ? measures.filter((other) => other !== measure)
                    : [...measures, measure];
                  setScope({ measure: next.length === MEASURES.length ? [] : next, sel: "" });
                }}
              />
              {MEASURE_NAMES[measure]}
            </label>
          ))}
        </div>
        {data && (
          <p className="ml-auto text-xs text-muted max-md:ml-0" role="status" data-watched>
            {statusText(data, now_ms)}
          </p>
        )}
      </div>
      <div className="relative flex flex-col gap-3">
        {query.isPlaceholderData && <RefreshBar />}
        {!data && query.error ? (
          <div className="panel">
            <Failure what="The predictions" error={query.error} retry={() => void query.refetch()} />
          </div>
        ) : !data ? (
          <Skeleton height={420} />
        ) : data.items.length === 0 ? (
          <Calm data={data} horizon={name} filtered={measures.length > 0 || scope.env.length + scope.ep.length > 0} />
        ) : (
          <>
            <ul className="flex flex-col gap-3" aria-label="Limits that may be crossed">
              {data.items.map((item) => (
                <PredictionCard
                  key={item.id}
                  prediction={item}
                  isOpen={scope.sel === item.id}
                  onToggle={() => setScope({ sel: scope.sel === item.id ? "" : item.id }, true)}
                />
              ))}
            </ul>
            {data.total > data.items.length && (
              <p className="text-center text-xs text-muted">
                The first {data.items.length} of {plural(data.total, "prediction")}. A filter shows the others.
              </p>
            )}
          </>
        )}
      </div>
    </div>
  );
}

function statusText({ made_ms, status }: Predictions, now_ms: number): string {
  const parts = [`${plural(status.forecasts, "forecast")} watched`];
  if (status.untrusted > 0) parts.push(`${status.untrusted.toLocaleString("en")} of them not trusted yet`);
  if (status.scopes_left_out > 0) parts.push(`${plural(status.scopes_left_out, "quiet endpoint")} not forecast`);
  if (made_ms !== null) parts.push(`made ${ago(made_ms, now_ms)}`);
  return parts.join(", ");
}

function Calm({ data, horizon, filtered }: { data: Predictions; horizon: string; filtered: boolean }) {
  const { status, made_ms } = data;
  if (made_ms === null || status.forecasts === 0) {
    return (
      <Note icon={<Hourglass size={22} className="text-muted" aria-hidden />} heading="Not enough history yet">
        Forecasts begin with about two hours of requests and grow better over days: the daily course is learnt after two
        days, the weekly one after two weeks. Nothing needs to be set up.
      </Note>
    );
  }
  if (status.untrusted >= status.forecasts) {
    return (
      <Note icon={<Hourglass size={22} className="text-muted" aria-hidden />} heading="No forecast is trusted yet">
        All {plural(status.forecasts, "forecast")} have too little past or too poor a record to say anything.{" "}
        <TabLink tab="reliability">How good were forecasts?</TabLink>
      </Note>
    );
  }
  return (
    <Note
      icon={<CircleCheck size={22} className="text-ok" aria-hidden />}
      heading={`Nothing is expected to cross its limit in the next ${horizon}.`}
    >
      {plural(status.forecasts, "forecast")} watched
      {status.untrusted > 0 && `, ${status.untrusted.toLocaleString("en")} of them not trusted yet`}.
      {filtered && " Filters apply: other measures and places may say something else."}{" "}
      <TabLink tab="limits">What are the limits?</TabLink>
    </Note>
  );
}

function Note({ icon, heading, children }: { icon: ReactNode; heading: string; children: ReactNode }) {
  return (
    <div className="panel flex flex-col items-center gap-1.5 px-4 py-10 text-center" data-calm>
      {icon}
      <h2 className="text-[15px] font-semibold">{heading}</h2>
      <p className="max-w-xl text-muted">{children}</p>
    </div>
  );
}
