// Switches between system, dark and light.
import { Monitor, Moon, Sun } from "lucide-react";
import { setThemeChoice, useThemeChoice, type ThemeChoice } from "../theme";

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: "dark", dark: "light", light: "system" };
const ICON = { system: Monitor, dark: Moon, light: Sun };

export function ThemeToggle() {
  const choice = useThemeChoice();
  const Icon = ICON[choice];
  return (
    <button
      type="button"
      className="flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-bg hover:text-text"
      onClick={() => setThemeChoice(NEXT[choice])}
      aria-label={`Theme: ${choice}. Switch to ${NEXT[choice]}`}
      title={`Theme: ${choice}`}
    >
      <Icon size={15} aria-hidden />
    </button>
  );
}
