// The setting that turns single-key shortcuts off, for people whose input devices type by accident.
const STORAGE_KEY = "hawkeye.single-keys";

export function singleKeysEnabled(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(enabled: boolean): void {
  try {
    localStorage.setItem(STORAGE_KEY, enabled ? "on" : "off");
  } catch {
    // Without storage the setting cannot be kept; the keys stay on.
  }
}
