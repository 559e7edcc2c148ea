// Exceptions from the sensitivity: another budget, or no detection at all. Owns the list and the form for a new one.
import { Plus, Trash2 } from "lucide-react";
import { useState, type FormEvent } from "react";
import type { DetectionSettings, Override, RuleTarget } from "../../api/detectionTypes";
import { BUDGET_HIGH, BUDGET_LOW, EVERYTHING, missingIn, targetText, trimmed } from "../../detection/rules";
import { useSaveSettings } from "../../detection/useSettings";
import { NumberField } from "../../parts/NumberField";
import { Panel } from "../../parts/Panel";
import { Empty } from "../../parts/states";
import { threeDigits } from "../../units";
import { TargetFields, Labelled } from "./TargetFields";
import { useEndpointNames } from "./useEndpointNames";

export function OverridesPanel({ settings }: { settings: DetectionSettings }) {
  const save = useSaveSettings();
  const [adding, setAdding] = useState(false);
  const nameOf = useEndpointNames(settings.overrides.map((item) => item.endpoint_id));
  const add = (
    <button type="button" className="control h-7 text-xs" onClick={() => setAdding(!adding)} aria-expanded={adding}>
      <Plus size={13} aria-hidden /> Add
    </button>
  );
  return (
    <Panel title="Overrides" note="the most special one counts" actions={add}>
      {adding && <OverrideForm settings={settings} onDone={() => setAdding(false)} />}
      {settings.overrides.length === 0 && !adding ? (
        <Empty reason="Everything is watched with the same sensitivity." />
      ) : (
        <ul className="divide-y divide-line text-xs">
          {settings.overrides.map((item) => (
            <li key={item.id} className="flex min-h-11 items-center gap-3 px-3 py-1.5">
              <span className="min-w-0 flex-1">
                <span className="block truncate">{targetText(item, nameOf)}</span>
                {item.note && <span className="block truncate text-muted">{item.note}</span>}
              </span>
              <span className="shrink-0 font-medium">{budgetText(item)}</span>
              <RemoveButton
                name={`override for ${targetText(item, nameOf)}`}
                onRemove={() =>
                  void save(
                    { ...settings, overrides: settings.overrides.filter((other) => other !== item) },
                    `Override removed: ${targetText(item, nameOf)}.`,
                  )
                }
              />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function RemoveButton({ name, onRemove }: { name: string; onRemove: () => void }) {
  return (
    <button
      type="button"
      className="flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:text-critical"
      aria-label={`Remove ${name}`}
      title="Remove"
      onClick={onRemove}
    >
      <Trash2 size={14} aria-hidden />
    </button>
  );
}

function budgetText({ false_alarms_per_week: budget }: Override): string {
  return budget === null ? "paused" : `at most ${threeDigits(budget)} a week`;
}

function OverrideForm({ settings, onDone }: { settings: DetectionSettings; onDone: () => void }) {
  const save = useSaveSettings();
  const [target, setTarget] = useState<RuleTarget>({ ...EVERYTHING, scope: "service" });
  const [paused, setPaused] = useState(false);
  const [budget, setBudget] = useState(0.2);
  const [note, setNote] = useState("");
  const missing = missingIn(target);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (missing) return;
    const next = { ...trimmed(target), id: "", false_alarms_per_week: paused ? null : budget, note: note.trim() };
    if (await save({ ...settings, overrides: [...settings.overrides, next] }, "Override added.")) onDone();
  }

  return (
    <form className="flex flex-col gap-3 border-y border-line bg-bg p-3" onSubmit={(event) => void submit(event)}>
      <TargetFields value={target} onChange={setTarget} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <label className="flex h-8 items-center gap-2">
          <input type="radio" className="accent-(--accent)" checked={!paused} onChange={() => setPaused(false)} />
          At most
        </label>
        <NumberField
          bare
          label="False alarms a week"
          unit="a week"
          value={budget}
          low={BUDGET_LOW}
          high={BUDGET_HIGH}
          disabled={paused}
          onChange={setBudget}
        />
        <label className="flex h-8 items-center gap-2">
          <input type="radio" className="accent-(--accent)" checked={paused} onChange={() => setPaused(true)} />
          Pause detection
        </label>
      </div>
      <Labelled name="Note">
        <input
          className="control w-full bg-bg"
          value={note}
          maxLength={200}
          onChange={(event) => setNote(event.target.value)}
        />
      </Labelled>
      <FormButtons missing={missing} submit="Add override" onCancel={onDone} />
    </form>
  );
}

export function FormButtons({
  missing,
  submit,
  onCancel,
}: {
  missing: string | null;
  submit: string;
  onCancel: () => void;
}) {
  return (
    <div className="flex items-center gap-2">
      <p className="mr-auto text-xs text-muted" role="status">
        {missing ?? ""}
      </p>
      <button type="button" className="control" onClick={onCancel}>
        Cancel
      </button>
      <button
        type="submit"
        className="control border-accent bg-accent font-medium text-on-accent"
        disabled={missing !== null}
      >
        {submit}
      </button>
    </div>
  );
}
