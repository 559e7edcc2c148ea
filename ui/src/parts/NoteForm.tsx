// A note with its author, for the foot of a timeline. Owns what is typed; who sends it decides what it is.
import { useState, type FormEvent } from "react";
import { actorName, setActorName } from "./actor";

const NOTE_MAX = 2000;

interface Props {
  label: string;
  button: string;
  /** True once the server has it. */
  send: (note: string, actor: string | null) => Promise<boolean>;
}

export function NoteForm({ label, button, send }: Props) {
  const [note, setNote] = useState("");
  const [name, setName] = useState(actorName() ?? "");
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (note.trim() === "" || busy) return;
    setBusy(true);
    setActorName(name);
    if (await send(note.trim(), name.trim() || null)) setNote(""); // What was typed stays until the server has it.
    setBusy(false);
  }
  return (
    <form className="flex flex-col gap-2 border-t border-line p-3" onSubmit={(event) => void submit(event)}>
      <textarea
        className="min-h-16 w-full rounded-md border border-line bg-bg px-2.5 py-1.5 text-xs"
        aria-label={label}
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
          {button}
        </button>
      </div>
    </form>
  );
}
