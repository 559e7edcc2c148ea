// Dark, light or as the system says. Owns the choice and tells whoever draws on a canvas when it changes.
import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "dark" | "light";
export type Theme = "dark" | "light";

const STORAGE_KEY = "hawkeye.theme"; // public/theme.js reads it before the first paint.
const systemLight = matchMedia("(prefers-color-scheme: light)");
const watchers = new Set<() => void>();
let choice = storedChoice();

systemLight.addEventListener("change", apply);

export function themeChoice(): ThemeChoice {
  return choice;
}

export function setThemeChoice(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // Storage may be blocked; the choice then lasts until the page is closed.
  }
  apply();
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, themeChoice);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

function currentTheme(): Theme {
  if (choice !== "system") return choice;
  return systemLight.matches ? "light" : "dark";
}

function apply(): void {
  document.documentElement.dataset.theme = currentTheme();
  for (const watcher of watchers) watcher();
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function storedChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === "dark" || stored === "light" ? stored : "system";
  } catch {
    return "system";
  }
}
