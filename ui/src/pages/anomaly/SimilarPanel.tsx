// Earlier anomalies of the same endpoint and signal, and what people said about them.
import type { Anomaly } from "../../api/detectionTypes";
import { AnomalyItems } from "../../detection/AnomalyItems";
import { VERDICT_NAMES } from "../../detection/words";
import { Panel } from "../../parts/Panel";
import { Empty } from "../../parts/states";
import { plural } from "../../units";

export function SimilarPanel({ similar, className }: { similar: Anomaly[]; className?: string }) {
  return (
    <Panel title="Similar before" note={judgedText(similar)} className={className}>
      {similar.length === 0 ? (
        <Empty reason="This endpoint had no anomaly of this signal before." />
      ) : (
        <div className="border-t border-line">
          <AnomalyItems anomalies={similar} />
        </div>
      )}
    </Panel>
  );
}

/** "2 false positive, 1 confirmed": the first thing to know before judging this one. */
function judgedText(similar: Anomaly[]): string | undefined {
  if (similar.length === 0) return undefined;
  const counted = (["confirmed", "false_positive", "expected_change"] as const)
    .map((verdict) => [verdict, similar.filter((item) => item.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${VERDICT_NAMES[verdict].toLowerCase()}`);
  return counted.length > 0 ? counted.join(", ") : `${plural(similar.length, "anomaly", "anomalies")}, none judged`;
}
