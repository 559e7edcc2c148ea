// What happened to the alert and who did what. Comments are added at its foot.
import { useAlertActions } from "../../alerting/useAlertActions";
import { actorText, eventText } from "../../alerting/words";
import type { AlertDetail } from "../../api/alertTypes";
import { NoteForm } from "../../parts/NoteForm";
import { Panel } from "../../parts/Panel";
import { useZone } from "../../scope/useScope";
import { clock, dayMonth } from "../../time/format";

export function TimelinePanel({ detail }: { detail: AlertDetail }) {
  const zone = useZone();
  const act = useAlertActions();
  return (
    <Panel title="Timeline">
      <ol className="max-h-72 overflow-auto px-3 text-xs" tabIndex={0} aria-label="Timeline, oldest first">
        {detail.timeline.map((item, index) => (
          <li key={index} className="relative border-l border-line pb-3 pl-4 last:pb-2">
            <span className="absolute top-1.5 -left-[4px] size-[7px] rounded-full bg-line-strong" aria-hidden />
            <p className="flex gap-2">
              <span className="min-w-0 flex-1">
                <span className="font-medium">{actorText(item.actor)}</span> {eventText(item.kind, item.actor)}
              </span>
              <span className="shrink-0 text-muted">
                {dayMonth(item.at_ms, zone)}, {clock(item.at_ms, zone)}
              </span>
            </p>
            {item.note && <p className="mt-0.5 break-words whitespace-pre-wrap text-muted">{item.note}</p>}
          </li>
        ))}
      </ol>
      <NoteForm
        label="Comment"
        button="Comment"
        send={(note, actor) => act({ ids: [detail.alert.id], action: "comment", note, actor })}
      />
    </Panel>
  );
}
