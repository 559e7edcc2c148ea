// The ticking clock of the screen. Owns one timer; pure code takes `now_ms` as an argument instead.
import { useSyncExternalStore } from "react";

const TICK_MS = 1000;
const watchers = new Set<() => void>();
let now_ms = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now_ms);
}

function subscribe(watcher: () => void): () => void {
  if (watchers.size === 0) {
    now_ms = Date.now();
    timer = setInterval(() => {
      now_ms = Date.now();
      for (const each of watchers) each();
    }, TICK_MS);
  }
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) clearInterval(timer);
  };
}
