// The shape of a deployment: a triangle that points at its moment; one that did harm carries a mark of its own.
import type { DeploymentMark } from "../api/detectionTypes";

export function DeploymentGlyph({ verdict }: { verdict?: DeploymentMark["verdict"] }) {
  if (verdict === "degraded") {
    return (
      <svg width="12" height="11" viewBox="0 0 12 11" aria-hidden="true" className="shrink-0">
        <path d="M0.5 0.5H11.5L6 10.5Z" fill="var(--critical)" />
        <path d="M6 1.8V5M6 6.2V7.4" stroke="var(--surface)" strokeWidth="1.5" />
      </svg>
    );
  }
  return (
    <svg width="10" height="9" viewBox="0 0 10 9" aria-hidden="true" className="shrink-0">
      <path d="M0.5 0.5H9.5L5 8.5Z" fill="var(--info)" />
    </svg>
  );
}
