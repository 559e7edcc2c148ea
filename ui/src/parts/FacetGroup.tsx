// Check boxes under a heading, with a way to clear them. Owns the look of a filter; callers own its values.

export interface FacetRow {
  value: string;
  label: string;
  count?: number;
}

interface FacetGroupProps {
  name: string;
  rows: FacetRow[];
  chosen: string[];
  onChange: (values: string[]) => void;
}

export function FacetGroup({ name, rows, chosen, onChange }: FacetGroupProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 flex w-full items-center text-xs font-semibold">
        {name}
        {chosen.length > 0 && (
          <button
            type="button"
            className="ml-auto rounded px-1 text-[11px] font-normal text-accent hover:underline"
            onClick={() => onChange([])}
            aria-label={`Clear ${name.toLowerCase()} filter`}
          >
            clear
          </button>
        )}
      </legend>
      <div className="flex flex-col">
        {rows.map(({ value, label, count }) => (
          <label key={value} className="flex h-7 min-w-0 items-center gap-2 rounded px-1 text-xs hover:bg-surface">
            <input
              type="checkbox"
              className="size-3.5 shrink-0 accent-(--accent)"
              checked={chosen.includes(value)}
              onChange={() =>
                onChange(chosen.includes(value) ? chosen.filter((item) => item !== value) : [...chosen, value])
              }
            />
            <span className="min-w-0 truncate">{label}</span>
            {count !== undefined && <span className="ml-auto pl-1 text-muted">{count.toLocaleString("en")}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
