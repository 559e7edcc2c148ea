// The keys of the alert list. Owns which letter means what; moving and selecting are those of every list.
import { intentOf, type ListIntent } from "../detection/keys";

export type AlertAct = "acknowledge" | "silence" | "snooze";
export type AlertIntent = ListIntent<AlertAct>;

const ACTS: Record<string, AlertAct> = { a: "acknowledge", s: "silence", z: "snooze" };

export function alertIntentOf(key: string, singleKeys: boolean, inside: boolean): AlertIntent | null {
  const act = ACTS[key.toLowerCase()];
  if (act) return singleKeys ? { type: "act", act } : null;
  const intent = intentOf(key, singleKeys, inside);
  return intent === null || intent.type === "act" ? null : intent;
}
