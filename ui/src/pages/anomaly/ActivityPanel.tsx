// Who did what, and the notes. Owns the form for whom it is assigned to.
import { useState } from "react";
import type { Activity, AnomalyDetail } from "../../api/detectionTypes";
import { useActions } from "../../detection/useActions";
import { CLOSE_NAMES, VERDICT_NAMES } from "../../detection/words";
import { NoteForm } from "../../parts/NoteForm";
import { Panel } from "../../parts/Panel";
import { useZone } from "../../scope/useScope";
import { clock, dayMonth } from "../../time/format";

const ACTION_WORDS: Record<string, string> = {
  opened: "opened it",
  reopened: "opened it again",
  escalated: "raised its severity",
  acknowledged: "acknowledged it",
  unacknowledged: "took the acknowledgement back",
  assigned: "assigned it",
  noted: "wrote",
  judged: "judged it",
  verdict_cleared: "took the verdict back",
  adjustment_undone: "undid what was learnt from it",
  closed: "closed it",
};

export function ActivityPanel({ detail }: { detail: AnomalyDetail }) {
  const zone = useZone();
  const act = useActions();
  const { activity, anomaly } = detail;
  return (
    <Panel title="Activity">
      <ol className="max-h-72 overflow-auto px-3 text-xs" tabIndex={0} aria-label="Activity, oldest first">
        {activity.map((item, index) => (
          <li key={index} className="relative border-l border-line pb-3 pl-4 last:pb-2">
            <span className="absolute top-1.5 -left-[4px] size-[7px] rounded-full bg-line-strong" aria-hidden />
            <p className="flex gap-2">
              <span className="min-w-0 flex-1">
                <span className="font-medium">{item.actor === "hawkeye" ? "Hawkeye" : item.actor}</span>{" "}
                {ACTION_WORDS[item.action] ?? item.action}
              </span>
              <span className="shrink-0 text-muted">
                {dayMonth(item.at_ms, zone)}, {clock(item.at_ms, zone)}
              </span>
            </p>
            {item.note && <p className="mt-0.5 break-words whitespace-pre-wrap text-muted">{noteText(item)}</p>}
          </li>
        ))}
      </ol>
      <NoteForm
        label="Note"
        button="Add note"
        send={(note, actor) => act({ ids: [anomaly.id], action: "note", note, actor })}
      />
      <AssignForm id={anomaly.id} assignee={anomaly.assignee} />
    </Panel>
  );
}

/** The server notes its own words for verdicts and reasons; people's notes are shown as they are. */
function noteText({ note }: Activity): string {
  const names: Record<string, string> = { ...VERDICT_NAMES, ...CLOSE_NAMES };
  return names[note ?? ""] ?? note ?? "";
}

function AssignForm({ id, assignee }: { id: string; assignee: string | null }) {
  const act = useActions();
  const [typed, setTyped] = useState(assignee ?? "");
  const next = typed.trim() || null;
  return (
    <form
      className="flex items-center gap-2 border-t border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (next !== assignee) void act({ ids: [id], action: "assign", assignee: next });
      }}
    >
      <label className="flex min-w-0 flex-1 items-center gap-2 text-xs text-muted">
        Assigned to
        <input
          className="control min-w-0 flex-1 bg-bg text-text"
          placeholder="nobody"
          value={typed}
          maxLength={60}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" className="control" disabled={next === assignee}>
        Assign
      </button>
    </form>
  );
}
