// Writes a journey: name, steps in order, targets. Shows while typing what the server would look at.
import { ArrowLeft, Lock, Trash2 } from "lucide-react";
import { useMemo, useRef, useState, type FormEvent } from "react";
import { Field, PRIMARY, TextField } from "../../alerting/fields";
import { problemAt } from "../../alerting/problems";
import { ApiError, type FieldProblem } from "../../api/client";
import { useJourneyCheck } from "../../api/forecastQueries";
import type { JourneyProposal, JourneySummary } from "../../api/forecastTypes";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { EndpointField } from "../../parts/EndpointField";
import { LeaveGuard } from "../../parts/LeaveGuard";
import { Panel } from "../../parts/Panel";
import { useDebounced } from "../../parts/useDebounced";
import { plural } from "../../units";
import { idFor, journeyOf, missingInJourney, STEPS_MAX, withMoved, withoutStep, withPart, withStep, type Draft } from "./draft";
import { OptionalNumber } from "./OptionalNumber";
import { StepRow } from "./StepRow";
import { useJourneyChanges } from "./useJourneyChanges";

interface JourneyFormProps {
  start: Draft;
  /** Null for a new one. */
  row: JourneySummary | null;
  proposal?: JourneyProposal;
  /** Ids that are in use. */
  taken: string[];
  onClose: () => void;
}

