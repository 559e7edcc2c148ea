// The shape of a deployment: a triangle that points at its moment.
export function DeploymentGlyph() {
  return (
    <svg width="10" height="9" viewBox="0 0 10 9" aria-hidden="true" className="shrink-0">
      <path d="M0.5 0.5H9.5L5 8.5Z" fill="var(--info)" />
    </svg>
  );
}
