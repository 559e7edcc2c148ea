// What the alert list last showed and where. Owns the way from an alert to the next one and back to the list.
let ids: string[] = [];
let address = "";
let opened: string | null = null;

export function rememberAlerts(listed: string[]): void {
  ids = listed;
  address = location.search;
}

export function lastAlertsSearch(): string {
  return address;
}

export function alertNeighbour(id: string, step: 1 | -1): string | null {
  const at = ids.indexOf(id);
  return at < 0 ? null : (ids[at + step] ?? null);
}

export function alertPlace(id: string): { place: number; total: number } | null {
  const at = ids.indexOf(id);
  return at < 0 ? null : { place: at + 1, total: ids.length };
}

export function rememberAlert(id: string): void {
  opened = id;
}

/** Where the cursor stands when somebody comes back to the list. */
export function lastAlert(): string | null {
  return opened;
}
