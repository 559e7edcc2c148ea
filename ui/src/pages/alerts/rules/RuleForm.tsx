// Writes a rule: condition, scope, how long, what it says. Shows the sentence, what it would say now, and the past.
import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, Lock } from "lucide-react";
import { useMemo, useRef, useState, type FormEvent } from "react";
import { AlertBacktestPanel } from "../../../alerting/AlertBacktestPanel";
import { ListField, PairsField, PRIMARY, SelectField, SpanField, TextField } from "../../../alerting/fields";
import { MatcherFields, useKnownValues } from "../../../alerting/MatcherFields";
import { freeSlug, ruleSentence } from "../../../alerting/ruleSentence";
import { CONDITION_NAMES, emptyCondition, missingInRule, needsSeverity, type ConditionType } from "../../../alerting/rules";
import { saveAlertRule } from "../../../api/alertClient";
import type { AlertRule, AlertRuleRow } from "../../../api/alertTypes";
import { ApiError, type FieldProblem } from "../../../api/client";
import type { Severity } from "../../../api/detectionTypes";
import { SeverityChip } from "../../../detection/chips";
import { SEVERITIES, SEVERITY_NAMES } from "../../../detection/words";
import { LeaveGuard } from "../../../parts/LeaveGuard";
import { Panel } from "../../../parts/Panel";
import { ConditionFields } from "./ConditionFields";
import { RulePreview } from "./RulePreview";
import { useRuleChanges } from "./useRuleChanges";

interface RuleFormProps {
  start: AlertRule;
  /** Null for a new one. */
  row: AlertRuleRow | null;
  rows: AlertRuleRow[];
  onClose: () => void;
}

