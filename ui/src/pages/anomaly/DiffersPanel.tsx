// What sets the anomaly's requests apart from those before, over all attributes. Asks only when somebody comes near it:
// the server reads raw requests for it.
import { useRef } from "react";
import { useAnomalyDifferences } from "../../api/incidentQueries";
import type { Anomaly } from "../../api/detectionTypes";
import { useSeen } from "../../charts/useElement";
import { windowOf } from "../../detection/range";
import { DifferenceRows } from "../../incidents/DifferenceRows";
import { sampledText } from "../../incidents/words";
import { Panel } from "../../parts/Panel";
import { Failure, Skeleton } from "../../parts/states";
import type { Scope } from "../../scope/codec";
import { count } from "../../units";

export default function DiffersPanel({ anomaly, scope }: { anomaly: Anomaly; scope: Scope }) {
  const place = useRef<HTMLDivElement>(null);
  const seen = useSeen(place);
  const query = useAnomalyDifferences(anomaly.id, seen);
  const { data } = query;
  const sampled = data ? sampledText(data.sampled) : null;
  return (
    <div ref={place} className="min-w-0" data-differs>
      <Panel
        title="What differs"
        note={data ? `${count(data.requests)} requests against ${count(data.requests_baseline)} before` : undefined}
      >
        {data ? (
          <DifferenceRows
            items={data.items}
            names={["while it lasts", "before"]}
            empty="Its requests have the same attributes as those before: it hits everybody alike."
            endpoints={[anomaly.endpoint]}
            environments={[anomaly.environment]}
            place={{
              ...windowOf(anomaly),
              env: anomaly.environment,
              ...(scope.tz !== "browser" && { tz: scope.tz }),
            }}
          />
        ) : query.error ? (
          <Failure what="The differences" error={query.error} retry={() => void query.refetch()} />
        ) : (
          <div className="h-56 px-3 pb-3">{seen && <Skeleton height={212} />}</div>
        )}
        {sampled && <p className="border-t border-line px-3 py-2 text-xs text-muted">{sampled}</p>}
      </Panel>
    </div>
  );
}
