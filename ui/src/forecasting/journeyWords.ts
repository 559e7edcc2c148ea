// How journeys speak: states, steps, what is lost where. Owns the words, no look.
import type { JourneyHealth, JourneyOutlook, JourneyState, StepHealth } from "../api/forecastTypes";
import { NO_VALUE, share, shareChange } from "../units";
import { leadText, probabilityText } from "./words";

export const STATE_NAMES: Record<JourneyState, string> = {
  healthy: "Healthy",
  degraded: "Degraded",
  failing: "Failing",
  unknown: "Unknown",
};

export function stepName({ endpoint }: Pick<StepHealth, "endpoint">): string {
  return `${endpoint.method} ${endpoint.route}`;
}

/** 0.99 and 0.9994 are worlds apart: near one a share keeps its digits. */
export function successText(value: number | null | undefined): string {
  if (value == null) return NO_VALUE;
  if (value >= 1) return "100 %";
  if (value < 0.9) return share(value);
  const decimals = value >= 0.9995 ? 3 : value >= 0.995 ? 2 : 1;
  const text = (Math.floor(value * 100 * 10 ** decimals + 1e-6) / 10 ** decimals).toFixed(decimals);
  return `${text.replace(/\.?0+$/, "")} %`;
}

/** "69.4 to 72.9 %". */
export function intervalText(lower: number | null, upper: number | null): string {
  if (lower === null || upper === null) return "";
  return `${successText(lower).replace(" %", "")} to ${successText(upper)}`;
}

/** "−27.7 pp against the usual 98.9 %". */
export function trendText({ success, success_usual }: Pick<JourneyHealth, "success" | "success_usual">): string {
  if (success_usual === null) return "";
  const change = shareChange(success, success_usual);
  if (change === null) return `usually ${successText(success_usual)}`;
  return change.startsWith("±") ? `as usual, ${successText(success_usual)}` : `${change} against the usual ${successText(success_usual)}`;
}

/** Of those who came here, the share that went on; null without sessions. */
export function continuedShare({ sessions, sessions_continued }: StepHealth): number | null {
  return sessions > 0 ? Math.min(1, sessions_continued / sessions) : null;
}

/** What a step says about those who go on. The last one has nowhere to go to. */
export function sessionsText(step: StepHealth, isLast: boolean): string {
  const went = continuedShare(step);
  if (went === null) return "";
  return isLast ? `${share(went)} finish` : `${share(went)} go on`;
}

/** Why a step is outlined. */
export function weakestText({ contribution }: StepHealth): string {
  return contribution >= 0.995 ? "all of the loss" : contribution > 0 ? `${share(contribution)} of the loss` : "weakest";
}

export function outlookText({ success, success_lower, success_upper, horizon_s, all_ok }: JourneyOutlook): string {
  const last = success.length - 1;
  if (last < 0) return "";
  const around = intervalText(success_lower[last] ?? null, success_upper[last] ?? null);
  return `In ${leadText(horizon_s * 1000)}: ${successText(success[last])} (${around}); all steps stay within their limits with ${probabilityText(all_ok)}.`;
}

/** The step that is most often the reason when it goes wrong, if one stands out. */
export function blamed(outlook: Pick<JourneyOutlook, "blame">): number | null {
  const most = Math.max(0, ...outlook.blame);
  return most >= 0.5 ? outlook.blame.indexOf(most) : null;
}
