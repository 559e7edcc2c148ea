// The numbers that settle the verdict, and what they mean.
import type { Diagnosis } from "../../api/incidentTypes";
import { Comparisons } from "../../incidents/Comparisons";
import { BREADTH_NAMES, VERDICT_MEANINGS } from "../../incidents/words";
import { Panel } from "../../parts/Panel";
import { Empty } from "../../parts/states";

export function ComparisonsPanel({ diagnosis, className }: { diagnosis: Diagnosis; className?: string }) {
  const { verdict } = diagnosis;
  return (
    <Panel title="The numbers behind it" note={`reaches ${BREADTH_NAMES[verdict.breadth]}`} className={className}>
      <p className="px-3 pb-2 text-xs text-muted">{VERDICT_MEANINGS[verdict.kind]}.</p>
      {verdict.comparisons.length === 0 ? (
        <Empty reason="There was nothing to compare with." />
      ) : (
        <div className="border-t border-line">
          <Comparisons items={verdict.comparisons} label="Comparisons" />
        </div>
      )}
    </Panel>
  );
}
