// Shows the messages of toast.ts at the foot of the screen. Owns how long they stay: longer while looked at.
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect, useState } from "react";
import { dismissToast, useToasts, type Toast } from "./toast";

const SHOWN_MS = 10_000; // Undo must be reachable without haste.

export function Toaster() {
  const toasts = useToasts();
  const [held, setHeld] = useState(false);
  return (
    <section
      aria-label="Messages"
      className="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex flex-col items-center gap-2 px-3"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <div role="status" className="contents">
        {toasts.map((toast) => (
          <Message key={toast.id} toast={toast} held={held} />
        ))}
      </div>
    </section>
  );
}

function Message({ toast, held }: { toast: Toast; held: boolean }) {
  const { id, text, tone, undo, retry } = toast;
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissToast(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, held]);
  function then(action: () => void) {
    dismissToast(id);
    action();
  }
  const Icon = tone === "failed" ? CircleAlert : CircleCheck;
  return (
    <div
      data-toast={tone}
      className="pointer-events-auto flex min-h-11 max-w-xl items-center gap-2.5 rounded-lg border border-line-strong bg-raised py-1.5 pr-1.5 pl-3 shadow-(--shadow)"
    >
      <Icon size={16} className={`shrink-0 ${tone === "failed" ? "text-critical" : "text-ok"}`} aria-hidden />
      <p className="min-w-0 break-words">{text}</p>
      {undo && (
        <button type="button" className="control h-8 shrink-0 font-medium text-accent" onClick={() => then(undo)}>
          Undo <kbd className="font-mono text-[11px] font-normal text-muted">U</kbd>
        </button>
      )}
      {retry && (
        <button type="button" className="control h-8 shrink-0" onClick={() => then(retry)}>
          Try again
        </button>
      )}
      <button
        type="button"
        className="flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:text-text"
        aria-label="Dismiss"
        onClick={() => dismissToast(id)}
      >
        <X size={15} aria-hidden />
      </button>
    </div>
  );
}
