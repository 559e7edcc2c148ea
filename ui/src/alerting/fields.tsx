// Fields of alerting's forms: a name, what is typed, what is wrong with it. Owns what is typed until it means something.
import { useEffect, useId, useState, type ReactNode, type Ref } from "react";
import type { Labels } from "../api/alertTypes";
import { wallTime, zonedToEpoch } from "../time/zone";
import { parsePairs, splitList, writePairs } from "./lists";
import { parseSpan, spanText } from "./span";

export const FIELD = "control w-full min-w-0 bg-bg";
export const PRIMARY = "control border-accent bg-accent font-medium text-on-accent";

interface FieldProps {
  name: string;
  hint?: ReactNode;
  error?: string;
  className?: string;
  children: ReactNode;
}

export function Field({ name, hint, error, className = "", children }: FieldProps) {
  return (
    <label className={`block min-w-0 ${className}`}>
      <span className="mb-1 block text-xs text-muted">{name}</span>
      {children}
      {error ? (
        <span className="mt-1 block text-xs text-critical">{error}</span>
      ) : (
        hint && <span className="mt-1 block text-xs text-muted">{hint}</span>
      )}
    </label>
  );
}

interface TextFieldProps extends Omit<FieldProps, "children"> {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  options?: string[];
  required?: boolean;
  disabled?: boolean;
  type?: "text" | "url" | "password";
  inputRef?: Ref<HTMLInputElement>;
}

