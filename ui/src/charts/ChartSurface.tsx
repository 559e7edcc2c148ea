// The focusable area that a chart is drawn into, with the words for those who do not see it.
import type { KeyboardEvent, RefObject } from "react";

type Props = {
  host: RefObject<HTMLDivElement | null>;
  label: string;
  describedBy: string | undefined;
  height: number;
  /** What the cursor is on, read out when it changes. */
  spoken: string;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
};

export function ChartSurface({ host, label, describedBy, height, spoken, onKeyDown, onBlur }: Props) {
  return (
    <>
      <div
        ref={host}
        role="application"
        tabIndex={0}
        aria-label={`${label} chart. Arrow keys move the cursor, hold Shift for ten points.`}
        aria-describedby={describedBy}
        className="relative"
        style={{ height }}
        onKeyDown={onKeyDown}
        onBlur={onBlur}
      />
      <span className="sr-only" aria-live="polite">
        {spoken}
      </span>
    </>
  );
}
