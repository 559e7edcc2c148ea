// Short messages about what was just done, with a way back. Owns the list of them and the newest undo.
import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  text: string;
  tone: "done" | "failed";
  undo?: () => void;
  retry?: () => void;
}

const SHOWN_MAX = 3;

const watchers = new Set<() => void>();
let toasts: readonly Toast[] = [];
let nextId = 1;

export function showToast(toast: Omit<Toast, "id">): number {
  const id = nextId;
  nextId += 1;
  change([...toasts, { ...toast, id }].slice(-SHOWN_MAX));
  return id;
}

export function dismissToast(id: number): void {
  change(toasts.filter((toast) => toast.id !== id));
}

/** Takes back what the newest message with an undo was about. False when there is none. */
export function undoNewest(): boolean {
  const toast = toasts.findLast((item) => item.undo);
  if (!toast) return false;
  dismissToast(toast.id);
  toast.undo!();
  return true;
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts);
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const watcher of watchers) watcher();
}
