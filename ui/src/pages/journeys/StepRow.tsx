// One step of a journey in its form: what it is, where it moves, what counts there. The buttons that move it keep the
// focus, so a step can be walked up and down by keyboard.
import { ArrowDown, ArrowUp, TriangleAlert, X } from "lucide-react";
import { CheckField, NumberInput, TextField } from "../../alerting/fields";
import { useKnownValues } from "../../alerting/MatcherFields";
import type { FieldProblem } from "../../api/client";
import type { JourneyStep, StepCheck } from "../../api/forecastTypes";
import { EnvironmentChips } from "../../parts/EnvironmentChips";
import { plural } from "../../units";
import { problemAtStep, problemsOfStep } from "./draft";
import { OptionalNumber } from "./OptionalNumber";

interface StepRowProps {
  step: JourneyStep;
  index: number;
  count: number;
  check: StepCheck | undefined;
  problems: FieldProblem[];
  disabled: boolean;
  onChange: (fields: Partial<JourneyStep>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

const SHOWN = ["environment", "weight", "latency_ms_max"]; // These have a field of their own for their message.

export function StepRow(props: StepRowProps) {
  const { step, index, count, check, problems, disabled, onChange, onMove, onRemove } = props;
  const known = useKnownValues();
  const name = `${step.method} ${step.route}`;
  const at = (field: string) => problemAtStep(problems, index, field);
  const shown = SHOWN.map(at);
  const others = problemsOfStep(problems, index).filter((message) => !shown.includes(message));
  return (
    <li className="flex flex-col gap-2 px-3 py-2.5" data-step={index}>
      <div className="flex min-w-0 items-center gap-2">
        <span className="flex size-6 shrink-0 items-center justify-center rounded-full border border-line text-xs">
          {index + 1}
        </span>
        <p className="min-w-0 flex-1">
          <span className="block truncate font-mono text-xs" title={name}>
            <span className="text-muted">{step.method}</span> {step.route}
          </span>
          <span className="flex flex-wrap items-center gap-x-2 text-[11px] leading-4 text-muted">
            {step.service}
            {check && check.endpoint !== null && (
              <>
                <span data-matches>matches {plural(check.requests_last_hour, "request")} in the last hour</span>
                <EnvironmentChips ids={check.environments} />
              </>
            )}
          </span>
        </p>
        {!disabled && (
          <span className="flex shrink-0">
            <MoveButton icon={ArrowUp} label={`Move up: ${name}`} off={index === 0} onClick={() => onMove(index - 1)} />
            <MoveButton
              icon={ArrowDown}
              label={`Move down: ${name}`}
              off={index === count - 1}
              onClick={() => onMove(index + 1)}
            />
            <button
              type="button"
              className="flex size-8 items-center justify-center rounded-md text-muted hover:text-critical"
              aria-label={`Remove step: ${name}`}
              onClick={onRemove}
            >
              <X size={14} aria-hidden />
            </button>
          </span>
        )}
      </div>
      {others.map((message) => (
        <p key={message} className="flex items-center gap-1.5 pl-8 text-xs text-critical max-sm:pl-0" role="status">
          <TriangleAlert size={12} className="shrink-0" aria-hidden /> {message}
        </p>
      ))}
      <div className="grid grid-cols-[minmax(0,2fr)_1fr_1fr_auto] items-end gap-2 pl-8 max-md:grid-cols-2 max-sm:pl-0">
        <TextField
          name="Environment"
          placeholder="wherever it runs"
          value={step.environment ?? ""}
          options={known.environment}
          disabled={disabled}
          onChange={(text) => onChange({ environment: text.trim() || null })}
          error={at("environment")}
        />
        <OptionalNumber
          name="Slower fails, ms"
          placeholder="no limit"
          factor={1}
          value={step.latency_ms_max}
          disabled={disabled}
          onChange={(latency_ms_max) => onChange({ latency_ms_max })}
          error={at("latency_ms_max")}
        />
        <NumberInput
          name="Weight"
          low={0.01}
          high={100}
          value={step.weight}
          disabled={disabled}
          onChange={(weight) => onChange({ weight })}
          error={at("weight")}
        />
        <CheckField
          checked={step.is_optional}
          disabled={disabled}
          onChange={(is_optional) => onChange({ is_optional })}
        >
          Optional
        </CheckField>
      </div>
    </li>
  );
}

interface MoveButtonProps {
  icon: typeof ArrowUp;
  label: string;
  off: boolean;
  onClick: () => void;
}

/** Stays focusable at both ends: a disabled button would lose the focus. */
function MoveButton({ icon: Icon, label, off, onClick }: MoveButtonProps) {
  return (
    <button
      type="button"
      className={`flex size-8 items-center justify-center rounded-md text-muted ${off ? "opacity-40" : "hover:text-text"}`}
      aria-label={label}
      aria-disabled={off}
      onClick={() => !off && onClick()}
    >
      <Icon size={14} aria-hidden />
    </button>
  );
}