export function RuleForm({ start, row, rows, onClose }: RuleFormProps) {
  const queries = useQueryClient();
  const { saved } = useRuleChanges();
  const known = useKnownValues();
  const [rule, setRule] = useState(start);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const isFile = row?.source === "file";
  const part = (fields: Partial<AlertRule>) => {
    setRule((before) => ({ ...before, ...fields }));
    setProblems([]);
  };
  const scope = (fields: Partial<AlertRule["scope"]>) => part({ scope: { ...rule.scope, ...fields } });
  const at = (path: string) => problems.find((problem) => problem.path.endsWith(path))?.message;
  const missing = missingInRule(rule);
  // The id is for good: it comes from the first name.
  const named = useMemo(
    () =>
      row
        ? rule
        : {
            ...rule,
            id: freeSlug(
              rule.name,
              rows.map((item) => item.rule.id),
              "rule",
            ),
          },
    [rule, row, rows],
  );
  const tried = useMemo(
    () => ({ rules: [...rows.map((item) => item.rule).filter(({ id }) => id !== named.id), named] }),
    [rows, named],
  );
  const changed = JSON.stringify(rule) !== JSON.stringify(start);
  const decided = useRef(false); // Saved or given up, so that closing asks nothing.
  function close() {
    decided.current = true;
    onClose();
  }

  function chooseType(type: ConditionType) {
    const severity = needsSeverity(type) ? (rule.severity ?? "high") : null;
    part({ condition: type === start.condition.type ? start.condition : emptyCondition(type), severity });
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (missing || busy || isFile) return;
    setBusy(true);
    setError(null);
    try {
      await saveAlertRule({ ...named, name: named.name.trim() });
      await queries.cancelQueries({ queryKey: ["alert-rules"] });
      saved(row ? row.rule : null, named);
      close();
    } catch (reason) {
      setProblems(reason instanceof ApiError ? reason.fields : []);
      setError(reason instanceof Error ? reason.message : String(reason));
      setBusy(false);
    }
  }

  return (
    <form className="flex flex-col gap-3" onSubmit={(event) => void submit(event)} data-rule-form>
      <div className="flex">
        <button
          type="button"
          className="inline-flex h-6 items-center gap-1 text-xs text-accent hover:underline"
          onClick={onClose}
        >
          <ArrowLeft size={13} aria-hidden /> Rules
        </button>
      </div>
      <section
        aria-label="Sentence"
        className="panel flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3"
        data-sentence
      >
        <p className="min-w-0 flex-1 text-[15px] leading-6 break-words max-md:basis-full">{ruleSentence(rule)}</p>
        {rule.severity ? (
          <SeverityChip severity={rule.severity} />
        ) : (
          <span className="text-xs text-muted">severity as found</span>
        )}
      </section>
      <LeaveGuard
        text="The rule has changes that are not saved."
        isUnsaved={() => changed && !isFile && !decided.current}
        isLeft={() => true}
      />
      {isFile && (
        <p role="status" className="flex items-center gap-2 rounded-md bg-warn-tint px-3 py-2 text-warn">
          <Lock size={14} className="shrink-0" aria-hidden />
          This rule comes from a file on the server and can only be changed there. You can still try changes on the
          past.
        </p>
      )}
      <div className="grid grid-cols-2 items-start gap-3 max-rail:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-3">
          <Panel title="Condition">
            <div className="flex flex-col gap-3 px-3 pb-3">
              <fieldset>
                <legend className="mb-1 text-xs text-muted">Alert about</legend>
                <div className="grid grid-cols-2 gap-1.5 max-sm:grid-cols-1">
                  {CONDITION_NAMES.map(([type, name, meaning]) => (
                    <label
                      key={type}
                      className={`flex cursor-pointer items-start gap-2 rounded-md border px-2.5 py-1.5 ${
                        type === rule.condition.type
                          ? "border-accent bg-selected"
                          : "border-line hover:border-line-strong"
                      }`}
                    >
                      <input
                        type="radio"
                        name="condition"
                        className="mt-1 accent-(--accent)"
                        checked={type === rule.condition.type}
                        onChange={() => chooseType(type)}
                      />
                      <span className="min-w-0">
                        <span className="font-medium">{name}</span>
                        <span className="block text-xs leading-4 text-muted">{meaning}</span>
                      </span>
                    </label>
                  ))}
                </div>
              </fieldset>
              <ConditionFields condition={rule.condition} onChange={(condition) => part({ condition })} at={at} />
              <div className="grid grid-cols-3 gap-2 max-sm:grid-cols-1">
                <SpanField
                  name="It must hold for"
                  value={rule.for_s}
                  onChange={(for_s) => part({ for_s })}
                  error={at("for_s")}
                />
                <SpanField
                  name="Keep firing for"
                  value={rule.keep_firing_s}
                  onChange={(keep_firing_s) => part({ keep_firing_s })}
                  error={at("keep_firing_s")}
                />
                <SelectField
                  name="Severity"
                  value={rule.severity ?? ""}
                  options={[
                    ...(needsSeverity(rule.condition.type) ? [] : [["", "as found"] as [string, string]]),
                    ...SEVERITIES.map((value): [string, string] => [value, SEVERITY_NAMES[value]]),
                  ]}
                  onChange={(severity) => part({ severity: (severity || null) as Severity | null })}
                  error={at("severity")}
                />
              </div>
            </div>
          </Panel>
          <Panel title="What it says">
            <div className="flex flex-col gap-3 px-3 pb-3">
              <TextField
                name="Name"
                value={rule.name}
                required
                onChange={(name) => part({ name })}
                hint={rule.name.trim() !== "" && `Its id is ${named.id}${row ? "" : ", for good"}.`}
                error={at("name") ?? at("id")}
              />
              <TextField
                name="Runbook"
                type="url"
                placeholder="https://"
                value={rule.runbook_url ?? ""}
                onChange={(url) => part({ runbook_url: url.trim() || null })}
                error={at("runbook_url")}
              />
              <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
                <PairsField
                  name="Labels"
                  placeholder="team: payments"
                  value={rule.labels}
                  onChange={(labels) => part({ labels })}
                  error={at("labels")}
                />
                <PairsField
                  name="Annotations"
                  placeholder="summary: {{service}} is slow"
                  value={rule.annotations}
                  onChange={(annotations) => part({ annotations })}
                  error={at("annotations")}
                />
              </div>
            </div>
          </Panel>
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <Panel title="Where" note="empty: everywhere">
            <div className="flex flex-col gap-3 px-3 pb-3">
              <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
                <ListField
                  name="Services"
                  placeholder="all, or orders, payments"
                  value={rule.scope.services}
                  onChange={(services) => scope({ services })}
                  hint={hintOf(known.service)}
                />
                <ListField
                  name="Environments"
                  placeholder="all, or aws/production"
                  value={rule.scope.environments}
                  onChange={(environments) => scope({ environments })}
                  hint={hintOf(known.environment)}
                />
              </div>
              <ListField
                name="Endpoints"
                placeholder="all, or POST /orders"
                value={rule.scope.endpoints}
                onChange={(endpoints) => scope({ endpoints })}
                error={at("scope.endpoints")}
              />
              <MatcherFields
                name="And only where"
                value={rule.scope.matchers}
                onChange={(matchers) => scope({ matchers })}
                empty="No further condition."
                error={at("scope.matchers")}
              />
            </div>
          </Panel>
          <RulePreview rule={named} enabled={missing === null} />
        </div>
      </div>
      <AlertBacktestPanel tried={tried} missing={missing} />
      {error && (
        <p role="alert" className="rounded-md bg-critical-tint px-3 py-2 text-critical">
          Not saved: {error}
        </p>
      )}
      {!isFile && (
        <div className="panel sticky bottom-0 z-5 flex items-center gap-2 px-3 py-2">
          <p className="mr-auto min-w-0 text-xs text-muted" role="status">
            {missing ?? (changed || !row ? "Not saved yet. Try it on the past before you do." : "Saved.")}
          </p>
          <button type="button" className="control" onClick={close}>
            {changed || !row ? "Cancel" : "Close"}
          </button>
          <button type="submit" className={PRIMARY} disabled={missing !== null || busy || (!changed && row !== null)}>
            Save rule
          </button>
        </div>
      )}
    </form>
  );
}

const HINTED_MAX = 4;

function hintOf(values: string[] | undefined): string | undefined {
  if (!values || values.length === 0) return undefined;
  const more = values.length > HINTED_MAX ? ", …" : "";
  return `Seen: ${values.slice(0, HINTED_MAX).join(", ")}${more}`;
}
