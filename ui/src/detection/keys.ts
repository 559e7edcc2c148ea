// The keys of the anomaly list. Owns which key means what and, for every list, how the cursor and the selection move; acts on nothing.

export interface ListState {
  /** The anomaly under the keyboard, or null before the first key. */
  active: string | null;
  /** Where it stood, for when it has left the list. */
  place: number;
  selected: readonly string[];
}

export type AnomalyAct = "acknowledge" | "confirmed" | "false_positive" | "expected_change";

export type ListIntent<Act extends string = AnomalyAct> =
  | { type: "move"; step: 1 | -1 }
  | { type: "toggle" }
  | { type: "clear" }
  | { type: "open" }
  | { type: "act"; act: Act };

const INTENTS: Record<string, ListIntent> = {
  j: { type: "move", step: 1 },
  k: { type: "move", step: -1 },
  x: { type: "toggle" },
  a: { type: "act", act: "acknowledge" },
  c: { type: "act", act: "confirmed" },
  f: { type: "act", act: "false_positive" },
  e: { type: "act", act: "expected_change" },
};

/** Single letters are a setting; arrows, Enter and Escape always work. */
export function intentOf(key: string, singleKeys: boolean, inside: boolean): ListIntent | null {
  if (key === "Enter") return { type: "open" };
  if (key === "Escape") return { type: "clear" };
  if (inside && key === "ArrowDown") return { type: "move", step: 1 };
  if (inside && key === "ArrowUp") return { type: "move", step: -1 };
  if (inside && key === " ") return { type: "toggle" };
  return singleKeys ? (INTENTS[key.toLowerCase()] ?? null) : null;
}

/** The list after an intent. What acts on the server changes nothing here. */
export function reduceList(state: ListState, intent: ListIntent<string>, ids: readonly string[]): ListState {
  const at = state.active === null ? -1 : ids.indexOf(state.active);
  const last = ids.length - 1;
  switch (intent.type) {
    case "move": {
      if (ids.length === 0) return state;
      // Without a place the cursor starts at the top; where its row has gone, the next one took its place.
      const from = at >= 0 ? at : state.active === null ? -intent.step : state.place - (intent.step > 0 ? 1 : 0);
      const next = Math.min(last, Math.max(0, from + intent.step));
      return { ...state, active: ids[next]!, place: next };
    }
    case "toggle":
      return at < 0 ? state : { ...state, selected: toggled(state.selected, state.active!) };
    case "clear":
      return state.selected.length > 0 ? { ...state, selected: [] } : state;
    default:
      return state;
  }
}

/** What an action is about: the selection, or else the anomaly under the keyboard. */
export function targets(state: ListState, ids: readonly string[]): string[] {
  if (state.selected.length > 0) return [...state.selected];
  return state.active !== null && ids.includes(state.active) ? [state.active] : [];
}

export function toggled(selected: readonly string[], id: string): string[] {
  return selected.includes(id) ? selected.filter((item) => item !== id) : [...selected, id];
}
