// Who did what, and the notes. Owns the form for a note and for whom it is assigned to.
import { useState, type FormEvent } from "react";
import type { Activity, AnomalyDetail } from "../../api/detectionTypes";
import { useActions } from "../../detection/useActions";
import { CLOSE_NAMES, VERDICT_NAMES } from "../../detection/words";
import { actorName, setActorName } from "../../parts/actor";
import { Panel } from "../../parts/Panel";
import { useZone } from "../../scope/useScope";
import { clock, dayMonth } from "../../time/format";

const NOTE_MAX = 2000;

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
      <NoteForm id={anomaly.id} />
      <AssignForm id={anomaly.id} assignee={anomaly.assignee} />
    </Panel>
  );
}

/** The server notes its own words for verdicts and reasons; people's notes are shown as they are. */
function noteText({ note }: Activity): string {
  const names: Record<string, string> = { ...VERDICT_NAMES, ...CLOSE_NAMES };
  return names[note ?? ""] ?? note ?? "";
}

function NoteForm({ id }: { id: string }) {
  const act = useActions();
  const [note, setNote] = useState("");
  const [name, setName] = useState(actorName() ?? "");
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (note.trim() === "" || busy) return;
    setBusy(true);
    setActorName(name);
    const done = await act({ ids: [id], action: "note", note: note.trim(), actor: name.trim() || null });
    if (done) setNote(""); // What was typed stays until the server has it.
    setBusy(false);
  }
  return (
    <form className="flex flex-col gap-2 border-t border-line p-3" onSubmit={(event) => void submit(event)}>
      <textarea
        className="min-h-16 w-full rounded-md border border-line bg-bg px-2.5 py-1.5 text-xs"
        aria-label="Note"
        placeholder="What did you find?"
        value={note}
        maxLength={NOTE_MAX}
        onChange={(event) => setNote(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit(event);
        }}
      />
      <div className="flex gap-2">
        <input
          className="control min-w-0 flex-1 bg-bg text-xs"
          aria-label="Your name"
          placeholder="Your name"
          autoComplete="name"
          value={name}
          maxLength={60}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="control" disabled={note.trim() === "" || busy} title="Ctrl Enter">
          Add note
        </button>
      </div>
    </form>
  );
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
