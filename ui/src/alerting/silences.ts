// Silences before they are sent, and how far along they are. Pure.
import type { Alert, Silence, SilenceDraft } from "../api/alertTypes";
import { commonMatchers, writeMatcher } from "./matcher";
import { countdown } from "./span";
import { nextMinute } from "./until";

export type SilenceState = "active" | "pending" | "expired";

const SPAN_MS = 3_600_000;

export function silenceState({ starts_ms, ends_ms }: Silence, now_ms: number): SilenceState {
  if (now_ms >= ends_ms) return "expired";
  return now_ms >= starts_ms ? "active" : "pending";
}

/** "ends in 2 h 10 min", "begins in 5 min", "ended 3 h ago". */
export function silenceCountdown(silence: Silence, now_ms: number): string {
  const state = silenceState(silence, now_ms);
  if (state === "active") return `ends in ${countdown(silence.ends_ms - now_ms)}`;
  if (state === "pending") return `begins in ${countdown(silence.starts_ms - now_ms)}`;
  return `ended ${countdown(now_ms - silence.ends_ms)} ago`;
}

/** An hour from now, about what the alerts have in common. */
export function silenceAbout(alerts: Alert[], created_by: string, now_ms: number): SilenceDraft {
  return {
    matchers: commonMatchers(alerts).map(writeMatcher),
    starts_ms: now_ms,
    ends_ms: nextMinute(now_ms + SPAN_MS),
    created_by,
    comment: "",
  };
}

export function missingInSilence(draft: SilenceDraft, now_ms: number): string | null {
  if (draft.matchers.length === 0) return "Say what to silence: everything is too much.";
  if (draft.ends_ms <= now_ms || draft.ends_ms <= draft.starts_ms) return "The end must come after the start.";
  return draft.comment.trim() === "" ? "Say why, for those who wonder." : null;
}
