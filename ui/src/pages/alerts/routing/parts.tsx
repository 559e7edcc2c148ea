// Small buttons and errors that all parts of the routing share.
import { Plus, Trash2, type LucideIcon } from "lucide-react";
import { problemsBelow } from "../../../alerting/problems";
import { useRoutingDraft } from "./draft";

interface IconButtonProps {
  label: string;
  icon: LucideIcon;
  disabled?: boolean;
  expanded?: boolean;
  onClick: () => void;
}

export function IconButton({ label, icon: Icon, disabled, expanded, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      className="flex size-7 shrink-0 items-center justify-center rounded-md text-muted hover:bg-bg hover:text-text disabled:opacity-40"
      aria-label={label}
      aria-expanded={expanded}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={14} aria-hidden />
    </button>
  );
}

export function RemoveIcon({ name, disabled, onClick }: { name: string; disabled?: boolean; onClick: () => void }) {
  return <IconButton label={`Remove ${name}`} icon={Trash2} disabled={disabled} onClick={onClick} />;
}

export function AddButton({ children, onClick }: { children: string; onClick: () => void }) {
  return (
    <button type="button" className="control h-7 text-xs" onClick={onClick}>
      <Plus size={13} aria-hidden /> {children}
    </button>
  );
}

/** What the server said is wrong at this place or deeper; `deeper` leaves out what stands at a field. */
export function Problems({ path, deeper }: { path: string; deeper?: boolean }) {
  const { problems } = useRoutingDraft();
  const below = problemsBelow(problems, path);
  const here = deeper ? below.filter((problem) => !/^\.\w+$/.test(problem.path.slice(path.length))) : below;
  if (here.length === 0) return null;
  return (
    <ul role="alert" className="text-xs text-critical">
      {here.map((problem) => (
        <li key={`${problem.path} ${problem.message}`} className="break-words">
          {problem.path === path ? "" : `${problem.path.slice(path.length).replace(/^\./, "")}: `}
          {problem.message}
        </li>
      ))}
    </ul>
  );
}

interface ChoicesProps {
  name: string;
  options: [string, string][];
  chosen: string[];
  /** What is shown without options. */
  none?: string;
  onChange: (chosen: string[]) => void;
}

/** Several of a few. A chosen one that is gone stays visible, so that it can be taken away. */
export function Choices({ name, options, chosen, none, onChange }: ChoicesProps) {
  const gone = chosen.filter((value) => !options.some(([option]) => option === value));
  const all = [...options, ...gone.map((value): [string, string] => [value, `${value} (gone)`])];
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-xs text-muted">{name}</legend>
      {all.length === 0 && <p className="text-xs text-muted">{none}</p>}
      <div className="flex flex-wrap gap-x-4">
        {all.map(([value, label]) => (
          <label key={value} className="flex min-h-7 items-center gap-1.5 text-xs">
            <input
              type="checkbox"
              className="size-3.5 shrink-0 accent-(--accent)"
              checked={chosen.includes(value)}
              onChange={() =>
                onChange(chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value])
              }
            />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
