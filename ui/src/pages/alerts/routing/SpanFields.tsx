// Recurring times: weekdays, from and to, days of the month, months. Owns the rows; one of them is enough.
import { ListField, TextField } from "../../../alerting/fields";
import { EMPTY_SPAN, isClock, spanSentence, WEEKDAYS } from "../../../alerting/calendar";
import type { Span } from "../../../api/alertTypes";
import { AddButton, Choices, RemoveIcon } from "./parts";

interface SpanFieldsProps {
  spans: Span[];
  onChange: (spans: Span[]) => void;
  /** What no span means. */
  empty: string;
}

export function SpanFields({ spans, onChange, empty }: SpanFieldsProps) {
  const part = (index: number, fields: Partial<Span>) =>
    onChange(spans.map((span, at) => (at === index ? { ...span, ...fields } : span)));
  return (
    <div className="flex flex-col gap-2">
      {spans.length === 0 && <p className="text-xs text-muted">{empty}</p>}
      {spans.map((span, index) => (
        <div key={index} role="group" aria-label={`Time ${index + 1}`} className="rounded-md border border-line p-2.5">
          <div className="flex items-start gap-2">
            <p className="min-w-0 flex-1 text-xs font-medium">{spanSentence(span)}</p>
            <RemoveIcon name={`time ${index + 1}`} onClick={() => onChange(spans.toSpliced(index, 1))} />
          </div>
          <Choices
            name="Begins on; none: every day"
            options={WEEKDAYS}
            chosen={span.weekdays}
            onChange={(weekdays) => part(index, { weekdays })}
          />
          <div className="mt-1.5 grid grid-cols-2 gap-2">
            <TextField
              name="From"
              placeholder="00:00"
              value={span.from}
              onChange={(from) => part(index, { from: from.trim() })}
              error={isClock(span.from) ? undefined : "Write 22:00"}
            />
            <TextField
              name="To"
              placeholder="24:00"
              value={span.to}
              onChange={(to) => part(index, { to: to.trim() })}
              error={isClock(span.to) ? undefined : "Write 06:00"}
            />
            <ListField
              name="Days of the month"
              placeholder="all, or 1, -1"
              value={span.days_of_month.map(String)}
              onChange={(days) => part(index, { days_of_month: numbers(days) })}
            />
            <ListField
              name="Months"
              placeholder="all, or 12"
              value={span.months.map(String)}
              onChange={(months) => part(index, { months: numbers(months) })}
            />
          </div>
        </div>
      ))}
      <div>
        <AddButton onClick={() => onChange([...spans, EMPTY_SPAN])}>Add time</AddButton>
      </div>
    </div>
  );
}

function numbers(words: string[]): number[] {
  return words.map(Number).filter((number) => Number.isInteger(number));
}

const ZONES: string[] = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];

/** A place on the map, because clocks change there. */
export function ZoneNameField({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (zone: string) => void;
  error?: string;
}) {
  return <TextField name="Time zone" value={value} options={["UTC", ...ZONES]} onChange={onChange} error={error} />;
}
