// Success, time and starts of a journey over the range, the first two with what is expected right of now.
import { useMemo } from "react";
import type { JourneyDetail } from "../../api/forecastTypes";
import { ChartPanel } from "../../charts/ChartPanel";
import { successText } from "../../forecasting/journeyWords";
import { useScope } from "../../scope/useScope";
import { count, latency } from "../../units";
import { latencyChart, startsChart, successChart } from "./charts";

export function JourneyCharts({ detail, refreshing }: { detail: JourneyDetail; refreshing: boolean }) {
  const { to } = useScope();
  const isPresent = to === "now";
  const success = useMemo(() => successChart(detail, isPresent), [detail, isPresent]);
  const time = useMemo(() => latencyChart(detail, isPresent), [detail, isPresent]);
  const starts = useMemo(() => startsChart(detail), [detail]);
  return (
    <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-1">
      <ChartPanel
        title="Success"
        note="of those who go through all steps"
        {...success}
        format={successText}
        axisFormat={successText}
        floor={1}
        nearOne
        height={210}
        refreshing={refreshing}
        className="col-span-3 max-rail:col-span-1"
      />
      <ChartPanel
        title="Time of all steps"
        note="without the time that people think"
        {...time}
        format={latency}
        floor={10}
        refreshing={refreshing}
        className="col-span-2 max-rail:col-span-1"
      />
      <ChartPanel
        title="Begun"
        note="requests of the first step"
        model={starts}
        format={count}
        floor={1}
        refreshing={refreshing}
      />
    </div>
  );
}
