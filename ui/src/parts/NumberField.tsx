// A number with its unit. Owns what is typed until it is a number in its range; the caller only sees numbers.
import { useEffect, useState } from "react";

interface NumberFieldProps {
  label: string;
  /** Stands behind the field. */
  unit: string;
  value: number;
  low: number;
  high: number;
  /** Hides the label where a heading says the same. */
  bare?: boolean;
  disabled?: boolean;
  onChange: (value: number) => void;
}

export function NumberField({ label, unit, value, low, high, bare, disabled, onChange }: NumberFieldProps) {
  const [typed, setTyped] = useState(String(value));
  useEffect(() => {
    setTyped((text) => (Number(text) === value ? text : String(value)));
  }, [value]);
  const number = Number(typed);
  const bad = typed.trim() === "" || !Number.isFinite(number) || number < low || number > high;
  return (
    <label className="flex items-center gap-2">
      <span className={bare ? "sr-only" : "min-w-0 flex-1"}>{label}</span>
      <input
        className={`control w-20 shrink-0 bg-bg text-right ${bad ? "border-critical" : ""}`}
        inputMode="decimal"
        value={typed}
        disabled={disabled}
        aria-invalid={bad}
        onChange={(event) => {
          setTyped(event.target.value);
          const next = Number(event.target.value);
          if (event.target.value.trim() !== "" && next >= low && next <= high) onChange(next);
        }}
        onBlur={() => bad && setTyped(String(value))}
      />
      <span className="min-w-14 shrink-0 text-xs text-muted">{bad ? `${low} to ${high}` : unit}</span>
    </label>
  );
}
