// What verdicts have changed, newest first, and the way back from each. Owns the undo.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronRight, Undo2 } from "lucide-react";
import { useState } from "react";
import { undoAdjustment } from "../../api/detectionClient";
import { useAdjustments } from "../../api/detectionQueries";
import type { Adjustment } from "../../api/detectionTypes";
import { AnomalyLink } from "../../detection/AnomalyLink";
import { VerdictChip } from "../../detection/chips";
import { refreshAround } from "../../detection/useActions";
import { score, SIGNAL_NAMES } from "../../detection/words";
import { environmentNameOf } from "../../parts/environment";
import { Panel } from "../../parts/Panel";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { showToast } from "../../parts/toast";
import { useZone } from "../../scope/useScope";
import { clock, dateTime, dayMonth } from "../../time/format";
import { plural } from "../../units";
import { lessons } from "./lessons";

export function AdaptationTab() {
  const adjustments = useAdjustments();
  const items = adjustments.data?.items;
  const active = items?.filter((item) => item.undone_ms === null).length ?? 0;
  return (
    <Panel
      title="What verdicts have changed"
      note={items ? `${plural(active, "adjustment")} in effect, newest first` : undefined}
    >
      {!items && adjustments.error ? (
        <Failure what="The adjustments" error={adjustments.error} retry={() => void adjustments.refetch()} />
      ) : !items ? (
        <div className="px-3 pb-3">
          <Skeleton height={320} />
        </div>
      ) : items.length === 0 ? (
        <Empty reason="Nothing yet. A verdict on an anomaly teaches Hawkeye how sensitive to be there; each lesson is listed here and can be undone." />
      ) : (
        <ul className="divide-y divide-line border-t border-line" data-adjustments>
          {lessons(items).map(({ lead, relatives }) => (
            <li key={lead.id}>
              <Row item={lead} />
              {relatives.length > 0 && (
                <details className="group border-t border-line">
                  <summary className="flex min-h-8 cursor-pointer items-center gap-1.5 px-3 text-xs text-muted">
                    <ChevronRight size={13} className="shrink-0 group-open:rotate-90" aria-hidden />
                    {plural(relatives.length, "relative")} followed: the same endpoint elsewhere, and others of its
                    service
                  </summary>
                  <ul className="max-h-96 divide-y divide-line overflow-auto border-t border-line bg-bg">
                    {relatives.map((item) => (
                      <li key={item.id}>
                        <Row item={item} />
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Row({ item }: { item: Adjustment }) {
  const zone = useZone();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const undo = useMutation({
    mutationFn: () => undoAdjustment(item.id),
    onSuccess: () => {
      showToast({ text: `Undone: the score there must reach ${score(item.threshold_before)} again.`, tone: "done" });
      refreshAround(queries);
    },
    onError: (error) => showToast({ text: `Not undone: ${error.message}`, tone: "failed", retry: () => undo.mutate() }),
    onSettled: () => setAsked(false),
  });
  const undone = item.undone_ms !== null;
  return (
    <div className={`flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2.5 ${undone ? "text-muted" : ""}`}>
      <div className="min-w-0 flex-1 basis-96">
        <p className={`break-words ${undone ? "line-through" : ""}`}>{item.sentence}</p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-3 text-xs text-muted">
          <span title={dateTime(item.at_ms, zone)}>
            {dayMonth(item.at_ms, zone)}, {clock(item.at_ms, zone)} by {item.actor}
          </span>
          <span className="inline-flex items-center">
            <VerdictChip verdict={item.verdict} />
          </span>
          <span>{SIGNAL_NAMES[item.signal]}</span>
          <span>{environmentNameOf(item.environment)}</span>
          {item.kin && <span title="The same endpoint was judged in another environment">follows a relative</span>}
          <AnomalyLink anomaly={{ id: item.anomaly_id }} className="text-accent underline">
            The anomaly
          </AnomalyLink>
        </p>
      </div>
      <dl className="flex shrink-0 gap-5 text-xs">
        <Fact name="Score needed" value={`${score(item.threshold_before)} → ${score(item.threshold_after)}`} />
        <Fact name="Hidden of 30 d" value={String(item.hidden)} />
        <Fact name="In addition" value={String(item.revealed)} />
      </dl>
      <div className="flex w-34 shrink-0 justify-end max-md:w-auto">
        {undone ? (
          <span className="text-xs">
            undone {dayMonth(item.undone_ms!, zone)}, {clock(item.undone_ms!, zone)}
          </span>
        ) : (
          <button
            type="button"
            className="control"
            disabled={asked || undo.isPending}
            onClick={() => {
              setAsked(true);
              undo.mutate();
            }}
          >
            <Undo2 size={14} aria-hidden /> Undo
          </button>
        )}
      </div>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-[11px] leading-4 text-muted">{name}</dt>
      <dd className="font-medium whitespace-nowrap">{value}</dd>
    </div>
  );
}
