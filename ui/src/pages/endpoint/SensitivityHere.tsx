// The sensitivity of one endpoint: as everywhere, a budget of its own, or paused. Owns the draft until it is saved.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useDetectionSettings } from "../../api/detectionQueries";
import type { DetectionSettings } from "../../api/detectionTypes";
import { BUDGET_HIGH, BUDGET_LOW, endpointOverride, withEndpointBudget } from "../../detection/rules";
import { useSaveSettings } from "../../detection/useSettings";
import { NumberField } from "../../parts/NumberField";
import { Panel } from "../../parts/Panel";
import { Failure, Skeleton } from "../../parts/states";
import { travelling, type Search } from "../../scope/codec";
import { plural, threeDigits } from "../../units";

export function SensitivityHere({ id }: { id: string }) {
  const settings = useDetectionSettings();
  return (
    <Panel title="Sensitivity here">
      {settings.data ? (
        <Form key={JSON.stringify(endpointOverride(settings.data, id))} id={id} settings={settings.data} />
      ) : settings.error ? (
        <Failure what="The settings" error={settings.error} retry={() => void settings.refetch()} height={180} />
      ) : (
        <div className="px-3 pb-3">
          <Skeleton height={180} />
        </div>
      )}
    </Panel>
  );
}

type Choice = "everywhere" | "own" | "paused";

function Form({ id, settings }: { id: string; settings: DetectionSettings }) {
  const save = useSaveSettings();
  const known = endpointOverride(settings, id);
  const before: Choice = !known ? "everywhere" : known.false_alarms_per_week === null ? "paused" : "own";
  const [choice, setChoice] = useState<Choice>(before);
  const [budget, setBudget] = useState(known?.false_alarms_per_week ?? 0.2);
  const [note, setNote] = useState(known?.note ?? "");
  const others = settings.overrides.filter((item) => item.endpoint_id === id && item !== known).length;
  const wanted = choice === "everywhere" ? undefined : choice === "paused" ? null : budget;
  const changed =
    choice !== before ||
    (known !== undefined && choice !== "everywhere" && (wanted !== known.false_alarms_per_week || note !== known.note));
  const choices: [Choice, string][] = [
    ["everywhere", `As everywhere: at most ${threeDigits(settings.false_alarms_per_week)} a week over all series`],
    ["own", "At most"],
    ["paused", "Paused: nothing is reported here"],
  ];
  return (
    <form
      className="flex flex-col gap-2 px-3 pt-1 pb-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save(withEndpointBudget(settings, id, wanted, note.trim()), "Sensitivity of this endpoint saved.");
      }}
    >
      <fieldset className="flex flex-col">
        <legend className="sr-only">False alarms that are acceptable at this endpoint</legend>
        {choices.map(([value, name]) => (
          <div key={value} className="flex min-h-9 flex-wrap items-center gap-2">
            <label className="flex items-center gap-2">
              <input
                type="radio"
                name="sensitivity-here"
                className="accent-(--accent)"
                checked={choice === value}
                onChange={() => setChoice(value)}
              />
              {name}
            </label>
            {value === "own" && (
              <NumberField
                bare
                label="False alarms a week at this endpoint"
                unit="false alarms a week"
                value={budget}
                low={BUDGET_LOW}
                high={BUDGET_HIGH}
                disabled={choice !== "own"}
                onChange={setBudget}
              />
            )}
          </div>
        ))}
      </fieldset>
      {choice !== "everywhere" && (
        <label className="block">
          <span className="mb-1 block text-xs text-muted">Why (optional)</span>
          <input
            className="control w-full bg-bg"
            value={note}
            maxLength={200}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
      )}
      <div className="mt-1 flex items-center gap-2">
        <p className="mr-auto text-xs text-muted">
          {others > 0 && `${plural(others, "further override")} for single signals or environments. `}
          <Link
            to="/settings"
            search={((previous: Search) => travelling(previous)) as never}
            className="text-accent underline"
          >
            All settings
          </Link>
        </p>
        <button
          type="submit"
          className={`control ${changed ? "border-accent bg-accent font-medium text-on-accent" : ""}`}
          disabled={!changed}
        >
          Save
        </button>
      </div>
    </form>
  );
}
