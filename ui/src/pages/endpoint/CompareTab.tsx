// One small chart per environment, version, region or status, all with the same y axis. Owns the two choices.
import { useMemo, useState } from "react";
import { useSeries } from "../../api/queries";
import { ChartPanel } from "../../charts/ChartPanel";
import { groupedModel, type Measure } from "../../charts/lines";
import { highest } from "../../charts/model";
import { environmentColors, environmentNameOf } from "../../parts/environment";
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
        <Choice label="Group by" options={GROUPS} value={groupBy} onChange={setGroupBy} />
        <Choice
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

interface ChoiceProps {
  label: string;
  options: [string, string][];
  value: string;
  onChange: (value: string) => void;
}

function Choice({ label, options, value, onChange }: ChoiceProps) {
  return (
    <div role="group" aria-label={label} className="flex items-center">
      <span className="mr-2 text-xs text-muted" aria-hidden>
        {label}
      </span>
      {options.map(([option, name]) => (
        <button
          key={option}
          type="button"
          aria-pressed={option === value}
          className={`control -ml-px rounded-none px-2.5 text-xs first-of-type:ml-0 first-of-type:rounded-l-md last:rounded-r-md ${
            option === value ? "bg-selected" : ""
          }`}
          onClick={() => onChange(option)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
