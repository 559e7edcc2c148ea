// Severity, state and verdict of an anomaly as icon and word. Owns their look: critical is filled, warning tinted,
// and what is over no longer shouts.
import { CircleCheck, Eye, ThumbsDown, TrendingUpDown } from "lucide-react";
import type { Anomaly, Severity, Verdict } from "../api/detectionTypes";
import { SeverityGlyph } from "./SeverityGlyph";
import { SEVERITY_NAMES, VERDICT_NAMES } from "./words";

const TINTS: Record<Severity, string> = {
  critical: "bg-critical font-medium text-surface",
  high: "bg-critical-tint font-medium text-critical",
  medium: "bg-warn-tint text-warn",
  low: "text-muted",
};

const CHIP =
  "inline-flex h-5.5 max-w-full shrink-0 items-center gap-1.5 rounded px-1.5 text-[11px] leading-4 whitespace-nowrap";

export function SeverityChip({ severity, over }: { severity: Severity; over?: boolean }) {
  return (
    <span className={`${CHIP} ${over ? "text-muted" : TINTS[severity]}`}>
      <SeverityGlyph severity={severity} inherit={!over} />
      {SEVERITY_NAMES[severity]}
    </span>
  );
}

const VERDICT_ICONS = { confirmed: CircleCheck, false_positive: ThumbsDown, expected_change: TrendingUpDown };

export function VerdictChip({ verdict }: { verdict: Verdict }) {
  const Icon = VERDICT_ICONS[verdict];
  return (
    <span className={`${CHIP} ${verdict === "confirmed" ? "text-ok" : "text-info"}`}>
      <Icon size={12} className="shrink-0" aria-hidden />
      {VERDICT_NAMES[verdict]}
    </span>
  );
}

/** What people have done about it: the verdict if there is one, else who has seen it. */
export function HandledChip({ anomaly }: { anomaly: Anomaly }) {
  if (anomaly.verdict) return <VerdictChip verdict={anomaly.verdict} />;
  if (anomaly.state !== "acknowledged") return null;
  return (
    <span className={`${CHIP} text-muted`} title={anomaly.acknowledged_by ?? undefined}>
      <Eye size={12} className="shrink-0" aria-hidden />
      <span className="truncate">Acknowledged</span>
    </span>
  );
}
