// Asks before anomalies are ended by hand, because that has no way back. Names the thing and the count.
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Modal } from "../parts/Modal";
import { plural } from "../units";
import { cachedAnomalies } from "./cache";
import { timelessSentence } from "./sentence";
import { useActions } from "./useActions";

export type Ending = "close" | "expected_change";

interface EndDialogProps {
  how: Ending;
  ids: string[];
  onClose: () => void;
  onDone: () => void;
}

const NAMED_MAX = 4;

export function EndDialog({ how, ids, onClose, onDone }: EndDialogProps) {
  const queries = useQueryClient();
  const act = useActions();
  const [note, setNote] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const [named] = useState(() => cachedAnomalies(queries, ids));
  function end() {
    onClose();
    onDone();
    const words = { ids, note: note.trim() || null };
    void act(how === "close" ? { ...words, action: "close" } : { ...words, action: "judge", verdict: how });
  }
  const what = plural(ids.length, "anomaly", "anomalies");
  return (
    <Modal
      title={how === "close" ? `Close ${what}` : `Expected change: ${what}`}
      open
      initialFocus={field}
      onOpenChange={(open) => !open && onClose()}
    >
      <ul className="mb-3 flex flex-col gap-1">
        {named.slice(0, NAMED_MAX).map((item) => (
          <li key={item.id} className="truncate">
            {timelessSentence(item)}
          </li>
        ))}
        {ids.length > NAMED_MAX && <li className="text-muted">and {ids.length - NAMED_MAX} more</li>}
      </ul>
      <p className="mb-3 text-muted">
        {how === "close"
          ? "What is open ends now and stays in the list under Closed. If it goes on, Hawkeye opens a new one."
          : "What is open ends now: the level it has reached is the new normal. Hawkeye will notice when it changes again."}{" "}
        The end cannot be undone.
      </p>
      <label className="mb-4 block">
        <span className="mb-1 block text-xs text-muted">Note (optional)</span>
        <input
          ref={field}
          className="control w-full bg-bg"
          value={note}
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && end()}
          maxLength={500}
        />
      </label>
      <div className="flex justify-end gap-2">
        <button type="button" className="control" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="control border-accent bg-accent font-medium text-on-accent" onClick={end}>
          {how === "close" ? `Close ${ids.length > 1 ? ids.length : "it"}` : "This is expected"}
        </button>
      </div>
    </Modal>
  );
}
