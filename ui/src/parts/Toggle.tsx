// A switch for something that is on or off. Owns its look; callers own its name.
import { Switch } from "@base-ui/react/switch";

interface ToggleProps {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

export function Toggle({ label, checked, disabled, onChange }: ToggleProps) {
  return (
    <Switch.Root
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      className="flex h-6 w-10 shrink-0 items-center rounded-full border border-line-strong bg-bg p-0.5 data-checked:bg-accent data-disabled:opacity-55"
    >
      <Switch.Thumb className="size-4 rounded-full bg-text transition-transform data-checked:translate-x-4 data-checked:bg-on-accent" />
    </Switch.Root>
  );
}
