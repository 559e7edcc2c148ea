// What happened to the alert and who did what. Owns the form for a comment.
import { useState, type FormEvent } from "react";
import { useAlertActions } from "../../alerting/useAlertActions";
import { actorText, eventText } from "../../alerting/words";
import type { AlertDetail } from "../../api/alertTypes";
import { actorName, setActorName } from "../../parts/actor";
import { Panel } from "../../parts/Panel";
import { useZone } from "../../scope/useScope";
import { clock, dayMonth } from "../../time/format";

const NOTE_MAX = 2000;

export function TimelinePanel({ detail }: { detail: AlertDetail }) {
  const zone = useZone();
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
      <CommentForm id={detail.alert.id} />
    </Panel>
  );
}

function CommentForm({ id }: { id: string }) {
  const act = useAlertActions();
  const [note, setNote] = useState("");
  const [name, setName] = useState(actorName() ?? "");
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (note.trim() === "" || busy) return;
    setBusy(true);
    setActorName(name);
    const done = await act({ ids: [id], action: "comment", note: note.trim(), actor: name.trim() || null });
    if (done) setNote(""); // What was typed stays until the server has it.
    setBusy(false);
  }
  return (
    <form className="flex flex-col gap-2 border-t border-line p-3" onSubmit={(event) => void submit(event)}>
      <textarea
        className="min-h-16 w-full rounded-md border border-line bg-bg px-2.5 py-1.5 text-xs"
        aria-label="Comment"
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
          Comment
        </button>
      </div>
    </form>
  );
}
