// A number that may be left out. Owns what is typed until it means something.
import { useEffect, useState } from "react";
import { Field, FIELD } from "../../alerting/fields";
import { readNumber, writeNumber } from "./numbers";

interface OptionalNumberProps {
  name: string;
  value: number | null;
  /** From what is stored to what is typed: 100 for percent. */
  factor: number;
  placeholder: string;
  hint?: string;
  error?: string;
  disabled?: boolean;
  className?: string;
  onChange: (value: number | null) => void;
}

export function OptionalNumber(props: OptionalNumberProps) {
  const { name, value, factor, placeholder, hint, error, disabled, className, onChange } = props;
  const written = writeNumber(value, factor);
  const [typed, setTyped] = useState(written);
  useEffect(() => {
    setTyped((text) => (readNumber(text, factor) === value ? text : written));
  }, [written]);
  const isWrong = readNumber(typed, factor) === undefined;
  return (
    <Field name={name} hint={hint} error={isWrong ? "A number above 0, or nothing" : error} className={className}>
      <input
        className={`${FIELD} ${isWrong || error ? "border-critical" : ""}`}
        inputMode="decimal"
        autoComplete="off"
        value={typed}
        placeholder={placeholder}
        disabled={disabled}
        aria-invalid={isWrong || error !== undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          const next = readNumber(event.target.value, factor);
          if (next !== undefined) onChange(next);
        }}
        onBlur={() => isWrong && setTyped(written)}
      />
    </Field>
  );
}
