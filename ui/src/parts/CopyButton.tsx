// Copies a text and says so.
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

const SHOWN_MS = 1500;

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState("done");
    } catch {
      setState("failed"); // Browsers refuse the clipboard on plain HTTP other than localhost.
    }
  }

  return (
    <button
      type="button"
      className="inline-flex size-6 shrink-0 items-center justify-center rounded text-muted hover:text-text"
      onClick={() => void copy()}
      aria-label={state === "done" ? "Copied" : state === "failed" ? "Copying failed, select the text instead" : label}
      title={state === "failed" ? "Copying is not allowed here: select the text" : label}
    >
      {state === "done" ? <Check size={13} className="text-ok" aria-hidden /> : <Copy size={13} aria-hidden />}
    </button>
  );
}
