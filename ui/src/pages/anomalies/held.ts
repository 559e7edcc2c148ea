// Rows that came while somebody reads a list wait above it instead of pushing the others away. Owns the rule.
import { useState } from "react";

export type StartOf<Item> = (item: Item) => number;

/** Those that began after `upTo_ms` wait; nothing waits before anything was seen. */
export function heldBack<Item>(
  items: Item[],
  startOf: StartOf<Item>,
  upTo_ms: number | null,
): { shown: Item[]; waiting: number } {
  if (upTo_ms === null) return { shown: items, waiting: 0 };
  const shown = items.filter((item) => startOf(item) <= upTo_ms);
  return { shown, waiting: items.length - shown.length };
}

/** `view` names what is listed: another filter or order has another newest. */
export function useHeldBack<Item>(items: Item[], startOf: StartOf<Item>, held: boolean, view: string) {
  const newest_ms = items.reduce((latest, item) => Math.max(latest, startOf(item)), 0);
  const [seen, setSeen] = useState({ view, upTo_ms: newest_ms });
  const current = seen.view === view;
  if (!current || (!held && seen.upTo_ms !== newest_ms)) setSeen({ view, upTo_ms: newest_ms });
  const result = heldBack(items, startOf, held && current ? seen.upTo_ms : null);
  return { ...result, release: () => setSeen({ view, upTo_ms: newest_ms }) };
}
