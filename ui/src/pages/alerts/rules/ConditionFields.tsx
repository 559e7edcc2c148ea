// The fields of each kind of condition. Owns which there are; rules.ts says what is missing.
import { CheckField, NumberInput, PercentInput, SelectField, SpanField } from "../../../alerting/fields";
import { MEASURE_NAMES, MEASURES } from "../../../alerting/ruleSentence";
import type { Condition, Per, ThresholdMeasure } from "../../../api/alertTypes";
import { useJourneys } from "../../../api/forecastQueries";
import type { Severity } from "../../../api/detectionTypes";
import { KIND_NAMES, KINDS, SEVERITIES, SEVERITY_NAMES } from "../../../detection/words";
import { VERDICT_NAMES, VERDICTS } from "../../../incidents/words";

interface ConditionFieldsProps {
  condition: Condition;
  onChange: (condition: Condition) => void;
  /** What is wrong at a place. */
  at: (path: string) => string | undefined;
}

const PER: [Per, string][] = [
  ["endpoint", "each endpoint"],
  ["service", "each service"],
];
/** What is forecast. */
const FORECAST: ThresholdMeasure[] = ["latency_ms_p50", "latency_ms_p95", "error_rate", "requests_per_minute"];

const GRID = "grid grid-cols-3 gap-2 max-sm:grid-cols-1";

