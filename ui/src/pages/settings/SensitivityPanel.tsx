// How many false alarms a week are acceptable, and which changes are too small to matter. Owns the words for both.
import type { DetectionSettings, MinChange, Sensitivity } from "../../api/detectionTypes";
import { BUDGET_HIGH, BUDGET_LOW, PRESETS } from "../../detection/rules";
import { NumberField } from "../../parts/NumberField";
import { Panel } from "../../parts/Panel";
import { threeDigits } from "../../units";

interface SensitivityPanelProps {
  settings: DetectionSettings;
  changed: boolean;
  busy: boolean;
  onSensitivity: (sensitivity: Sensitivity) => void;
  onBudget: (false_alarms_per_week: number) => void;
  onMinChange: (min_change: MinChange) => void;
  onSave: () => void;
  onDiscard: () => void;
}

export function SensitivityPanel(props: SensitivityPanelProps) {
  const { settings, changed, busy, onSensitivity, onBudget, onMinChange } = props;
  const { sensitivity, false_alarms_per_week, min_change } = settings;
  const part = (fields: Partial<MinChange>) => onMinChange({ ...min_change, ...fields });
  return (
    <Panel title="Sensitivity" note="over everything that is watched">
      <div className="flex flex-col gap-4 px-3 pt-1 pb-3">
        <fieldset>
          <legend className="mb-1.5 text-xs text-muted">False alarms that are acceptable</legend>
          <div className="grid grid-cols-4 gap-1.5 max-sm:grid-cols-2">
            {PRESETS.map(([value, name, number]) => (
              <Choice
                key={value}
                name={name}
                meaning={everyText(number)}
                chosen={sensitivity === value}
                onChoose={() => onSensitivity(value)}
              />
            ))}
            <Choice
              name="Custom"
              meaning="your number"
              chosen={sensitivity === "custom"}
              onChoose={() => onSensitivity("custom")}
            />
          </div>
          <div className="mt-2 flex min-h-8 flex-wrap items-center gap-2">
            At most
            {sensitivity === "custom" ? (
              <NumberField
                bare
                label="False alarms a week"
                unit="false alarms a week"
                value={false_alarms_per_week}
                low={BUDGET_LOW}
                high={BUDGET_HIGH}
                onChange={onBudget}
              />
            ) : (
              <strong className="font-semibold">
                {threeDigits(false_alarms_per_week)} false {false_alarms_per_week === 1 ? "alarm" : "alarms"} a week
              </strong>
            )}
            <span className="text-xs text-muted">over all series together, of medium severity or higher</span>
          </div>
        </fieldset>
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1.5 text-xs text-muted">
            Smaller changes are never reported, however certain they are
          </legend>
          <NumberField
            label="Latency, slower by at least"
            unit="ms"
            value={min_change.latency_ms}
            low={0}
            high={60_000}
            onChange={(latency_ms) => part({ latency_ms })}
          />
          <PercentField
            label="and by at least"
            value={min_change.latency_ratio - 1}
            high={10_000}
            onChange={(share) => part({ latency_ratio: exact(1 + share) })}
          />
          <NumberField
            label="Errors, more by at least"
            unit="requests"
            value={min_change.error_requests}
            low={0}
            high={1_000_000}
            onChange={(error_requests) => part({ error_requests })}
          />
          <PercentField
            label="and by at least"
            value={min_change.error_share}
            high={100}
            onChange={(error_share) => part({ error_share })}
          />
          <PercentField
            label="Traffic, missing at least"
            value={1 - min_change.traffic_ratio}
            high={100}
            onChange={(share) => part({ traffic_ratio: exact(1 - share) })}
          />
        </fieldset>
      </div>
      <div className="flex min-h-12 items-center gap-2 border-t border-line px-3 py-2" data-unsaved={changed}>
        <p className="mr-auto text-xs text-muted" role="status">
          {changed
            ? "Not saved yet. Try it on the past before you do."
            : "Applies to everything from the next minute on."}
        </p>
        <button type="button" className="control" disabled={!changed || busy} onClick={props.onDiscard}>
          Discard
        </button>
        <button
          type="button"
          className={`control ${changed ? "border-accent bg-accent font-medium text-on-accent" : ""}`}
          disabled={!changed || busy}
          onClick={props.onSave}
        >
          Save
        </button>
      </div>
    </Panel>
  );
}

interface ChoiceProps {
  name: string;
  meaning: string;
  chosen: boolean;
  onChoose: () => void;
}

function Choice({ name, meaning, chosen, onChoose }: ChoiceProps) {
  return (
    <label
      className={`flex cursor-pointer items-start gap-2 rounded-md border px-2.5 py-1.5 ${
        chosen ? "border-accent bg-selected" : "border-line hover:border-line-strong"
      }`}
    >
      <input type="radio" name="sensitivity" className="mt-1 accent-(--accent)" checked={chosen} onChange={onChoose} />
      <span className="min-w-0">
        <span className="font-medium">{name}</span>
        <span className="block text-xs leading-4 text-muted">{meaning}</span>
      </span>
    </label>
  );
}

function everyText(perWeek: number): string {
  return perWeek < 1 ? `one in ${threeDigits(1 / perWeek)} weeks` : perWeek === 1 ? "one a week" : `${perWeek} a week`;
}

interface PercentFieldProps {
  label: string;
  value: number;
  high: number;
  onChange: (share: number) => void;
}

/** People write percent, the server wants shares and factors. */
function PercentField({ label, value, high, onChange }: PercentFieldProps) {
  return (
    <NumberField
      label={label}
      unit="%"
      value={exact(value * 100)}
      low={0}
      high={high}
      onChange={(percent) => onChange(exact(percent / 100))}
    />
  );
}

/** Twelve digits keep the rest of 0.1 + 0.2 out of the fields. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
