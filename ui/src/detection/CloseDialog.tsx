// Asks before anomalies are closed by hand, because that has no way back. Names the thing and the count.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Modal } from "../parts/Modal";
import { plural } from "../units";
import { cachedAnomalies } from "./cache";
import { useActions } from "./useActions";

interface CloseDialogProps {
  ids: string[];
  onClose: () => void;
  onDone: () => void;
}

const NAMED_MAX = 4;

export function CloseDialog({ ids, onClose, onDone }: CloseDialogProps) {
  const queries = useQueryClient();
  const act = useActions();
  const [note, setNote] = useState("");
  const [named] = useState(() => cachedAnomalies(queries, ids));
  function close() {
    onClose();
    onDone();
    void act({ ids, action: "close", note: note.trim() || null });
  }
  return (
    <Modal
      title={`Close ${plural(ids.length, "anomaly", "anomalies")}`}
      open
      onOpenChange={(open) => !open && onClose()}
    >
      <ul className="mb-3 flex flex-col gap-1">
        {named.slice(0, NAMED_MAX).map((item) => (
          <li key={item.id} className="truncate">
            {item.sentence}
          </li>
        ))}
        {ids.length > NAMED_MAX && <li className="text-muted">and {ids.length - NAMED_MAX} more</li>}
      </ul>
      <p className="mb-3 text-muted">
        They stay in the list under Closed. If it goes on, Hawkeye opens a new one. Closing cannot be undone.
      </p>
      <label className="mb-4 block">
        <span className="mb-1 block text-xs text-muted">Note (optional)</span>
        <input
          className="control w-full bg-bg"
          value={note}
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && close()}
          maxLength={500}
        />
      </label>
      <div className="flex justify-end gap-2">
        <button type="button" className="control" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="control border-accent bg-accent font-medium text-on-accent" onClick={close}>
          Close {ids.length > 1 ? ids.length : "it"}
        </button>
      </div>
    </Modal>
  );
}
