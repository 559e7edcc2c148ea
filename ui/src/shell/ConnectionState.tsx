// One line that says whether the screen follows the present. Owns its words.
import { useEffect, useState } from "react";
import { useLiveState } from "../live/useLive";
import type { LiveState } from "../live/state";
import { useNow } from "../now";
import { isLive, type Scope } from "../scope/codec";
import { useScope } from "../scope/useScope";
import { clockSeconds } from "../time/format";
import { browserZone } from "../time/zone";
import { perSecond } from "../units";

interface Words {
  text: string;
  dot: string;
  title: string;
}

const STALE_FAILURES = 3;

export function liveWords(state: LiveState, scope: Scope): Words {
  const heard = state.heard_ms === null ? "" : clockSeconds(state.heard_ms, browserZone());
  if (state.phase === "live") {
    const rate = state.requests_per_second;
    const text = rate === null ? "live" : `live, ${perSecond(rate).replace("/s", " req/s")}`;
    return { text, dot: "bg-ok", title: `Receiving. Last message ${heard}.` };
  }
  if (state.phase === "off" && !scope.live) {
    return { text: "paused", dot: "bg-warn", title: "Live updates are paused. Press . to resume." };
  }
  if (state.phase === "off" && !isLive(scope)) {
    return { text: "fixed range", dot: "bg-faint", title: "This range does not end now, so nothing arrives." };
  }
  if (state.phase === "reconnecting" && state.failures >= STALE_FAILURES && heard) {
    return { text: `stale since ${heard}`, dot: "bg-critical", title: "The server does not answer. Trying again." };
  }
  if (state.phase === "reconnecting")
    return { text: "reconnecting", dot: "bg-warn", title: "The connection broke. Trying again." };
  return { text: "connecting", dot: "bg-faint", title: "Opening the live stream." };
}

export function ConnectionState({ compact }: { compact: boolean }) {
  const state = useLiveState();
  const scope = useScope();
  const { text, dot, title } = liveWords(state, scope);
  return (
    <p className="flex min-w-0 flex-1 items-center gap-2 px-2 text-xs text-muted" title={title} data-live={state.phase}>
      <span className={`size-2 shrink-0 rounded-full ${dot}`} aria-hidden />
      <span className={`truncate ${compact ? "max-rail:sr-only" : ""}`}>{text}</span>
    </p>
  );
}

/** Shown above a page when its figures are older than they claim to be. */
export function StaleBanner() {
  const state = useLiveState();
  const scope = useScope();
  const now_ms = useNow();
  const [since_ms, setSince] = useState<number | null>(null);
  const broken = isLive(scope) && state.phase === "reconnecting" && state.failures >= 2;
  useEffect(() => setSince(broken ? Date.now() : null), [broken]);
  if (!broken) return null;
  const last_ms = state.heard_ms ?? since_ms ?? now_ms;
  const age_s = Math.max(0, Math.round((now_ms - last_ms) / 1000));
  return (
    <div role="status" className="flex items-center gap-2 border-b border-warn bg-warn-tint px-4 py-1.5 text-warn">
      Live data stopped {age_s} s ago. What you see is from {clockSeconds(last_ms, browserZone())}. Reconnecting.
    </div>
  );
}
