// What can be done with the selection, floating above the foot of the list so that no row moves.
import { CircleCheck, Eye, ThumbsDown, TrendingUpDown, X } from "lucide-react";

const ACTIONS = [
  { name: "acknowledge", label: "Acknowledge", key: "A", icon: Eye },
  { name: "confirmed", label: "Confirm", key: "C", icon: CircleCheck },
  { name: "false_positive", label: "False positive", key: "F", icon: ThumbsDown },
  { name: "expected_change", label: "Expected change", key: "E", icon: TrendingUpDown },
  { name: "close", label: "Close", key: "", icon: X },
] as const;

interface BulkBarProps {
  count: number;
  onAct: (name: (typeof ACTIONS)[number]["name"]) => void;
  onClear: () => void;
}

export function BulkBar({ count, onAct, onClear }: BulkBarProps) {
  return (
    <div
      role="toolbar"
      aria-label="Selected anomalies"
      className="absolute inset-x-2 bottom-2 z-6 mx-auto flex w-fit max-w-full flex-wrap items-center gap-1 rounded-lg border border-line-strong bg-raised p-1.5 shadow-(--shadow)"
    >
      <span className="px-2 font-medium" role="status">
        {count.toLocaleString("en")} selected
      </span>
      {ACTIONS.map(({ name, label, key, icon: Icon }) => (
        <button
          key={name}
          type="button"
          className="control bg-raised"
          onClick={() => onAct(name)}
          aria-keyshortcuts={key || undefined}
        >
          <Icon size={14} className="text-muted" aria-hidden /> {label}
          {key && (
            <kbd className="font-mono text-[11px] text-muted max-md:hidden" aria-hidden>
              {key}
            </kbd>
          )}
        </button>
      ))}
      <button type="button" className="h-8 rounded px-2 text-accent hover:underline" onClick={onClear}>
        Clear
      </button>
    </div>
  );
}