export function JourneyForm({ start, row, proposal, taken, onClose }: JourneyFormProps) {
  const changes = useJourneyChanges();
  const [draft, setDraft] = useState(start);
  const [sent, setSent] = useState<FieldProblem[]>([]);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState("");
  const adder = useRef<HTMLInputElement>(null);
  const decided = useRef(false); // Saved or given up, so that closing asks nothing.
  const isFile = row?.source === "file";
  const changed = JSON.stringify(draft) !== JSON.stringify(start) || proposal !== undefined;
  const missing = missingInJourney(draft);
  const journey = useMemo(
    () => ({ ...journeyOf(draft), id: row ? row.journey.id : idFor(draft.name, taken) }),
    [draft, row, taken],
  );
  const settled = useDebounced(journey);
  const check = useJourneyCheck(settled, settled.steps.length > 0);
  const isFresh = check.data?.steps.length === draft.steps.length;
  const known: FieldProblem[] = isFresh
    ? check.data!.problems.map(({ field, message }) => ({ path: field, message }))
    : [];
  // What is not written yet is missing, not wrong.
  const problems = [...sent, ...known].filter(
    ({ path }) => (path !== "name" || draft.name !== "") && (path !== "steps" || draft.steps.length >= 2),
  );

  function change(next: Draft) {
    setDraft(next);
    setSent([]);
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
      if (proposal) await changes.confirm(proposal, journey);
      else await changes.save(journey, row?.journey ?? null);
      close();
    } catch (reason) {
      setSent(reason instanceof ApiError ? reason.fields : []);
      setError(reason instanceof Error ? reason.message : String(reason));
      setBusy(false);
    }
  }

  return (
    <form className="flex flex-col gap-3" onSubmit={(event) => void submit(event)} data-journey-form>
      <div className="flex">
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1 text-xs text-accent hover:underline"
          onClick={onClose}
        >
          <ArrowLeft size={13} aria-hidden /> Journeys
        </button>
      </div>
      <LeaveGuard
        text="The journey has changes that are not saved."
        isUnsaved={() => changed && !isFile && !decided.current}
        isLeft={() => true}
      />
      {isFile && (
        <p role="status" className="flex items-center gap-2 rounded-md bg-warn-tint px-3 py-2 text-warn">
          <Lock size={14} className="shrink-0" aria-hidden /> This journey comes from a file on the server and can only be
          changed there.
        </p>
      )}
      <Panel title={row ? row.journey.name : proposal ? "Confirm a journey" : "New journey"}>
        <div className="grid grid-cols-[minmax(0,2fr)_1fr_1fr] gap-2 px-3 pb-3 max-md:grid-cols-1">
          <TextField
            name="Name"
            value={draft.name}
            required
            disabled={isFile}
            placeholder="Checkout"
            onChange={(name) => change({ ...draft, name })}
            hint={draft.name.trim() !== "" && `Its id is ${journey.id}${row ? "" : ", for good"}.`}
            error={problemAt(problems, "name") ?? (draft.name === "" ? undefined : problemAt(problems, "id"))}
          />
          <OptionalNumber
            name="Should succeed, percent"
            placeholder="no target"
            factor={100}
            value={draft.success_target}
            disabled={isFile}
            onChange={(success_target) => change({ ...draft, success_target })}
            error={problemAt(problems, "success_target")}
          />
          <OptionalNumber
            name="Takes at most, milliseconds"
            placeholder="no limit"
            factor={1}
            value={draft.latency_ms_max}
            disabled={isFile}
            onChange={(latency_ms_max) => change({ ...draft, latency_ms_max })}
            hint="All steps together, without the time that people think."
            error={problemAt(problems, "latency_ms_max")}
          />
        </div>
      </Panel>
      <Panel title="Steps" note="in the order in which people walk them">
        <p className="sr-only" role="status">
          {said}
        </p>
        <ol className="divide-y divide-line border-t border-line">
          {draft.steps.map((step, index) => (
            <StepRow
              key={step.key}
              step={step}
              index={index}
              count={draft.steps.length}
              check={isFresh ? check.data!.steps[index] : undefined}
              problems={problems}
              disabled={isFile}
              onChange={(fields) => change(withPart(draft, index, fields))}
              onMove={(to) => {
                change(withMoved(draft, index, to));
                setSaid(`${step.method} ${step.route} is now step ${to + 1}`);
              }}
              onRemove={() => {
                change(withoutStep(draft, index));
                setSaid(`${step.method} ${step.route} removed`);
                adder.current?.focus();
              }}
            />
          ))}
        </ol>
        {!isFile && draft.steps.length < STEPS_MAX && (
          <div className="border-t border-line p-3">
            <Field name={draft.steps.length === 0 ? "First step" : "Next step"} error={problemAt(problems, "steps")}>
              <EndpointField
                inputRef={adder}
                label={draft.steps.length === 0 ? "First step" : "Next step"}
                placeholder="Type a route, method or service"
                onChoose={(endpoint) => {
                  change(withStep(draft, endpoint));
                  setSaid(`${endpoint.method} ${endpoint.route} is step ${draft.steps.length + 1}`);
                }}
              />
            </Field>
            <p className="mt-1.5 text-xs text-muted">
              A weight says how much a failure there counts against one elsewhere. A journey can succeed without an
              optional step.
            </p>
          </div>
        )}
      </Panel>
      <CheckLine missing={missing} check={check} problems={problems} />
      {error && (
        <p role="alert" className="rounded-md bg-critical-tint px-3 py-2 text-critical">
          Not saved: {error}
        </p>
      )}
      <div className="panel sticky bottom-0 z-5 flex items-center gap-2 px-3 py-2">
        {row && !isFile && (
          <button type="button" className="control text-critical" onClick={() => setAsking(true)}>
            <Trash2 size={14} aria-hidden /> <span className="max-sm:sr-only">Remove</span>
          </button>
        )}
        <p className="mr-auto min-w-0 text-xs text-muted" role="status">
          {isFile ? "" : (missing ?? (changed || !row ? "Not saved yet." : "Saved."))}
        </p>
        <button type="button" className="control" onClick={close}>
          {isFile || (!changed && row) ? "Close" : "Cancel"}
        </button>
        {!isFile && (
          <button type="submit" className={PRIMARY} disabled={missing !== null || busy || (!changed && row !== null)}>
            {proposal ? "Confirm journey" : "Save journey"}
          </button>
        )}
      </div>
      {asking && row && (
        <ConfirmDialog
          title={`Remove ${row.journey.name}`}
          button="Remove journey"
          onClose={() => setAsking(false)}
          onConfirm={() => {
            decided.current = true;
            void changes.remove(row.journey).then((done) => done && onClose());
          }}
        >
          <p>Its requests stay. Its health is no longer computed, and alerts about it are resolved.</p>
        </ConfirmDialog>
      )}
    </form>
  );
}

interface CheckLineProps {
  missing: string | null;
  check: ReturnType<typeof useJourneyCheck>;
  problems: FieldProblem[];
}

/** What would be looked at now, in one line. */
function CheckLine({ missing, check, problems }: CheckLineProps) {
  if (missing) return null;
  const { data, error, isFetching } = check;
  if (error && !isFetching && !data)
    return (
      <p role="status" className="text-xs text-warn">
        It could not be tried: {error.message}
      </p>
    );
  if (!data) return null;
  const requests = data.steps.reduce((sum, step) => sum + step.requests_last_hour, 0);
  return (
    <p role="status" className="panel px-3 py-2" data-check>
      {problems.length > 0 ? (
        <span className="text-warn">{plural(problems.length, "problem")} above. </span>
      ) : (
        <span className="font-medium">Ready. </span>
      )}
      It matches {plural(requests, "request")} in the last hour
      {data.sessions === null
        ? "; requests name no consumer or trace, so sessions cannot be followed."
        : `, and ${plural(data.sessions, "session")} walked all steps in order.`}
    </p>
  );
}

