// Asks for what an action on alerts needs: a note, until when, for whom. Owns one form for all of them.
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";
import type { AlertAction } from "../api/alertTypes";
import { actorName, setActorName } from "../parts/actor";
import { Modal } from "../parts/Modal";
import { plural } from "../units";
import { cachedAlerts } from "./cache";
import { PRIMARY, TextField } from "./fields";
import { UntilField } from "./UntilField";
import { nextMinute } from "./until";
import { useAlertActions } from "./useAlertActions";

export type AskedAction = "acknowledge" | "snooze" | "assign" | "resolve" | "false_positive";

interface ActDialogProps {
  action: AskedAction;
  ids: string[];
  onClose: () => void;
  onDone: () => void;
}

const WORDS: Record<AskedAction, { title: string; button: string; meaning: string }> = {
  acknowledge: {
    title: "Acknowledge",
    button: "Acknowledge",
    meaning: "Escalation stops and nobody is reminded. Changes are still told.",
  },
  snooze: { title: "Snooze", button: "Snooze", meaning: "Nobody is told until then. If it still fires, somebody is." },
  assign: { title: "Assign", button: "Assign", meaning: "Says who looks after it. Leave empty for nobody." },
  resolve: {
    title: "Resolve",
    button: "Resolve",
    meaning: "It is over by your word, and stays so until its condition has gone once. This cannot be undone.",
  },
  false_positive: {
    title: "Mark as false positive",
    button: "Mark",
    meaning:
      "Resolves the alert and judges its anomaly, from which detection learns. Undo it under Settings, Adaptation.",
  },
};

const NAMED_MAX = 4;
const SNOOZE_MS = 3_600_000;

export function ActDialog({ action, ids, onClose, onDone }: ActDialogProps) {
  const queries = useQueryClient();
  const act = useAlertActions();
  const [named] = useState(() => cachedAlerts(queries, ids));
  const button = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [note, setNote] = useState("");
  const [name, setName] = useState(actorName() ?? "");
  const [assignee, setAssignee] = useState((named.length === 1 && named[0]!.assignee) || actorName() || "");
  const [until_ms, setUntil] = useState<number | null>(() =>
    action === "snooze" ? nextMinute(Date.now() + SNOOZE_MS) : null,
  );
  const { title, button: word, meaning } = WORDS[action];
  const isOver = until_ms !== null && until_ms <= Date.now();
  const missing =
    action === "snooze" && until_ms === null ? "Choose until when." : isOver ? "That is over already." : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (missing) return;
    setActorName(name);
    const body: AlertAction = { ids, action, actor: name.trim() || null, note: note.trim() || null };
    if (action === "acknowledge" || action === "snooze") body.until_ms = until_ms;
    if (action === "assign") body.assignee = assignee.trim() || null;
    onClose();
    onDone();
    void act(body);
  }

  return (
    <Modal
      title={`${title}: ${plural(ids.length, "alert")}`}
      open
      initialFocus={action === "snooze" || action === "acknowledge" ? button : field}
      onOpenChange={(open) => !open && onClose()}
    >
      <form className="flex flex-col gap-3" onSubmit={submit}>
        <ul className="flex flex-col gap-1">
          {named.slice(0, NAMED_MAX).map((item) => (
            <li key={item.id} className="truncate">
              <span className="font-medium">{item.name}</span> <span className="text-muted">{item.summary}</span>
            </li>
          ))}
          {ids.length > NAMED_MAX && <li className="text-muted">and {ids.length - NAMED_MAX} more</li>}
        </ul>
        <p className="text-muted">{meaning}</p>
        {action === "snooze" && <UntilField name="For how long" value_ms={until_ms} onChange={setUntil} />}
        {action === "acknowledge" && (
          <UntilField name="For how long" endless="Until it is resolved" value_ms={until_ms} onChange={setUntil} />
        )}
        {action === "assign" && (
          <TextField name="Assigned to" inputRef={field} value={assignee} onChange={setAssignee} />
        )}
        {action !== "assign" && <TextField name="Note (optional)" inputRef={field} value={note} onChange={setNote} />}
        <TextField name="Your name" value={name} onChange={setName} placeholder="somebody" />
        <div className="flex items-center justify-end gap-2">
          <p className="mr-auto text-xs text-muted" role="status">
            {missing ?? ""}
          </p>
          <button type="button" className="control" onClick={onClose}>
            Cancel
          </button>
          <button ref={button} type="submit" className={PRIMARY} disabled={missing !== null}>
            {word}
          </button>
        </div>
      </form>
    </Modal>
  );
}
