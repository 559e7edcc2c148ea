// Sensitivity, smallest changes, exceptions, maintenance, and whether the promise is kept. Owns the draft that is not
// saved yet; exceptions and maintenance are saved one by one.
import { useState } from "react";
import type { DetectionSettings } from "../../api/detectionTypes";
import { CatchingUp } from "../../detection/CatchingUp";
import { withSensitivity } from "../../detection/rules";
import { useSaveSettings } from "../../detection/useSettings";
import { BacktestPanel } from "./BacktestPanel";
import { MaintenancePanel } from "./MaintenancePanel";
import { OverridesPanel } from "./OverridesPanel";
import { PromisePanel } from "./PromisePanel";
import { SensitivityPanel } from "./SensitivityPanel";

type Draft = Pick<DetectionSettings, "sensitivity" | "false_alarms_per_week" | "min_change">;

export function DetectionTab({ saved }: { saved: DetectionSettings }) {
  const save = useSaveSettings();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [busy, setBusy] = useState(false);
  const current = { ...saved, ...draft };
  const changed = draft !== null && JSON.stringify(current) !== JSON.stringify(saved);

  async function apply() {
    setBusy(true);
    if (await save(current, "Detection settings saved.")) setDraft(null);
    setBusy(false);
  }

  function change(next: DetectionSettings) {
    const { sensitivity, false_alarms_per_week, min_change } = next;
    setDraft({ sensitivity, false_alarms_per_week, min_change });
  }

  return (
    <div className="grid grid-cols-2 items-start gap-3 max-rail:grid-cols-1">
      <div className="flex min-w-0 flex-col gap-3">
        <SensitivityPanel
          settings={current}
          changed={changed}
          busy={busy}
          onSensitivity={(sensitivity) => change(withSensitivity(current, sensitivity))}
          onBudget={(false_alarms_per_week) => change({ ...current, sensitivity: "custom", false_alarms_per_week })}
          onMinChange={(min_change) => change({ ...current, min_change })}
          onSave={() => void apply()}
          onDiscard={() => setDraft(null)}
        />
        <OverridesPanel settings={saved} />
        <MaintenancePanel settings={saved} />
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        <CatchingUp />
        <PromisePanel />
        <BacktestPanel settings={current} changed={changed} />
      </div>
    </div>
  );
}
