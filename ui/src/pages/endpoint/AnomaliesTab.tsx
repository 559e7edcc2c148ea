// What was odd at this endpoint in the last 30 days, whatever range the charts show.
import { ANY_ANOMALY, useAnomalies } from "../../api/detectionQueries";
import { AnomalyItems } from "../../detection/AnomalyItems";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import type { Scope } from "../../scope/codec";
import { plural } from "../../units";

const LISTED_MAX = 200; // The most that one answer holds.

export function AnomaliesTab({ scope }: { scope: Scope }) {
  const past = { ...scope, from: "now-30d", to: "now" };
  const list = useAnomalies(past, ANY_ANOMALY, "-onset", LISTED_MAX);
  const items = list.data?.items;
  return (
    <Panel
      title="Anomalies"
      note={list.data ? `${plural(list.data.total, "anomaly", "anomalies")} in the last 30 days` : "last 30 days"}
      refreshing={list.isPlaceholderData}
    >
      {!items && list.error ? (
        <Failure what="The anomalies" error={list.error} retry={() => void list.refetch()} />
      ) : !items ? (
        <div className="px-3 pb-3">
          <Skeleton height={320} />
        </div>
      ) : items.length === 0 ? (
        <Empty reason="Nothing was odd here in the last 30 days. The Baseline tab says what would have been." />
      ) : (
        <div className="border-t border-line">
          <AnomalyItems anomalies={items} />
        </div>
      )}
    </Panel>
  );
}
