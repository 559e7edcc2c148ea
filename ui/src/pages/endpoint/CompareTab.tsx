// One small chart per environment, version, region or status, all with the same y axis. Owns the two choices.
import { useMemo, useState } from "react";
import { useSeries } from "../../api/queries";
import { ChartPanel } from "../../charts/ChartPanel";
import { groupedModel, type Measure } from "../../charts/lines";
import { highest } from "../../charts/model";
import { environmentColors, environmentNameOf } from "../../parts/environment";
import { Segmented } from "../../parts/Segmented";
import { Empty, Failure, Skeleton } from "../../parts/states";
import type { Scope } from "../../scope/codec";
import { latency, perSecond, share } from "../../units";

const GROUPS: [string, string][] = [
  ["environment", "Environment"],
  ["version", "Version"],
  ["region", "Region"],
  ["status", "Status"],
];
const MEASURES: { measure: Measure; name: string; format: (value: number) => string; floor: number }[] = [
  { measure: "p95_ms", name: "p95", format: latency, floor: 10 },
  { measure: "p50_ms", name: "p50", format: latency, floor: 10 },
  { measure: "error_rate", name: "Error rate", format: share, floor: 0.01 },
  { measure: "requests_per_second", name: "Traffic", format: perSecond, floor: 1 },
];
const GROUPS_MAX = 12;

export function CompareTab({ scope, environments }: { scope: Scope; environments: string[] }) {
  const [groupBy, setGroupBy] = useState("environment");
  const [measure, setMeasure] = useState<Measure>("p95_ms");
  const series = useSeries(scope, { groupBy, limit: GROUPS_MAX, maxPoints: 150, follow: true });
  const chosen = MEASURES.find((item) => item.measure === measure)!;
  const models = useMemo(() => {
    if (!series.data) return undefined;
    const colors = groupBy === "environment" ? environmentColors(environments) : undefined;
    const whole = groupedModel(series.data, measure, colors);
    const top = highest(whole.lines);
    return whole.lines.map((line) => ({
      title: groupBy === "environment" ? environmentNameOf(line.label) : line.label,
      top,
      model: { ...whole, lines: [{ ...line, label: chosen.name }] },
    }));
  }, [series.data, groupBy, measure, chosen.name, environments]);

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        <Segmented labelled label="Group by" options={GROUPS} value={groupBy} onChange={setGroupBy} />
        <Segmented
          labelled
          label="Measure"
          options={MEASURES.map((item) => [item.measure, item.name])}
          value={measure}
          onChange={(value) => setMeasure(value as Measure)}
        />
      </div>
      {!models && series.error ? (
        <div className="panel">
          <Failure what="The comparison" error={series.error} retry={() => void series.refetch()} />
        </div>
      ) : !models ? (
        <Skeleton height={400} />
      ) : models.length === 0 ? (
        <div className="panel">
          <Empty reason="No requests in this range." />
        </div>
      ) : (
        <div className="grid grid-cols-3 gap-3 max-rail:grid-cols-2 max-md:grid-cols-1">
          {models.map(({ title, model, top }) => (
            <ChartPanel
              key={`${groupBy}-${title}`}
              title={title || "(none)"}
              model={model}
              format={chosen.format}
              floor={chosen.floor}
              top={top}
              height={130}
              refreshing={series.isPlaceholderData}
            />
          ))}
        </div>
      )}
    </div>
  );
}
