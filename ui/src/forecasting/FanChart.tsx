// A small picture of past and future for rows and cards. Owns its look; large charts with axes are charts/TimeChart.
import { memo } from "react";
import { fanOf, type FanBox, type FanData } from "./fan";

interface FanChartProps extends FanBox {
  data: FanData;
  /** One sentence for those who do not see it. */
  label: string;
  className?: string;
}

/** Stretches to its place; strokes keep their width. */
export const FanChart = memo(function FanChart({ data, label, className = "", ...box }: FanChartProps) {
  const fan = fanOf(data, box);
  const { width, height } = box;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className={`block w-full min-w-0 ${className}`}
      style={{ height }}
    >
      <g fill="none">
        {fan.band && <path d={fan.band} fill="var(--forecast)" stroke="none" />}
        <path d={fan.history} stroke="var(--series-1)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
        {fan.course && (
          <path
            d={fan.course}
            stroke="var(--series-6)"
            strokeWidth="1.5"
            strokeDasharray="5 4"
            vectorEffect="non-scaling-stroke"
          />
        )}
        {fan.limit_y !== null && (
          <path
            d={`M0 ${fan.limit_y}H${width}`}
            stroke="var(--critical)"
            strokeWidth="1"
            strokeDasharray="5 4"
            vectorEffect="non-scaling-stroke"
          />
        )}
        <path
          d={`M${fan.now_x} 0V${height}`}
          stroke="var(--line-strong)"
          strokeWidth="1"
          vectorEffect="non-scaling-stroke"
        />
      </g>
    </svg>
  );
});
