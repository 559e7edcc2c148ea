// Who acts, as long as there is no log-in: a name that the browser keeps. Owns its storage.
const STORAGE_KEY = "hawkeye.actor";
const NAME_MAX = 60;

export function actorName(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)?.trim().slice(0, NAME_MAX) || null;
  } catch {
    return null;
  }
}

export function setActorName(name: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, name.trim().slice(0, NAME_MAX));
  } catch {
    // Without storage the name lasts only for what is being sent.
  }
}