export function TextField({
  value,
  onChange,
  placeholder,
  options,
  required,
  disabled,
  type,
  inputRef,
  ...field
}: TextFieldProps) {
  const id = useId();
  return (
    <Field {...field}>
      <input
        ref={inputRef}
        className={FIELD}
        type={type ?? "text"}
        autoComplete={type === "password" ? "new-password" : "off"}
        spellCheck={false}
        list={options ? id : undefined}
        value={value}
        placeholder={placeholder}
        required={required}
        disabled={disabled}
        aria-invalid={field.error !== undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {options && <Options id={id} values={options} />}
    </Field>
  );
}

export function Options({ id, values }: { id: string; values: string[] }) {
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}

interface SelectFieldProps extends Omit<FieldProps, "children"> {
  value: string;
  /** Value and name of each. */
  options: [string, string][];
  disabled?: boolean;
  onChange: (value: string) => void;
}

export function SelectField({ value, options, onChange, disabled, ...field }: SelectFieldProps) {
  return (
    <Field {...field}>
      <select className={FIELD} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)}>
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface TypedFieldProps<Value> extends Omit<FieldProps, "children"> {
  value: Value;
  read: (text: string) => Value | null;
  write: (value: Value) => string;
  wrong: string;
  placeholder?: string;
  lines?: number;
  disabled?: boolean;
  onChange: (value: Value) => void;
}

/** The caller only sees values that mean something; what is typed stays as it was typed. */
function TypedField<Value>(props: TypedFieldProps<Value>) {
  const { value, read, write, wrong, placeholder, lines, disabled, onChange, ...field } = props;
  const [typed, setTyped] = useState(write(value));
  const written = write(value);
  useEffect(() => {
    setTyped((text) => {
      const meant = read(text);
      return meant !== null && write(meant) === written ? text : written;
    });
  }, [written]);
  const isWrong = read(typed) === null;
  const look = isWrong ? "border-critical" : "";
  const shared = {
    value: typed,
    placeholder,
    disabled,
    spellCheck: false,
    "aria-invalid": isWrong,
    onBlur: () => isWrong && setTyped(written),
  };
  function change(text: string) {
    setTyped(text);
    const next = read(text);
    if (next !== null) onChange(next);
  }
  return (
    <Field {...field} error={isWrong ? wrong : field.error}>
      {lines ? (
        <textarea
          {...shared}
          rows={lines}
          className={`w-full rounded-md border border-line bg-bg px-2.5 py-1.5 font-mono text-xs ${look}`}
          onChange={(event) => change(event.target.value)}
        />
      ) : (
        <input
          {...shared}
          autoComplete="off"
          className={`${FIELD} ${look}`}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </Field>
  );
}

type ValueFieldProps<Value> = Omit<TypedFieldProps<Value>, "read" | "write" | "wrong">;

/** Seconds, typed as people say them. */
export function SpanField(props: ValueFieldProps<number>) {
  return <TypedField {...props} read={parseSpan} write={spanText} wrong="Write 90 s, 5 min or 1 h 30 min" />;
}

/** As above; empty means that the parent's counts. */
export function OptionalSpanField(props: ValueFieldProps<number | null>) {
  return (
    <TypedField
      {...props}
      read={(text) => (text.trim() === "" ? UNSET : parseSpan(text)) as number | null}
      write={(value) => (value === null || value === UNSET ? "" : spanText(value))}
      wrong="Write 90 s, 5 min or 1 h 30 min"
      onChange={(value) => props.onChange(value === UNSET ? null : value)}
    />
  );
}
const UNSET = -1; // A null would mean that the text cannot be read.

export function NumberInput(props: ValueFieldProps<number> & { low: number; high?: number }) {
  const { low, high = Infinity, ...field } = props;
  const read = (text: string) => {
    const number = Number(text.replace(",", "."));
    return text.trim() !== "" && Number.isFinite(number) && number >= low && number <= high ? number : null;
  };
  const wrong = high === Infinity ? `A number from ${low}` : `A number from ${low} to ${high}`;
  return <TypedField {...field} read={read} write={String} wrong={wrong} />;
}

/** A share typed as percent. */
export function PercentInput(props: ValueFieldProps<number>) {
  const read = (text: string) => {
    const number = Number(text.replace("%", "").replace(",", "."));
    return text.trim() !== "" && number >= 0 && number <= 100 ? Number((number / 100).toPrecision(12)) : null;
  };
  const write = (share: number) => String(Number((share * 100).toPrecision(12)));
  return <TypedField {...props} read={read} write={write} wrong="A number from 0 to 100" />;
}

/** Words with commas between them. */
export function ListField(props: ValueFieldProps<string[]>) {
  return <TypedField {...props} read={splitList} write={(words) => words.join(", ")} wrong="" />;
}

/** One name and value a line. */
export function PairsField(props: ValueFieldProps<Labels>) {
  return (
    <TypedField
      {...props}
      lines={props.lines ?? 2}
      read={parsePairs}
      write={writePairs}
      wrong="One name: value a line"
    />
  );
}

export function CheckField({
  checked,
  onChange,
  disabled,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  children: ReactNode;
}) {
  return (
    <label className="flex min-h-8 items-center gap-2">
      <input
        type="checkbox"
        className="size-3.5 shrink-0 accent-(--accent)"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}

interface MomentFieldProps extends Omit<FieldProps, "children"> {
  value_ms: number | null;
  zone: string;
  onChange: (epoch_ms: number | null) => void;
}

/** A date and a time in the zone of the screen. */
export function MomentField({ value_ms, zone, onChange, ...field }: MomentFieldProps) {
  return (
    <Field {...field}>
      <input
        type="datetime-local"
        className={FIELD}
        value={value_ms === null ? "" : localText(value_ms, zone)}
        onChange={(event) => onChange(localMoment(event.target.value, zone))}
      />
    </Field>
  );
}

/** "2026-11-24T10:30" in a zone: what a date field holds. */
export function localText(epoch_ms: number, zone: string): string {
  const wall = wallTime(zone, epoch_ms);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${wall.year}-${two(wall.month)}-${two(wall.day)}T${two(wall.hour)}:${two(wall.minute)}`;
}

export function localMoment(text: string, zone: string): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text);
  if (!found) return null;
  const [year, month, day, hour, minute] = found.slice(1).map(Number) as [number, number, number, number, number];
  return zonedToEpoch({ year, month, day, hour, minute, second: 0 }, zone);
}
