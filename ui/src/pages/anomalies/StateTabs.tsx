// The states of anomalies with how many there are of each. Owns which counts a tab adds up.
import type { AnomalyList } from "../../api/detectionTypes";
import { STATE_TABS, type StateTab } from "./filters";

interface StateTabsProps {
  value: StateTab;
  counts: AnomalyList["counts"] | undefined;
  onChange: (tab: StateTab) => void;
}

export function StateTabs({ value, counts, onChange }: StateTabsProps) {
  return (
    <div role="group" aria-label="State" className="flex max-w-full items-center overflow-x-auto max-md:order-2">
      {STATE_TABS.map(([tab, name]) => (
        <button
          key={tab}
          type="button"
          aria-pressed={tab === value}
          className={`control -ml-px rounded-none first-of-type:ml-0 first-of-type:rounded-l-md last:rounded-r-md ${
            tab === value ? "bg-selected font-medium" : ""
          }`}
          onClick={() => onChange(tab)}
        >
          {name}
          <span className="min-w-4 text-right text-xs font-normal text-muted">
            {counts ? countOf(tab, counts) : ""}
          </span>
        </button>
      ))}
    </div>
  );
}

function countOf(tab: StateTab, counts: AnomalyList["counts"]): string {
  const { open, acknowledged, closed, false_positive } = counts;
  const values: Record<StateTab, number> = {
    "": open + acknowledged,
    acknowledged,
    closed,
    false_positive,
    all: open + acknowledged + closed,
  };
  return values[tab].toLocaleString("en");
}
