// Chooses a moment to come: quick spans, tomorrow morning, or a date. Owns the buttons; null where there is no end.
import { useZone } from "../scope/useScope";
import { useNow } from "../now";
import { countdown } from "./span";
import { MomentField } from "./fields";
import { nextMinute, QUICK_SPANS, tomorrowMorning } from "./until";

interface UntilFieldProps {
  name: string;
  value_ms: number | null;
  onChange: (until_ms: number | null) => void;
  /** The word for no end; left out where there must be one. */
  endless?: string;
  /** Spans count from here. */
  from_ms?: number;
  error?: string;
}

export function UntilField({ name, value_ms, onChange, endless, from_ms, error }: UntilFieldProps) {
  const zone = useZone();
  const now_ms = useNow();
  const start_ms = from_ms ?? now_ms;
  const morning_ms = tomorrowMorning(now_ms, zone);
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-xs text-muted">{name}</legend>
      <div className="mb-1.5 flex flex-wrap gap-1">
        {endless && (
          <Quick pressed={value_ms === null} onClick={() => onChange(null)}>
            {endless}
          </Quick>
        )}
        {QUICK_SPANS.map(([span_ms, words]) => (
          <Quick
            key={words}
            pressed={value_ms !== null && Math.abs(value_ms - start_ms - span_ms) < 60_000}
            onClick={() => onChange(nextMinute(start_ms + span_ms))}
          >
            {words}
          </Quick>
        ))}
        <Quick pressed={value_ms === morning_ms} onClick={() => onChange(morning_ms)}>
          Tomorrow 9:00
        </Quick>
      </div>
      <div className="grid grid-cols-2 items-end gap-2 max-sm:grid-cols-1">
        <MomentField name={`Until, in ${zone}`} zone={zone} value_ms={value_ms} onChange={onChange} error={error} />
        <p className="min-h-8 pb-1.5 text-xs text-muted">
          {value_ms === null
            ? ""
            : value_ms <= now_ms
              ? "That is over already."
              : `Ends in ${countdown(value_ms - now_ms)}.`}
        </p>
      </div>
    </fieldset>
  );
}

function Quick({ pressed, onClick, children }: { pressed: boolean; onClick: () => void; children: string }) {
  return (
    <button
      type="button"
      className={`control h-7 text-xs ${pressed ? "border-accent bg-selected" : ""}`}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
