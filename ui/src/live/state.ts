// What the stream is doing, as a reducer. Owns the states people see and the back-off; opens no connection.

export type Phase = "off" | "hidden" | "connecting" | "live" | "reconnecting";

export interface LiveState {
  phase: Phase;
  /** Failed tries since the last message. */
  failures: number;
  /** When the last message came; null before the first. */
  heard_ms: number | null;
  /** Requests in the last second over everything stored, unfiltered. */
  requests_per_second: number | null;
}

export type LiveEvent =
  | { type: "closed" }
  | { type: "hidden" }
  | { type: "opening" }
  | { type: "message"; now_ms: number }
  | { type: "rate"; requests_per_second: number }
  | { type: "failed" };

export const INITIAL_LIVE: LiveState = { phase: "off", failures: 0, heard_ms: null, requests_per_second: null };

const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 20_000;
export const STALE_AFTER_MS = 20_000; // The server's heartbeat is 15 s, its rollups come every second.

export function reduceLive(state: LiveState, event: LiveEvent): LiveState {
  switch (event.type) {
    case "closed":
      return { ...state, phase: "off", failures: 0 };
    case "hidden":
      return { ...state, phase: "hidden", failures: 0 };
    case "opening":
      return { ...state, phase: state.failures > 0 ? "reconnecting" : "connecting" };
    case "message":
      return { ...state, phase: "live", failures: 0, heard_ms: event.now_ms };
    case "rate":
      return { ...state, requests_per_second: event.requests_per_second };
    case "failed":
      return { ...state, phase: "reconnecting", failures: state.failures + 1 };
  }
}

/** Exponential with full jitter over its upper half, so that many tabs do not come back together. */
export function backoff(failures: number, random: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, failures - 1));
  return ceiling / 2 + (ceiling / 2) * random;
}
