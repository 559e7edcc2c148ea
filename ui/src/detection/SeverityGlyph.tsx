// The shape of a severity: diamond, triangle or dot, the same in lists and on charts. Shape and colour together.
import type { Severity } from "../api/detectionTypes";

const LOOK: Record<Severity, { path: string; color: string }> = {
  critical: { path: "M6 0.5 11.5 6 6 11.5 0.5 6Z", color: "--critical" },
  high: { path: "M6 0.5 11.5 6 6 11.5 0.5 6Z", color: "--critical" },
  medium: { path: "M6 1 11.5 11H0.5Z", color: "--warn" },
  low: { path: "M6 2.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 1 1 0-7Z", color: "--faint" },
};

export function severityColor(severity: Severity): string {
  return LOOK[severity].color;
}

export function SeverityGlyph({
  severity,
  size = 10,
  inherit,
}: {
  severity: Severity;
  size?: number;
  inherit?: boolean;
}) {
  const { path, color } = LOOK[severity];
  const paint = inherit ? "currentColor" : `var(${color})`;
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" className="shrink-0">
      <path
        d={path}
        fill={severity === "high" ? "none" : paint}
        stroke={paint}
        strokeWidth={severity === "high" ? 2 : 0}
      />
    </svg>
  );
}
