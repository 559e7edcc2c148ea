// A row of buttons of which one is pressed.

interface SegmentedProps {
  label: string;
  /** Value and name of each choice. */
  options: [string, string][];
  value: string;
  onChange: (value: string) => void;
  /** Writes the label before the buttons. */
  labelled?: boolean;
}

export function Segmented({ label, options, value, onChange, labelled }: SegmentedProps) {
  return (
    <div role="group" aria-label={label} className="flex items-center">
      {labelled && (
        <span className="mr-2 text-xs text-muted" aria-hidden>
          {label}
        </span>
      )}
      {options.map(([option, name]) => (
        <button
          key={option}
          type="button"
          aria-pressed={option === value}
          className={`control -ml-px rounded-none first-of-type:ml-0 first-of-type:rounded-l-md last:rounded-r-md ${
            option === value ? "bg-selected" : ""
          }`}
          onClick={() => onChange(option)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
