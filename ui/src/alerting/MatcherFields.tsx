// Builds conditions on labels: label, operator, value, one a row. Owns the rows; the caller sees the written matchers.
import { Plus, X } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { useFacets } from "../api/queries";
import { DEFAULT_SCOPE } from "../scope/codec";
import { SEVERITIES } from "../detection/words";
import { FIELD, Options } from "./fields";
import { isLabelName, OPERATORS, parseMatchers, writeMatcher, type Matcher, type Operator } from "./matcher";

const LABELS = [
  "alertname",
  "severity",
  "service",
  "endpoint",
  "environment",
  "provider",
  "deployment",
  "region",
  "method",
  "route",
  "signal",
  "kind",
  "rule",
  "version",
  "dataset",
];

interface MatcherFieldsProps {
  name: string;
  value: string[];
  onChange: (matchers: string[]) => void;
  /** What an empty list means. */
  empty: string;
  error?: string;
}

export function MatcherFields({ name, value, onChange, empty, error }: MatcherFieldsProps) {
  const id = useId();
  const [rows, setRows] = useState<Matcher[]>(() => parseMatchers(value));
  const known = useKnownValues();
  // A row without a label means nothing yet and is only on the screen.
  useEffect(() => {
    if (value.join("\n") !== written(rows).join("\n")) setRows(parseMatchers(value));
  }, [value]);
  function change(next: Matcher[]) {
    setRows(next);
    onChange(written(next));
  }
  const part = (index: number, fields: Partial<Matcher>) =>
    change(rows.map((row, at) => (at === index ? { ...row, ...fields } : row)));
  return (
    <fieldset className="min-w-0" data-matchers>
      <legend className="mb-1 text-xs text-muted">{name}</legend>
      {rows.length === 0 && <p className="mb-1.5 text-xs">{empty}</p>}
      <ul className="flex flex-col gap-1.5">
        {rows.map((row, index) => {
          const isWrong = row.label !== "" && !isLabelName(row.label);
          return (
            <li key={index} className="flex min-w-0 flex-wrap items-center gap-1.5">
              <input
                className={`${FIELD} w-36! font-mono text-xs ${isWrong ? "border-critical" : ""}`}
                aria-label={`Label ${index + 1}`}
                aria-invalid={isWrong}
                list={`${id}-labels`}
                placeholder="label"
                value={row.label}
                onChange={(event) => part(index, { label: event.target.value.trim() })}
              />
              <select
                className={`${FIELD} w-32!`}
                aria-label={`Operator ${index + 1}`}
                value={row.operator}
                onChange={(event) => part(index, { operator: event.target.value as Operator })}
              >
                {OPERATORS.map(([operator, words]) => (
                  <option key={operator} value={operator}>
                    {words}
                  </option>
                ))}
              </select>
              <input
                className={`${FIELD} w-auto! min-w-32 flex-1 font-mono text-xs`}
                aria-label={`Value ${index + 1}`}
                list={`${id}-${row.label}`}
                placeholder={row.operator.includes("~") ? "pattern, such as eu-.*" : "value"}
                value={row.value}
                onChange={(event) => part(index, { value: event.target.value })}
              />
              <Options id={`${id}-${row.label}`} values={known[row.label] ?? []} />
              <button
                type="button"
                className="flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:text-critical"
                aria-label={`Remove condition ${index + 1}`}
                onClick={() => change(rows.toSpliced(index, 1))}
              >
                <X size={14} aria-hidden />
              </button>
            </li>
          );
        })}
      </ul>
      <button
        type="button"
        className="control mt-1.5 h-7 text-xs"
        onClick={() => setRows([...rows, { label: "", operator: "=", value: "" }])}
      >
        <Plus size={13} aria-hidden /> Add condition
      </button>
      {error && <p className="mt-1 text-xs text-critical">{error}</p>}
      <Options id={`${id}-labels`} values={LABELS} />
    </fieldset>
  );
}

function written(rows: Matcher[]): string[] {
  return rows.filter((row) => isLabelName(row.label)).map(writeMatcher);
}

const FACETS = ["service", "environment", "provider", "region", "deployment", "method"];
const KNOWN_SCOPE = { ...DEFAULT_SCOPE, from: "now-7d", live: false };

/** What labels may say, as far as requests of the last days tell. */
export function useKnownValues(): Record<string, string[]> {
  const { data } = useFacets(KNOWN_SCOPE, FACETS);
  const values = (field: string) => data?.fields[field]?.map((item) => item.value) ?? [];
  const found = FACETS.map((field) => [field, values(field)] as const);
  return { ...Object.fromEntries(found), severity: SEVERITIES, dataset: ["live", "demo"] };
}

/** Matchers as small chips, for reading. */
export function MatcherChips({ matchers, empty }: { matchers: string[]; empty?: string }) {
  if (matchers.length === 0) return empty ? <span className="text-muted">{empty}</span> : null;
  return (
    <span className="flex min-w-0 flex-wrap gap-1">
      {matchers.map((matcher) => (
        <code
          key={matcher}
          className="max-w-full rounded border border-line bg-bg px-1.5 font-mono text-[11px] leading-5 break-all"
        >
          {matcher}
        </code>
      ))}
    </span>
  );
}
