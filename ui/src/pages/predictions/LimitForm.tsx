// Writes a limit: measure, value, how long, where. What the server finds wrong stands at its field.
import { ArrowLeft, Lock } from "lucide-react";
import { useMemo, useRef, useState, type FormEvent } from "react";
import { ListField, NumberInput, PercentInput, PRIMARY, SelectField, SpanField } from "../../alerting/fields";
import { useKnownValues } from "../../alerting/MatcherFields";
import { problemsBelow } from "../../alerting/problems";
import { saveObjective } from "../../api/forecastClient";
import type { Beyond, ForecastMeasure, Objective, StoredObjective } from "../../api/forecastTypes";
import { ApiError, type FieldProblem } from "../../api/client";
import { useEndpointSearch } from "../../api/queries";
import { MEASURE_NAMES, MEASURES } from "../../forecasting/words";
import { LeaveGuard } from "../../parts/LeaveGuard";
import { Panel } from "../../parts/Panel";
import { missingInObjective, objectiveId, objectiveSentence, startValue } from "./objectives";
import { useObjectiveChanges } from "./useObjectiveChanges";

interface LimitFormProps {
  start: Objective;
  /** Null for a new one. */
  row: StoredObjective | null;
  rows: StoredObjective[];
  onClose: () => void;
}

export function LimitForm({ start, row, rows, onClose }: LimitFormProps) {
  const { saved } = useObjectiveChanges();
  const known = useKnownValues();
  const endpoints = useEndpointSearch("", true);
  const [limit, setLimit] = useState(start);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const isFile = row?.source === "file";
  const decided = useRef(false); // Saved or given up, so that closing asks nothing.
  const changed = JSON.stringify(limit) !== JSON.stringify(start);
  const missing = missingInObjective(limit);
  const named = useMemo(() => {
    const taken = rows.map(({ objective }) => objective.id);
    return row ? limit : { ...limit, id: objectiveId(limit, taken) };
  }, [limit, row, rows]);
  const at = (path: string) => problemsBelow(problems, path)[0]?.message;

  function part(fields: Partial<Objective>) {
    setLimit((before) => ({ ...before, ...fields }));
    setProblems([]);
  }

  function close() {
    decided.current = true;
    onClose();
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (missing || busy || isFile) return;
    setBusy(true);
    setError(null);
    try {
      await saveObjective(named);
      saved(row ? row.objective : null, named);
      close();
    } catch (reason) {
      setProblems(reason instanceof ApiError ? reason.fields : []);
      setError(reason instanceof Error ? reason.message : String(reason));
      setBusy(false);
    }
  }

  const value = { value: limit.value, onChange: (next: number) => part({ value: next }), error: at("value") };
  return (
    <form className="flex max-w-4xl flex-col gap-3" onSubmit={(event) => void submit(event)} data-limit-form>
      <div className="flex">
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1 text-xs text-accent hover:underline"
          onClick={onClose}
        >
          <ArrowLeft size={13} aria-hidden /> Limits
        </button>
      </div>
      <p className="panel px-4 py-3 text-[15px] leading-6 break-words" data-sentence>
        {objectiveSentence(limit)}
      </p>
      <LeaveGuard
        text="The limit has changes that are not saved."
        isUnsaved={() => changed && !isFile && !decided.current}
        isLeft={() => true}
      />
      {isFile && (
        <p role="status" className="flex items-center gap-2 rounded-md bg-warn-tint px-3 py-2 text-warn">
          <Lock size={14} className="shrink-0" aria-hidden /> This limit comes from a file on the server and can only be
          changed there.
        </p>
      )}
      <Panel title="Limit">
        <div className="flex flex-col gap-3 px-3 pb-3">
          <div className="grid grid-cols-4 gap-2 max-md:grid-cols-2 max-sm:grid-cols-1">
            <SelectField
              name="Measure"
              value={limit.measure}
              options={MEASURES.map((measure): [string, string] => [measure, MEASURE_NAMES[measure]])}
              onChange={(measure) =>
                part({ measure: measure as ForecastMeasure, value: startValue(measure as ForecastMeasure, limit) })
              }
              error={at("measure")}
            />
            <SelectField
              name="Must not be"
              value={limit.is}
              options={[
                ["above", "above"],
                ["below", "below"],
              ]}
              onChange={(is) => part({ is: is as Beyond })}
            />
            {limit.measure === "error_rate" ? (
              <PercentInput name="Percent" {...value} />
            ) : (
              <NumberInput
                name={limit.measure.startsWith("latency") ? "Milliseconds" : "Requests a minute"}
                low={0}
                {...value}
              />
            )}
            <SpanField name="For" value={limit.for_s} onChange={(for_s) => part({ for_s })} error={at("for_s")} />
          </div>
          <div className="grid grid-cols-3 gap-2 max-md:grid-cols-1">
            <ListField
              name="Services"
              placeholder="all"
              value={limit.services}
              onChange={(services) => part({ services })}
              hint={hintOf(known.service)}
              error={at("services")}
            />
            <ListField
              name="Endpoints"
              placeholder="all, or: POST /orders"
              value={limit.endpoints}
              onChange={(next) => part({ endpoints: next })}
              hint={hintOf(endpoints.data?.items.map((item) => `${item.method} ${item.route}`))}
              error={at("endpoints")}
            />
            <ListField
              name="Environments"
              placeholder="all, or: aws/production"
              value={limit.environments}
              onChange={(environments) => part({ environments })}
              hint={hintOf(known.environment)}
              error={at("environments")}
            />
          </div>
          <p className="text-xs text-muted">
            {row ? `Its id is ${named.id}.` : `Its id will be ${named.id}, for good.`}
            {at("id") && <span className="text-critical"> {at("id")}</span>}
          </p>
        </div>
      </Panel>
      {error && (
        <p role="alert" className="rounded-md bg-critical-tint px-3 py-2 text-critical">
          Not saved: {error}
        </p>
      )}
      <div className="panel sticky bottom-0 z-5 flex items-center gap-2 px-3 py-2">
        <p className="mr-auto min-w-0 text-xs text-muted" role="status">
          {missing ?? "Predictions follow within a minute."}
        </p>
        <button type="button" className="control" onClick={close}>
          {changed || !row ? "Cancel" : "Close"}
        </button>
        {!isFile && (
          <button type="submit" className={PRIMARY} disabled={missing !== null || busy || (!changed && row !== null)}>
            Save limit
          </button>
        )}
      </div>
    </form>
  );
}

const HINTED_MAX = 3;

function hintOf(values: string[] | undefined): string | undefined {
  if (!values || values.length === 0) return undefined;
  return `Seen: ${values.slice(0, HINTED_MAX).join(", ")}${values.length > HINTED_MAX ? ", …" : ""}`;
}
