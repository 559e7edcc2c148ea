// Whether the command palette or the keyboard help is open. Owns one small store that keys and buttons share.
import { useSyncExternalStore } from "react";

export type Overlay = "palette" | "help" | null;

const watchers = new Set<() => void>();
let overlay: Overlay = null;

export function setOverlay(next: Overlay): void {
  overlay = next;
  for (const watcher of watchers) watcher();
}

export function openPalette(): void {
  setOverlay("palette");
}

export function useOverlay(): Overlay {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => overlay,
  );
}
