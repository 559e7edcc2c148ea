// The open anomalies of an endpoint above its tabs, because nothing on them matters more.
import type { Anomaly } from "../../api/detectionTypes";
import { AnomalyItems } from "../../detection/AnomalyItems";
import { plural } from "../../units";

const SHOWN_MAX = 4;

export function OpenAnomalies({ anomalies, total }: { anomalies: Anomaly[]; total: number }) {
  if (anomalies.length === 0) return null;
  const severe = anomalies.some(({ severity }) => severity === "critical" || severity === "high");
  return (
    <section
      aria-label="Open anomalies"
      className={`panel overflow-clip ${severe ? "border-critical" : "border-warn"}`}
      data-open-anomalies
    >
      <AnomalyItems anomalies={anomalies.slice(0, SHOWN_MAX)} />
      {total > SHOWN_MAX && (
        <p className="border-t border-line px-3 py-1.5 text-xs text-muted">
          and {plural(total - SHOWN_MAX, "more", "more")}, see Anomalies
        </p>
      )}
    </section>
  );
}
