// Anomalies that came while somebody reads the list wait above it instead of pushing the rows away. Owns the rule.
import { useState } from "react";
import type { Anomaly } from "../../api/detectionTypes";

/** Those that began after `upTo_ms` wait; nothing waits before anything was seen. */
export function heldBack(anomalies: Anomaly[], upTo_ms: number | null): { shown: Anomaly[]; waiting: number } {
  if (upTo_ms === null) return { shown: anomalies, waiting: 0 };
  const shown = anomalies.filter((item) => item.onset_ms <= upTo_ms);
  return { shown, waiting: anomalies.length - shown.length };
}

/** `view` names what is listed: another filter or order has another newest. */
export function useHeldBack(anomalies: Anomaly[], held: boolean, view: string) {
  const newest_ms = anomalies.reduce((latest, item) => Math.max(latest, item.onset_ms), 0);
  const [seen, setSeen] = useState({ view, upTo_ms: newest_ms });
  const current = seen.view === view;
  if (!current || (!held && seen.upTo_ms !== newest_ms)) setSeen({ view, upTo_ms: newest_ms });
  const result = heldBack(anomalies, held && current ? seen.upTo_ms : null);
  return { ...result, release: () => setSeen({ view, upTo_ms: newest_ms }) };
}
