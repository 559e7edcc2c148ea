// Times in which oddities are expected. Owns the list, soonest first, and the form with its typed time.
import { Plus } from "lucide-react";
import { useState, type FormEvent } from "react";
import type { DetectionSettings, Maintenance, RuleTarget } from "../../api/detectionTypes";
import { EVERYTHING, missingIn, targetText, trimmed } from "../../detection/rules";
import { useSaveSettings } from "../../detection/useSettings";
import { useNow } from "../../now";
import { Panel } from "../../parts/Panel";
import { Segmented } from "../../parts/Segmented";
import { Empty } from "../../parts/states";
import { StateChip } from "../../parts/StateChip";
import { useZone } from "../../scope/useScope";
import { resolveRange } from "../../time/expression";
import { rangeText, zoneTag } from "../../time/format";
import { parsePhrase } from "../../time/phrase";
import { FormButtons, RemoveButton } from "./OverridesPanel";
import { Labelled, TargetFields } from "./TargetFields";
import { useEndpointNames } from "./useEndpointNames";

export function MaintenancePanel({ settings }: { settings: DetectionSettings }) {
  const save = useSaveSettings();
  const zone = useZone();
  const now_ms = useNow();
  const [adding, setAdding] = useState(false);
  const nameOf = useEndpointNames(settings.maintenance.map((item) => item.endpoint_id));
  const ordered = settings.maintenance.toSorted((a, b) => a.from_ms - b.from_ms);
  const add = (
    <button type="button" className="control h-7 text-xs" onClick={() => setAdding(!adding)} aria-expanded={adding}>
      <Plus size={13} aria-hidden /> Add
    </button>
  );
  return (
    <Panel title="Maintenance" note="when oddities are expected" actions={add}>
      {adding && <MaintenanceForm settings={settings} onDone={() => setAdding(false)} />}
      {ordered.length === 0 && !adding ? (
        <Empty reason="No maintenance is planned." />
      ) : (
        <ul className="divide-y divide-line text-xs">
          {ordered.map((item) => (
            <li key={item.id} className="flex min-h-11 items-center gap-3 px-3 py-1.5">
              <span className="min-w-0 flex-1">
                <span className="block truncate">
                  {rangeText(item.from_ms, item.to_ms, zone)}{" "}
                  <span className="text-muted">{zoneTag(zone, item.from_ms)}</span>
                </span>
                <span className="block truncate text-muted">
                  {[
                    targetText(item, nameOf),
                    item.mode === "pause" ? "nothing is reported" : "only what is far beyond",
                    item.note,
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </span>
              <When item={item} now_ms={now_ms} />
              <RemoveButton
                name={`maintenance ${rangeText(item.from_ms, item.to_ms, zone)}`}
                onRemove={() =>
                  void save(
                    { ...settings, maintenance: settings.maintenance.filter((other) => other !== item) },
                    "Maintenance removed.",
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

function When({ item, now_ms }: { item: Maintenance; now_ms: number }) {
  if (now_ms >= item.to_ms) return <StateChip tone="quiet">over</StateChip>;
  return now_ms >= item.from_ms ? <StateChip tone="warn">now</StateChip> : <StateChip tone="info">planned</StateChip>;
}

const MODES: [string, string][] = [
  ["pause", "Report nothing"],
  ["widen", "Report only what is far beyond"],
];

function MaintenanceForm({ settings, onDone }: { settings: DetectionSettings; onDone: () => void }) {
  const save = useSaveSettings();
  const zone = useZone();
  const now_ms = useNow();
  const [typed, setTyped] = useState("");
  const [target, setTarget] = useState<RuleTarget>(EVERYTHING);
  const [mode, setMode] = useState<Maintenance["mode"]>("pause");
  const [note, setNote] = useState("");
  const phrase = parsePhrase(typed, now_ms, zone);
  const range = phrase ? resolveRange(phrase.from, phrase.to, now_ms) : null;
  const missing = !range ? "Type when it begins and ends." : missingIn(target);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (missing || !range) return;
    const { from_ms, to_ms } = range;
    const next = {
      ...trimmed(target),
      id: "",
      from_ms: Math.round(from_ms),
      to_ms: Math.round(to_ms),
      mode,
      note: note.trim(),
    };
    if (await save({ ...settings, maintenance: [...settings.maintenance, next] }, "Maintenance added.")) onDone();
  }

  return (
    <form className="flex flex-col gap-3 border-y border-line bg-bg p-3" onSubmit={(event) => void submit(event)}>
      <div>
        <Labelled name={`When, in ${zone}`}>
          <input
            className="control w-full bg-bg"
            value={typed}
            placeholder="22:00 to 23:30, or 2026-12-01 01:00 to 03:00"
            autoComplete="off"
            spellCheck={false}
            aria-invalid={typed !== "" && !range}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Labelled>
        <p className="mt-1 min-h-5 text-xs text-muted">
          {range
            ? `${rangeText(range.from_ms, range.to_ms, zone)} ${zoneTag(zone, range.from_ms)}`
            : typed !== "" && <span className="text-warn">Not a range. Try “22:00 to 23:30”.</span>}
        </p>
      </div>
      <TargetFields value={target} onChange={setTarget} />
      <Segmented
        label="Meanwhile"
        labelled
        options={MODES}
        value={mode}
        onChange={(value) => setMode(value as Maintenance["mode"])}
      />
      <Labelled name="Note">
        <input
          className="control w-full bg-bg"
          value={note}
          maxLength={200}
          onChange={(event) => setNote(event.target.value)}
        />
      </Labelled>
      <FormButtons missing={missing} submit="Add maintenance" onCancel={onDone} />
    </form>
  );
}
