// A word-sized line. Owns one SVG path per gapless run; SVG, because thousands of canvases scroll badly.
import { memo } from "react";

export interface SparklineProps {
  values: (number | null)[];
  width: number;
  height: number;
  /** Name of a colour token. */
  color: string;
  /** Traffic starts at zero; latency uses its own span so that a shift is visible. */
  fromZero?: boolean;
}

export const Sparkline = memo(function Sparkline({ values, width, height, color, fromZero }: SparklineProps) {
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" className="block shrink-0">
      <path
        d={sparkPath(values, width, height, fromZero ?? false)}
        fill="none"
        stroke={`var(${color})`}
        strokeWidth="1.25"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
});

export function sparkPath(values: (number | null)[], width: number, height: number, fromZero: boolean): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return "";
  const top = Math.max(...known);
  const bottom = fromZero ? 0 : Math.min(...known);
  const span = top - bottom;
  const pad = 1.5;
  const stepX = values.length > 1 ? (width - 2 * pad) / (values.length - 1) : 0;
  let path = "";
  let drawing = false;
  values.forEach((value, index) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const x = pad + index * stepX;
    const relative = span === 0 ? 0.5 : (value - bottom) / span;
    const y = height - pad - relative * (height - 2 * pad);
    const lonely = !drawing && (values[index + 1] ?? null) === null;
    path += `${drawing ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}${lonely ? "h.01" : ""}`;
    drawing = true;
  });
  return path;
}
