// What the list last showed and where. Owns the way from an anomaly to the next one and back to the list.
import type { Anomaly } from "../../api/detectionTypes";

let ids: string[] = [];
let address = "";

export function rememberList(anomalies: Anomaly[]): void {
  ids = anomalies.map((anomaly) => anomaly.id);
  address = location.search;
}

export function lastListSearch(): string {
  return address;
}

export function neighbourOf(id: string, step: 1 | -1): string | null {
  const at = ids.indexOf(id);
  return at < 0 ? null : (ids[at + step] ?? null);
}

export function placeInList(id: string): { place: number; total: number } | null {
  const at = ids.indexOf(id);
  return at < 0 ? null : { place: at + 1, total: ids.length };
}

let opened: string | null = null;

export function rememberOpened(id: string): void {
  opened = id;
}

/** Where the cursor stands when somebody comes back to the list. */
export function lastOpened(): string | null {
  return opened;
}