export function ConditionFields({ condition, onChange, at }: ConditionFieldsProps) {
  switch (condition.type) {
    case "anomaly":
      return (
        <>
          <SelectField
            name="At least of severity"
            value={condition.severity_min}
            options={SEVERITIES.map((value): [string, string] => [value, SEVERITY_NAMES[value]])}
            onChange={(severity_min) => onChange({ ...condition, severity_min: severity_min as Severity })}
          />
          <fieldset>
            <legend className="text-xs text-muted">Kinds; none chosen means all</legend>
            <div className="grid grid-cols-3 max-sm:grid-cols-2">
              {KINDS.map((kind) => (
                <CheckField
                  key={kind}
                  checked={condition.kinds.includes(kind)}
                  onChange={(checked) =>
                    onChange({
                      ...condition,
                      kinds: checked ? [...condition.kinds, kind] : condition.kinds.filter((other) => other !== kind),
                    })
                  }
                >
                  {KIND_NAMES[kind]}
                </CheckField>
              ))}
            </div>
          </fieldset>
        </>
      );
    case "incident":
      return (
        <>
          <SelectField
            name="At least of severity"
            value={condition.severity_min}
            options={SEVERITIES.map((value): [string, string] => [value, SEVERITY_NAMES[value]])}
            onChange={(severity_min) => onChange({ ...condition, severity_min: severity_min as Severity })}
          />
          <fieldset>
            <legend className="text-xs text-muted">Verdicts; none chosen means all, also before the first diagnosis</legend>
            <div className="grid grid-cols-3 max-sm:grid-cols-2">
              {VERDICTS.map((verdict) => (
                <CheckField
                  key={verdict}
                  checked={condition.verdicts.includes(verdict)}
                  onChange={(checked) =>
                    onChange({
                      ...condition,
                      verdicts: checked
                        ? [...condition.verdicts, verdict]
                        : condition.verdicts.filter((other) => other !== verdict),
                    })
                  }
                >
                  {VERDICT_NAMES[verdict]}
                </CheckField>
              ))}
            </div>
          </fieldset>
        </>
      );
    case "threshold": {
      const isShare = condition.measure.endsWith("_rate");
      const value = {
        value: condition.value,
        onChange: (next: number) => onChange({ ...condition, value: next }),
        error: at("condition.value"),
      };
      return (
        <>
          <div className={GRID}>
            <SelectField
              name="Measure"
              value={condition.measure}
              options={MEASURES.map((measure): [string, string] => [measure, MEASURE_NAMES[measure]])}
              onChange={(measure) =>
                onChange({ ...condition, measure: measure as ThresholdMeasure, value: startValue(measure, condition) })
              }
            />
            <SelectField
              name="Is"
              value={condition.is}
              options={[
                ["above", "above"],
                ["below", "below"],
              ]}
              onChange={(is) => onChange({ ...condition, is: is as "above" | "below" })}
            />
            {isShare ? (
              <PercentInput name="Percent" {...value} />
            ) : (
              <NumberInput
                name={condition.measure.startsWith("latency") ? "Milliseconds" : "Requests a minute"}
                low={0}
                {...value}
              />
            )}
          </div>
          <div className={GRID}>
            <SpanField
              name="Over"
              value={condition.window_s}
              onChange={(window_s) => onChange({ ...condition, window_s })}
              error={at("window_s")}
            />
            <NumberInput
              name="With at least, requests"
              low={0}
              value={condition.requests_min}
              onChange={(requests_min) => onChange({ ...condition, requests_min: Math.round(requests_min) })}
            />
            <PerField value={condition.per} onChange={(per) => onChange({ ...condition, per })} />
          </div>
        </>
      );
    }
    case "absence":
      return (
        <div className={GRID}>
          <SpanField
            name="Silent for"
            value={condition.window_s}
            onChange={(window_s) => onChange({ ...condition, window_s })}
            error={at("window_s")}
          />
          <NumberInput
            name="Requests in the day before"
            low={0}
            value={condition.requests_min}
            onChange={(requests_min) => onChange({ ...condition, requests_min: Math.round(requests_min) })}
          />
          <PerField value={condition.per} onChange={(per) => onChange({ ...condition, per })} />
        </div>
      );
    case "burn_rate":
      return (
        <>
          <div className={GRID}>
            <SelectField
              name="Promise"
              value={condition.objective.type}
              options={[
                ["availability", "no server error"],
                ["latency", "fast and no server error"],
              ]}
              onChange={(type) =>
                onChange({
                  ...condition,
                  objective: type === "latency" ? { type, latency_ms: 500 } : { type: "availability" },
                })
              }
            />
            <PercentInput
              name="Of requests, percent"
              value={condition.target}
              onChange={(target) => onChange({ ...condition, target })}
              error={at("target")}
            />
            <PerField value={condition.per} onChange={(per) => onChange({ ...condition, per })} />
          </div>
          <div className={GRID}>
            {condition.objective.type === "latency" && (
              <NumberInput
                name="Within, milliseconds"
                low={1}
                value={condition.objective.latency_ms}
                onChange={(latency_ms) => onChange({ ...condition, objective: { type: "latency", latency_ms } })}
                error={at("latency_ms")}
              />
            )}
            <NumberInput
              name="With at least, bad requests"
              low={0}
              value={condition.bad_requests_min}
              onChange={(bad_requests_min) =>
                onChange({ ...condition, bad_requests_min: Math.round(bad_requests_min) })
              }
            />
          </div>
          <p className="text-xs text-muted">
            Fires when a month&apos;s budget burns 14.4 times too fast for an hour, or slower for longer: 6 times for 6
            hours, 3 times for a day, once for 3 days. The short ones are critical, the long ones medium.
          </p>
        </>
      );
    case "predicted_breach":
      return (
        <>
          <div className={GRID}>
            <SelectField
              name="Measure"
              value={condition.measure ?? ""}
              options={[
                ["", "any"],
                ...FORECAST.map((measure): [string, string] => [measure, MEASURE_NAMES[measure]]),
              ]}
              onChange={(measure) => onChange({ ...condition, measure: (measure || null) as ThresholdMeasure | null })}
            />
            <PercentInput
              name="With at least, percent"
              value={condition.probability_min}
              onChange={(probability_min) => onChange({ ...condition, probability_min })}
              error={at("probability_min")}
            />
            <SpanField
              name="Within"
              value={condition.within_s}
              onChange={(within_s) => onChange({ ...condition, within_s })}
              error={at("within_s")}
            />
          </div>
          <div className={GRID}>
            <PerField value={condition.per} onChange={(per) => onChange({ ...condition, per })} />
          </div>
          <p className="text-xs text-muted">
            Limits are those of Predictions: objectives, or what is usual. A drift alone never reaches 50 %; 25 to 30 %
            warns early.
          </p>
        </>
      );
    case "journey_health":
      return (
        <>
          <JourneysField value={condition.journeys} onChange={(journeys) => onChange({ ...condition, journeys })} />
          <div className={GRID}>
            <SelectField
              name="When it is"
              value={condition.state_min}
              options={[
                ["failing", "failing"],
                ["degraded", "degraded or failing"],
              ]}
              onChange={(state_min) => onChange({ ...condition, state_min: state_min as "failing" | "degraded" })}
            />
          </div>
          <CheckField
            checked={condition.is_predicted}
            onChange={(is_predicted) => onChange({ ...condition, is_predicted })}
          >
            Also when that is only predicted for the next hour
          </CheckField>
        </>
      );
  }
}

function JourneysField({ value, onChange }: { value: string[]; onChange: (journeys: string[]) => void }) {
  const known = useJourneys([]).data?.items.map(({ journey }) => journey) ?? [];
  return (
    <fieldset>
      <legend className="text-xs text-muted">Journeys; none chosen means all</legend>
      <div className="grid grid-cols-3 max-sm:grid-cols-2">
        {known.map(({ id, name }) => (
          <CheckField
            key={id}
            checked={value.includes(id)}
            onChange={(checked) => onChange(checked ? [...value, id] : value.filter((other) => other !== id))}
          >
            {name}
          </CheckField>
        ))}
      </div>
    </fieldset>
  );
}

function PerField({ value, onChange }: { value: Per; onChange: (per: Per) => void }) {
  return <SelectField name="One alert for" value={value} options={PER} onChange={(per) => onChange(per as Per)} />;
}

/** A number of one unit means nothing in another. */
function startValue(measure: string, before: Extract<Condition, { type: "threshold" }>): number {
  const unit = (name: string) => (name.startsWith("latency") ? "ms" : name.endsWith("_rate") ? "share" : "count");
  if (unit(measure) === unit(before.measure)) return before.value;
  return { ms: 800, share: 0.05, count: 100 }[unit(measure)]!;
}
